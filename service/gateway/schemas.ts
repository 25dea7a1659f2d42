import { z } from 'zod'
import { signedCashMessage, splitSigned } from '../../venue/files/cash-message-file.ts'
import { accountIndex, decodeWith, field } from '../../venue/files/schema.ts'
import { signedBundle } from '../../venue/files/trade-batch-file.ts'
import type { TraderMessage } from '../writer/writer.ts'

/** Most messages of one request. */
const MOST_MESSAGES = 256

const messages = z
  .array(z.unknown(), 'must be a list of messages')
  .min(1, 'must have one message at least')
  .max(MOST_MESSAGES, `must have at most ${MOST_MESSAGES} messages`)

const sharedViewKey = z.strictObject({ account: accountIndex, viewKey: field })

/**
 * Messages as traders send them: a list of bundles, `{ messages, signature }`, and of withdrawals and transfers, as in their file but
 * for version and domain. Throws INPUT_INVALID, naming the field.
 */
export function readMessages(json: unknown): TraderMessage[] {
  return decodeWith(messages, json, 'INPUT_INVALID', 'messages').map((message, i) => {
    const path = `messages[${i}]`
    if (Object.hasOwn(Object(message), 'messages')) return decodeWith(signedBundle, message, 'INPUT_INVALID', path)
    return splitSigned(decodeWith(signedCashMessage, message, 'INPUT_INVALID', path))
  })
}

/** `{ account, viewKey }`. Throws INPUT_INVALID, without the key. */
export function readSharedViewKey(json: unknown): { readonly account: number; readonly viewKey: bigint } {
  return decodeWith(sharedViewKey, json, 'INPUT_INVALID', 'viewKey')
}

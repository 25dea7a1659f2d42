import { z } from 'zod'
import { receiptSchema } from '../../log/receipt.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { signedCashMessage, splitSigned } from '../../venue/files/cash-message-file.ts'
import { decodeWith, field } from '../../venue/files/schema.ts'
import { signedBundle } from '../../venue/files/trade-batch-file.ts'
import { account, record } from './numbers.ts'

/** Most messages of one request. */
const MOST_MESSAGES = 256

/** A trader's message: a bundle for a market, or a withdrawal or transfer. */
export type TraderMessage = SignedBundle | SignedCashMessage

const listed = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item, 'must be a list of messages')
    .min(1, 'must have one message at least')
    .max(MOST_MESSAGES, `must have at most ${MOST_MESSAGES} messages`)

/** Bundles, `{ messages, signature }`, withdrawals and transfers, as in their file but for version and domain. */
export const messagesDocument = listed(z.union([signedBundle, signedCashMessage]))

/** The same, read one by one, so that what is said of a wrong one names its field. */
export const messagesRequest = z.unknown().transform(readMessages)

const verdictAnswer = z.strictObject({
  /** ACCEPTED, or why no batch may include it. */
  verdict: z.string(),
  record: record.optional(),
  /** Of what was accepted: that it has this place in the log. */
  receipt: receiptSchema.optional(),
})
export const messagesAnswer = z.strictObject({ verdicts: z.array(verdictAnswer) })

export const viewKeyRequest = z.strictObject({ account, viewKey: field })
export const viewKeyAnswer = z.strictObject({ result: z.enum(['TAKEN', 'KNOWN']) })

function readMessages(json: unknown): TraderMessage[] {
  return decodeWith(listed(z.unknown()), json, 'INPUT_INVALID', 'messages').map((message, i) => {
    const path = `messages[${i}]`
    if (Object.hasOwn(Object(message), 'messages')) return decodeWith(signedBundle, message, 'INPUT_INVALID', path)
    return splitSigned(decodeWith(signedCashMessage, message, 'INPUT_INVALID', path))
  })
}

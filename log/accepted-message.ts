import { z } from 'zod'
import { parseJson } from '../protocol/json.ts'

/** The version that records begin with. */
const VERSION = 1

const verdict = z.literal('ACCEPTED')
const ofAccount = z.looseObject({ account: z.int().nonnegative() })
const schema = z.discriminatedUnion('kind', [
  z.looseObject({
    ...{ kind: z.literal('message'), verdict },
    bundle: z.looseObject({ messages: z.tuple([ofAccount], ofAccount) }),
  }),
  z.looseObject({ kind: z.literal('cash-message'), verdict, signed: ofAccount }),
])

/** Whose message a record is: a bundle for markets, or a withdrawal or transfer. */
export interface AcceptedMessage {
  readonly kind: 'message' | 'cash-message'
  readonly account: number
}

/** What the bytes of a record say; undefined if that is not that a message was accepted. */
export function acceptedMessage(bytes: Uint8Array): AcceptedMessage | undefined {
  if (bytes[0] !== VERSION) return undefined
  try {
    const record = schema.parse(parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(1))))
    const { account } = record.kind === 'message' ? record.bundle.messages[0] : record.signed
    return { kind: record.kind, account }
  } catch {
    return undefined
  }
}

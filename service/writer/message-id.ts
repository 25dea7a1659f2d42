import type { TraderMessage } from '../../client/wire/messages.ts'
import { toJson } from '../../venue/files/schema.ts'
import { sha256 } from '../jobs/digest.ts'

/** Messages never change, and each is asked for several times on its way in. */
const IDS = new WeakMap<TraderMessage, string>()

/** The same for the same message with the same signature: who does not have that cannot find it. */
export function messageId(message: TraderMessage): string {
  const known = IDS.get(message)
  if (known !== undefined) return known
  const signed = 'messages' in message ? { messages: message.messages, signature: message.signature } : message
  const id = sha256(JSON.stringify(toJson(signed))).toString('hex')
  IDS.set(message, id)
  return id
}

/** Whose message it is. */
export function accountOfMessage(message: TraderMessage): number {
  return 'messages' in message ? message.messages[0]!.account : message.message.account
}

/** Its nonce, or that of a bundle's last message. */
export function lastNonceOf(message: TraderMessage): bigint {
  return 'messages' in message ? message.messages.at(-1)!.nonce : message.message.nonce
}

/** The same for bundles of an account that it calls by the same name. */
export function nameOfMessage(message: TraderMessage): string | undefined {
  if (!('messages' in message) || message.clientOrderId === undefined) return undefined
  return `${accountOfMessage(message)} ${message.clientOrderId}`
}

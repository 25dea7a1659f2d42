import { ZkclearError } from './errors.ts'
import { poseidon } from './hash.ts'
import { assertWellFormed, isUnsigned, type Message, packMessage, type Signature } from './message.ts'
import { BUNDLE_WORDS } from './parameters.ts'

/**
 * 1 to 8 messages of one account for one market under one signature: included in this order, with no other message between them,
 * or not at all (protocol.md#bundle). Each has its own nonce, above the one before it.
 */
export interface SignedBundle {
  readonly messages: readonly Message[]
  readonly signature: Signature
}

/** What the account signs: b_k, where b_0 = domain and b_i = Poseidon(MESSAGE; b_(i-1), word i). Throws INPUT_INVALID for a malformed message. */
export function hashBundle(messages: readonly Message[], domain: bigint): bigint {
  return messages.reduce((digest, message) => poseidon('MESSAGE', [digest, packMessage(message)]), domain)
}

/** All messages of a batch, in order. */
export function messagesOf({ bundles }: { readonly bundles: readonly SignedBundle[] }): Message[] {
  return bundles.flatMap(({ messages }) => messages)
}

/** Whether the bundle needs no signature: it is an unsigned cancel, which stands alone. */
export function needsNoSignature({ messages }: SignedBundle): boolean {
  return messages.length === 1 && isUnsigned(messages[0]!)
}

/** Throws INPUT_INVALID, naming the field, for a bundle that no batch can include. */
function assertWellFormedBundle({ messages }: SignedBundle): void {
  const refuse = (path: string, told: string) => {
    throw new ZkclearError('INPUT_INVALID', told, { path })
  }
  if (messages.length === 0 || messages.length > BUNDLE_WORDS) {
    refuse('messages', `got ${messages.length} messages, need 1 to ${BUNDLE_WORDS}`)
  }
  for (const message of messages) {
    assertWellFormed(message)
    for (const name of ['account', 'market'] as const) {
      if (message[name] !== messages[0]![name]) refuse(`message.${name}`, `must be the same throughout a bundle`)
    }
  }
}

/** Whether some batch can include the bundle, whatever it meets there. */
export function isWellFormedBundle(bundle: SignedBundle): boolean {
  try {
    assertWellFormedBundle(bundle)
    return true
  } catch (error) {
    if (error instanceof ZkclearError) return false
    throw error
  }
}

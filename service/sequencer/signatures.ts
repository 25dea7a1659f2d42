import type { TradingKey } from '../../protocol/account.ts'
import { hashBundle, type SignedBundle } from '../../protocol/bundle.ts'
import { hashCashMessage, type SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { isSignedBy } from '../../protocol/signature.ts'
import { hashBid, type SignedBid } from '../../protocol/takeover/bid.ts'

/** Whatever an account signs for the sequencer. */
export type Signed = SignedBundle | SignedCashMessage | SignedBid

/** What was found out of a signature. */
export interface Finding {
  readonly domain: bigint
  readonly key: TradingKey
  readonly holds: boolean
}

/** Signed things never change, and each is asked for several times. */
const FOUND = new WeakMap<Signed, Finding>()

/** Whether that key signed it; worked out once as long as it is the same key, or not at all where somebody else has. Throws INPUT_INVALID for a malformed one. */
export function isSigned(signed: Signed, domain: bigint, key: TradingKey): boolean {
  const found = findingOf(signed, domain, key)
  if (found !== undefined) return found.holds
  const holds = checkSignature(signed, domain, key)
  FOUND.set(signed, { domain, key, holds })
  return holds
}

/** What was found of it under that key; undefined where nobody has looked. */
export function findingOf(signed: Signed, domain: bigint, key: TradingKey): Finding | undefined {
  const found = FOUND.get(signed)
  return found !== undefined && found.domain === domain && isSameKey(found.key, key) ? found : undefined
}

/** What {@link isSigned} tells, worked out. */
export function checkSignature(signed: Signed, domain: bigint, key: TradingKey): boolean {
  return isSignedBy(digestOf(signed, domain), signed.signature, key)
}

/** Notes what {@link checkSignature} gave of it, wherever it was worked out. */
export function noteSignature(signed: Signed, finding: Finding): void {
  FOUND.set(signed, finding)
}

export function isSameKey(one: TradingKey, other: TradingKey): boolean {
  return one.x === other.x && one.y === other.y
}

function digestOf(signed: Signed, domain: bigint): bigint {
  if ('messages' in signed) return hashBundle(signed.messages, domain)
  return 'message' in signed ? hashCashMessage(signed.message, domain) : hashBid(signed.bid, domain)
}

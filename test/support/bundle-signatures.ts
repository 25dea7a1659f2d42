import { windowsOf } from '../../circuits/lib/fixed-base-windows.ts'
import type { InputValue } from '../../circuits/types.ts'
import { type Forgery, put } from '../../lab/dishonesty/dishonest-prover.ts'
import { DOMAIN } from '../../lab/instances/model.ts'
import { privateKeyOf, type Venue } from '../../lab/instances/venue.ts'
import type { Message, Signature } from '../../protocol/message.ts'
import { signBundle } from '../../protocol/signature.ts'

/** Message slots, and so what `bundleEnd` is of a signature slot that is not used. */
export const NONE = 4n

/** Inputs of a signature slot with that signature. */
export function signature(slot: number, { R8x, R8y, S }: Signature): Forgery {
  const signatureWindow = (honest: readonly InputValue[]) => honest.with(slot, windowsOf(S))
  return { signatureR8x: put(slot, R8x), signatureR8y: put(slot, R8y), signatureWindow }
}

/** What an account really signed. */
export function signed(messages: readonly Message[], account = 1): Signature {
  return signBundle(messages, DOMAIN, privateKeyOf(account)).signature
}

/** Bids of an account, at prices that fall. */
export function bids(venue: Venue, count: number, account = 1): Message[] {
  return Array.from({ length: count }, (_, i) => venue.buy(account, 990n - BigInt(i), 5n))
}

import type { TraderMessage } from '../../client/wire/messages.ts'
import type { SequencerState } from '../sequencer/state.ts'

/** Why a message gets no place in the order although a batch could include it. */
export type DoorVerdict =
  /** An order's price is no multiple of its market's tick size. */
  | 'TICK'
  /** It would change nothing: a cancel of nothing, an order that is turned away. */
  | 'NO_EFFECT'
  /** The account has as many orders on that side of the market as one may. */
  | 'RESTING_LIMIT'
  /** It sent many orders for each that was filled. */
  | 'ORDER_TO_FILL'
  /** It sent too much just now. */
  | 'RATE_LIMITED'
  /** As much of it waits for proofs as one account may have. */
  | 'CREDIT_SHARE'

/** What is said of a message that its account signed, and that a batch could include, before it is written. */
export interface Door {
  /** Record of the very same message, with the same signature, if it was accepted before and is remembered. */
  same(message: TraderMessage): number | undefined
  /** Record of the very same message, or of that name of its account, if it was accepted before and is remembered. */
  known(message: TraderMessage): number | undefined
  /** undefined: it may come in, and is counted. */
  refusal(state: SequencerState, message: TraderMessage): DoorVerdict | undefined
}

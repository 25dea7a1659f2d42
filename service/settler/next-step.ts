/** A transaction that is stored, and sent at least once; of a nonce that the chain has not used yet. */
export interface Flight {
  readonly nonce: bigint
  /** The batch that it settles, and the root that this leads to; 0 and 0 of one that only takes the place of another. */
  readonly batch: number
  readonly root: bigint
  /** Milliseconds since it was stored, and since it was sent last by this process; undefined if it was not. */
  readonly age: number
  readonly sinceSent: number | undefined
}

/** What the settler can do next. */
export type Step =
  | { readonly kind: 'wait' }
  /** Sends a stored transaction again, as it is. */
  | { readonly kind: 'resend'; readonly flight: Flight }
  /** Sends another with the same nonce and a higher fee. */
  | { readonly kind: 'replace'; readonly flight: Flight }
  /** Gives the nonce to a transaction that does nothing. */
  | { readonly kind: 'cancel'; readonly flight: Flight }
  | { readonly kind: 'rewind' }
  | { readonly kind: 'settle'; readonly batch: number }

export interface Situation {
  /** Newest last; of one nonce the newest alone counts. */
  readonly flights: readonly Flight[]
  /** The batch after the last that is settled, if it is made. */
  readonly next: { readonly index: number; readonly root: bigint; readonly isProved: boolean } | undefined
  /** Whether batches have to be made anew before any more are settled. */
  readonly isRewindDue: boolean
  /** Whether the line has stopped, and a person has to look. */
  readonly isStopped: boolean
}

/** How long a transaction may wait before it is sent again, and before it is replaced, in milliseconds. */
export const RESEND_MS = 15_000
export const REPLACE_MS = 60_000

/**
 * The settler's next step. Pure. Nothing is sent, and nothing is made anew, while a transaction is under way that the chain may
 * take yet: so that never two different batches are.
 */
export function nextStep({ flights, next, isRewindDue, isStopped }: Situation): Step {
  const flight = flights.at(-1)
  if (flight !== undefined) return inFlight(flight, { next, isRewindDue })
  if (isRewindDue) return { kind: 'rewind' }
  if (isStopped || !next?.isProved) return { kind: 'wait' }
  return { kind: 'settle', batch: next.index }
}

function inFlight(flight: Flight, { next, isRewindDue }: Pick<Situation, 'next' | 'isRewindDue'>): Step {
  const { batch, root, age, sinceSent } = flight
  const isWanted = next !== undefined && batch === next.index && root === next.root && !isRewindDue
  if (batch !== 0 && !isWanted) return { kind: 'cancel', flight }
  if (age >= REPLACE_MS) return { kind: batch === 0 ? 'cancel' : 'replace', flight }
  if (sinceSent === undefined || sinceSent >= RESEND_MS) return { kind: 'resend', flight }
  return { kind: 'wait' }
}

/** What a refusal of the contract means for the batch that was tried. */
export type Refused =
  /** It cannot be settled any more, as it is: made anew, it can. */
  | 'remake'
  /** A matter of time, or of what is on its way. */
  | 'later'
  /** Nobody but a person helps. */
  | 'stop'

const REMAKE = [
  ...['TimestampOutOfRange', 'RiskTableNotInForce', 'ClosingOnlyWrong', 'FlagTooOld', 'ResumedAtWrong'],
  // Of takeovers and deleveragings, which are not made anew but asked for again, if that is due.
  ...['RescueGoesFirst', 'HouseMayPay', 'CoverLimited'],
]
const LATER = [
  ...['StateRootNotCurrent', 'TradingPaused', 'FlaggingPaused', 'OutflowLimited', 'NotEnoughGas'],
  'AuctionAhead',
]

/** By the name of the contract's error; undefined where it gave none. */
export function meaningOf(refusal: string | undefined): Refused {
  if (refusal === undefined) return 'later'
  if (REMAKE.includes(refusal)) return 'remake'
  return LATER.includes(refusal) ? 'later' : 'stop'
}

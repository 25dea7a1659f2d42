/** A transaction that is stored, and sent at least once; of a nonce that the chain has not used yet. */
export interface Flight {
  readonly nonce: bigint
  /** The first batch that it settles, how many, and the root that they lead to; 0 of one that only takes the place of another. */
  readonly batch: number
  readonly batches: number
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
  /** Sends the same with the same nonce and a higher fee. */
  | { readonly kind: 'replace'; readonly flight: Flight }
  /** Gives the nonce to a transaction that does nothing. */
  | { readonly kind: 'cancel'; readonly flight: Flight }
  | { readonly kind: 'rewind' }
  /** Settles the first batches of the line, so many, by one transaction. */
  | { readonly kind: 'settle'; readonly batches: number }

/** A batch that is made and not settled. */
export interface LineBatch {
  readonly index: number
  readonly root: bigint
  readonly isProved: boolean
}

export interface Situation {
  /** Oldest nonce first; of one nonce the newest alone. */
  readonly flights: readonly Flight[]
  /** The batches after the last that is settled, in order; as many as may be settled together, or all. */
  readonly line: readonly LineBatch[]
  /** Whether batches have to be made anew before any more are settled. */
  readonly isRewindDue: boolean
  /** Whether the line has stopped, and a person has to look. */
  readonly isStopped: boolean
}

/** How long a transaction may wait before it is sent again, and before it is replaced, in milliseconds. */
export const RESEND_MS = 15_000
export const REPLACE_MS = 60_000

/** Most batches that one transaction settles. What a batch saves by company levels off there (custody.md), and a node tries no more at once. */
export const MOST_TOGETHER = 8

/**
 * The settler's next step. Pure. Nothing is sent, and nothing is made anew, while a transaction is under way that the chain may
 * take yet: so that never two different batches are. Several are under way where a reorganisation dropped them: the oldest has to be
 * mined before any other can.
 */
export function nextStep({ flights, line, isRewindDue, isStopped }: Situation): Step {
  const [flight] = flights
  if (flight !== undefined) return inFlight(flight, isRewindDue ? [] : line)
  if (isRewindDue) return { kind: 'rewind' }
  const unproved = line.findIndex(({ isProved }) => !isProved)
  const batches = Math.min(MOST_TOGETHER, unproved === -1 ? line.length : unproved)
  if (isStopped || batches === 0) return { kind: 'wait' }
  return { kind: 'settle', batches }
}

function inFlight(flight: Flight, line: readonly LineBatch[]): Step {
  const { batch, batches, root, age, sinceSent } = flight
  const isWanted = line[0]?.index === batch && line[batches - 1]?.root === root
  if (batch !== 0 && !isWanted) return { kind: 'cancel', flight }
  if (age >= REPLACE_MS) return { kind: batch === 0 ? 'cancel' : 'replace', flight }
  if (sinceSent === undefined || sinceSent >= RESEND_MS) return { kind: 'resend', flight }
  return { kind: 'wait' }
}

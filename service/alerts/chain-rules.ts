import { PHASES } from '../../protocol/parameters.ts'
import type { AlertFact } from './alerts.ts'

// Rules about what the contract says, for whoever reads it: the venue, or somebody outside. All are pure; times are unix seconds.

/** The first entry of the contract's queue that is not served. */
export interface QueueFront {
  readonly number: bigint
  readonly deadline: bigint
  /** undefined where that is not known. */
  readonly askedAt?: bigint | undefined
}

/** Half of the shortest time that an entry may have: Queue.sol has it. */
const HALF_A_DAY = 43_200n

/** Queue entries are served in minutes: one that has waited for half of its time waits for a person. */
export function queueLate(front: QueueFront | undefined, now: bigint): AlertFact | undefined {
  if (front === undefined) return undefined
  const { number, deadline, askedAt } = front
  const half = askedAt === undefined ? HALF_A_DAY : (deadline - askedAt) / 2n
  if (now < deadline - half) return undefined
  const cause =
    now < deadline
      ? `entry ${number} of the contract's queue has waited for half of its time`
      : `entry ${number} of the contract's queue is overdue: anybody may freeze the venue now`
  return { cause, countdown: { to: 'FREEZE', at: deadline } }
}

/** The newest risk table. */
export interface TableTimes {
  readonly asOf: bigint
  /** Seconds after asOf for which orders are executed at it. */
  readonly maxAge: bigint
}

export function tableMissing(table: TableTimes | undefined): AlertFact | undefined {
  if (table !== undefined) return undefined
  return { cause: 'there is no risk table yet: trading opens with the first; "zkclear risk update" brings one' }
}

/** A table that has used up half of its life: the next one should have come long ago. */
export function tableOld(table: TableTimes | undefined, now: bigint): AlertFact | undefined {
  if (table === undefined) return undefined
  const { asOf, maxAge } = table
  if (now < asOf + maxAge / 2n) return undefined
  const at = asOf + maxAge
  const cause =
    now < at
      ? 'the newest risk table has used up half of the time for which it serves'
      : 'the newest risk table is too old: orders are turned away, and nobody can be liquidated'
  return { cause, countdown: { to: 'TRADING_STOPS', at } }
}

/** The breaker: a price jumped, or its oracles were silent. `phases`: of the newest table, by market. */
export function sheltered(phases: readonly bigint[]): AlertFact | undefined {
  const markets = phases.flatMap((phase, market) => (phase === PHASES.SHELTERED ? [market] : []))
  if (markets.length === 0) return undefined
  const which = markets.length === 1 ? `market ${markets[0]}` : `markets ${markets.join(', ')}`
  return {
    cause: `the newest risk table shelters ${which}: nobody is flagged over a position there, or withdraws with one`,
  }
}

export function paused(pausedUntil: bigint, now: bigint): AlertFact | undefined {
  if (now >= pausedUntil) return undefined
  return { cause: 'the guardian has paused trading', countdown: { to: 'PAUSE_ENDS', at: pausedUntil } }
}

export function closing(closingFrom: bigint | undefined, now: bigint): AlertFact | undefined {
  if (closingFrom === undefined) return undefined
  if (now >= closingFrom) return { cause: "the venue's end is announced: positions may only be closed" }
  return { cause: "the venue's end is announced", countdown: { to: 'CLOSING_ONLY', at: closingFrom } }
}

export function frozen(frozenAt: bigint): AlertFact | undefined {
  return frozenAt === 0n ? undefined : { cause: 'the venue was frozen, for ever: nothing is settled any more' }
}

/** Lots of an asset that the contract has counted and what its token says; and the same vault by the journal, where that is known. */
export interface Holding {
  readonly asset: number
  readonly vault: bigint
  readonly queued: bigint
  readonly claimable: bigint
  readonly balance: bigint
  readonly journal?: bigint | undefined
}

/** The contract has to hold what it has counted, and of what accounts own it has to count what the journal does. */
export function solvencyDrift(holdings: readonly Holding[]): AlertFact | undefined {
  for (const { asset, vault, queued, claimable, balance, journal } of holdings) {
    const counted = vault + queued + claimable
    if (balance < counted) {
      return { cause: `the contract holds ${balance} lots of asset ${asset}, and owes ${counted}` }
    }
    if (journal !== undefined && journal !== vault) {
      return { cause: `accounts own ${vault} lots of asset ${asset} by the contract, and ${journal} by the journal` }
    }
  }
  return undefined
}

import { ZkclearError } from '../errors.ts'
import { mulDivUp } from '../numbers.ts'
import type { State } from '../state.ts'
import type { SignedBid } from './bid.ts'
import type { Takeover, TakeoverContext } from './pass.ts'
import { unprovable } from './requirements.ts'
import { applyTakeover } from './takeover.ts'

/** What the house may pay for takeovers, in quanta (protocol.md#takeover-on-chain). */
export interface HouseCover {
  /** At once, at this moment; what it paid comes back evenly. */
  readonly now: bigint
  /** In an hour at most. */
  readonly perHour: bigint
}

/** A bid that no takeover can be made of, by its place among those that were given. */
export interface RefusedBid {
  readonly place: number
  /** Such as PRICE, HELD, BIDDER_MARGIN; COVER, the contract lets the house pay less; of what has no reason of its own, the code of the error. */
  readonly reason: string
  readonly message: string
}

export interface BestTakeover {
  /** Undefined if no bid can be taken. */
  readonly takeover: Takeover | undefined
  /** The place of its bid. */
  readonly place: number | undefined
  readonly refused: readonly RefusedBid[]
}

/**
 * Takes the bid of the highest price that the rules allow; of equal ones the first. Bids below it are not looked at.
 *
 * @param cover what the contract lets the house pay; no limit unless given
 */
export function bestTakeover(
  state: State,
  bids: readonly SignedBid[],
  context: TakeoverContext,
  cover?: HouseCover,
): BestTakeover {
  const refused: RefusedBid[] = []
  const places = [...bids.keys()].toSorted((a, b) => Number(bids[b]!.bid.price - bids[a]!.bid.price))
  for (const place of places) {
    try {
      const takeover = applyTakeover(state, bids[place]!, context)
      if (cover !== undefined) requireCover(takeover, cover)
      return { takeover, place, refused }
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      const { reason = error.code } = error.details as { reason?: string }
      refused.push({ place, reason, message: error.message })
    }
  }
  return { takeover: undefined, place: undefined, refused }
}

function requireCover({ subsidy, context: { timestamp } }: Takeover, { now, perHour }: HouseCover): void {
  if (subsidy <= now) return
  const wait = subsidy > perHour ? undefined : mulDivUp(subsidy - now, 3_600n, perHour)
  const when = wait === undefined ? 'never so much at once' : `so much from ${timestamp + wait} on (unix seconds)`
  unprovable('COVER', `the house would pay ${subsidy} quanta, and may pay ${now} now, ${when}`)
}

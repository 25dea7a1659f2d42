import { ZkclearError } from '../errors.ts'
import type { State } from '../state.ts'
import type { SignedBid } from './bid.ts'
import type { Takeover, TakeoverContext } from './pass.ts'
import { applyTakeover } from './takeover.ts'

/** A bid that no takeover can be made of, by its place among those that were given. */
export interface RefusedBid {
  readonly place: number
  /** Such as PRICE, HELD, BIDDER_MARGIN; of what has no reason of its own, the code of the error. */
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

/** Takes the bid of the highest price that the rules allow; of equal ones the first. Bids below it are not looked at. */
export function bestTakeover(state: State, bids: readonly SignedBid[], context: TakeoverContext): BestTakeover {
  const refused: RefusedBid[] = []
  const places = [...bids.keys()].toSorted((a, b) => Number(bids[b]!.bid.price - bids[a]!.bid.price))
  for (const place of places) {
    try {
      return { takeover: applyTakeover(state, bids[place]!, context), place, refused }
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      const { reason = error.code } = error.details as { reason?: string }
      refused.push({ place, reason, message: error.message })
    }
  }
  return { takeover: undefined, place: undefined, refused }
}

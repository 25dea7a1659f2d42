import { HOUSE } from '../cash-batch/cash-batch.ts'
import { ZkclearError } from '../errors.ts'
import { min } from '../numbers.ts'
import { PHASES } from '../parameters.ts'
import type { State } from '../state.ts'
import { fairPrice } from '../takeover/auction.ts'
import type { TakeoverContext } from '../takeover/pass.ts'
import { unprovable } from '../takeover/requirements.ts'
import type { Deleveraging } from './close.ts'
import { applyDeleveraging, requireBankrupt } from './deleverage.ts'
import { leverageScore, lotsOf } from './price.ts'

/** Why something cannot be deleveraged, as `details.reason` of the error says it. */
export interface Hindrance {
  /** Such as MARGIN, EQUITY, SHELTERED; of what has no reason of its own, the code of the error. */
  readonly reason: string
  readonly message: string
}

/** Who holds lots against the bankrupt account and was not closed against. */
export interface PassedOver extends Hindrance {
  readonly counterparty: number
  readonly market: number
}

export interface DeleverageOptions {
  /** Quanta that the contract lets the house pay now (protocol.md#deleverage-on-chain). */
  readonly mayPay: bigint
  /** The only market to close in. Default: all. */
  readonly market?: number | undefined
  /** So many closings at most. Default: as many as can be. */
  readonly most?: number | undefined
}

/** Closings of one account's lots, each after the one before, and why there is no further one. */
export interface Closings {
  readonly made: readonly Deleveraging[]
  readonly state: State
  /** Undefined if it was asked for no more. */
  readonly end: Hindrance | undefined
  readonly passedOver: readonly PassedOver[]
}

interface Candidate {
  readonly counterparty: number
  readonly market: number
  /** Undefined of one that has nothing, and so has no score. */
  readonly score: bigint | undefined
  /** That both hold. */
  readonly lots: bigint
}

/**
 * Closes lots of a bankrupt account against others', whoever has the highest score first, as many of each as can be, until it owes no more
 * than it has, the house may pay for the rest, or nobody is left.
 *
 * @example
 * const venue = { provider: signer.provider!, settlement }
 * const context = { timestamp: 1_750_000_000n, domain, riskTable, resumedAt: await readResumedAt(venue) }
 * const { made, end } = deleverageAccount(state, 7, context, { mayPay: (await readCover(venue)).now })
 * for (const { closing, score } of made) console.log(closing.counterparty, closing.lots, score)
 * console.log(end?.message)
 */
export function deleverageAccount(
  before: State,
  victim: number,
  context: TakeoverContext,
  { mayPay, market, most = Number.POSITIVE_INFINITY }: DeleverageOptions,
): Closings {
  let state = before
  const made: Deleveraging[] = []
  const passedOver = new Map<string, PassedOver>()
  const pass = (one: PassedOver) => passedOver.set(`${one.counterparty} ${one.market}`, one)
  while (made.length < most) {
    try {
      requireBankrupt(state, victim, context)
      const next = bestClosing(state, victim, { ...context, market }, pass)
      requireHouseOut(next, mayPay)
      made.push(next)
      state = next.after
    } catch (error) {
      return { made, state, end: hindranceOf(error), passedOver: [...passedOver.values()] }
    }
  }
  return { made, state, end: undefined, passedOver: [...passedOver.values()] }
}

/** The first closing, by score, that the rules allow. Throws BATCH_UNPROVABLE if there is none. */
function bestClosing(
  state: State,
  victim: number,
  context: TakeoverContext & { readonly market: number | undefined },
  pass: (one: PassedOver) => void,
): Deleveraging {
  const candidates = candidatesOf(state, victim, context)
  for (const { counterparty, market, lots } of candidates) {
    try {
      return largestClosing(lots, (some) => {
        return applyDeleveraging(state, { victim, counterparty, market, lots: some }, context)
      })
    } catch (error) {
      pass({ counterparty, market, ...hindranceOf(error) })
    }
  }
  const against = context.market === undefined ? '' : ` in market ${context.market}`
  const message =
    candidates.length === 0
      ? 'nobody holds lots against'
      : 'of those who hold lots against it, nobody can be closed against'
  return unprovable('NOBODY', `account ${victim}${against}: ${message}`)
}

/** Who holds lots of an unsettled market against the account: the highest score first, and last who has nothing; of equal ones, by index. */
function candidatesOf(
  { accounts }: State,
  victim: number,
  { riskTable, market: only }: TakeoverContext & { readonly market: number | undefined },
): Candidate[] {
  const { positions } = accounts.get(victim)!
  const markets = positions.flatMap(({ size }, market) => {
    const isOpen = size !== 0n && riskTable.markets[market]!.phase !== PHASES.SETTLED
    return isOpen && (only === undefined || only === market) ? [{ market, size }] : []
  })
  const candidates = [...accounts.entries()].flatMap(([counterparty, account]) =>
    counterparty === HOUSE || counterparty === victim
      ? []
      : markets.flatMap(({ market, size }): Candidate[] => {
          const held = account.positions[market]!.size
          if (held === 0n || held < 0n === size < 0n) return []
          const score = fairPrice(account, riskTable) > 0n ? leverageScore(account, riskTable, market) : undefined
          return [{ counterparty, market, score, lots: min(lotsOf(size), lotsOf(held)) }]
        }),
  )
  return candidates.toSorted((one, other) => {
    const [first, second] = [one.score ?? -1n, other.score ?? -1n]
    return first === second ? one.counterparty - other.counterparty : first > second ? -1 : 1
  })
}

/**
 * All the lots if that can be; else the most, found by halving, as can be where the rules allow one lot: the losses of a scenario are linear
 * in what is closed, so whoever meets initial margin before and at some number of lots meets it at all below.
 */
function largestClosing(all: bigint, close: (lots: bigint) => Deleveraging): Deleveraging {
  let refusal: unknown
  try {
    return close(all)
  } catch (error) {
    refusal = error
  }
  if (all === 1n || (refusal instanceof ZkclearError && refusal.details.reason !== 'MARGIN')) throw refusal
  let best = close(1n)
  for (let [low, high] = [1n, all]; high - low > 1n; ) {
    const middle = (low + high) / 2n
    try {
      best = close(middle)
      low = middle
    } catch (error) {
      hindranceOf(error)
      high = middle
    }
  }
  return best
}

/** The contract takes a deleveraging where the house cannot pay what a bidder may ask, or may not now. */
function requireHouseOut({ houseFails, asked }: Deleveraging, mayPay: bigint): void {
  if (houseFails || asked > mayPay) return
  unprovable('HOUSE', `a bidder may ask ${asked} quanta of the house, which it has and may pay: ${mayPay} now`)
}

/** Why it is refused. Throws what is no refusal again. */
function hindranceOf(error: unknown): Hindrance {
  if (!(error instanceof ZkclearError)) throw error
  const { reason = error.code } = error.details as { reason?: string }
  return { reason, message: error.message }
}

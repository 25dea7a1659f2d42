import type { Account } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { isExposed } from '../cash-batch/withdrawal.ts'
import { meetsMargin } from '../margin.ts'
import type { Portfolio } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'
import { accountAt, type State } from '../state.ts'
import { auctionOf } from '../takeover/auction.ts'
import type { TakeoverContext } from '../takeover/pass.ts'
import { requireAccount, unprovable } from '../takeover/requirements.ts'
import type { Transition } from '../transition.ts'
import { askedOf, deficitOf, leverageScore, notionalOf, surchargeOf } from './price.ts'

/** Lots of a bankrupt account that are to be closed against those of a counterparty. */
export interface Closing {
  /** Account indices, 24 bits. */
  readonly victim: number
  readonly counterparty: number
  readonly market: number
  /** In [1, 2^56). */
  readonly lots: bigint
}

/** A deleveraging, with what it did to the accounts. */
export interface Deleveraging extends Transition {
  readonly context: TakeoverContext
  readonly closing: Closing
  /** Unix seconds from which the victim was to be had. */
  readonly opens: bigint
  /** What the victim owed beyond all that it had, and what the counterparty paid of it, in quanta. */
  readonly deficit: bigint
  readonly surcharge: bigint
  /** The counterparty's {@link leverageScore}, before. */
  readonly score: bigint
  /** What a bidder may ask of the house at that time, in quanta. */
  readonly asked: bigint
  /** Whether the house could not have paid that, as prices say that cannot be false: it has no size in a sheltered market. */
  readonly houseFails: boolean
}

/** What the closing would do, whether or not it is allowed: `applyDeleveraging` checks that. */
export function closeAgainst(state: State, closing: Closing, context: TakeoverContext): Deleveraging {
  const { riskTable } = context
  const { market, lots } = closing
  const [victim, counterparty, house] = [closing.victim, closing.counterparty, HOUSE].map((index) => {
    return requireAccount(state, index)
  }) as [...[victim: Account, counterparty: Account, house: Account]]
  const record = riskTable.markets[market] ?? unprovable('MARKET', `no market ${market}`)
  if (notionalOf(victim, riskTable) === 0n)
    unprovable('WORTHLESS', 'the positions of the victim that can be closed are worth nothing')
  const deficit = deficitOf(victim, riskTable)
  const { opens } = auctionOf(victim, riskTable, context.resumedAt)
  const asked = askedOf(victim, riskTable, context.timestamp - opens)
  const surcharge = surchargeOf(victim, riskTable, market, lots)
  const terms = { ...record, market, lots, surcharge }
  const after = { victim: bankruptAfter(victim, terms), counterparty: counterpartyAfter(counterparty, terms) }
  const changed = [
    [closing.victim, after.victim],
    [closing.counterparty, after.counterparty],
  ] as const
  return {
    ...{ context, closing, deficit, surcharge, opens, asked },
    before: state,
    after: {
      ...state,
      accounts: changed.reduce((tree, [index, account]) => tree.set(index, account), state.accounts),
      openInterest: state.openInterest.with(market, state.openInterest[market]! - 2n * lots),
    },
    touched: changed
      .map(([index, account]) => ({ index, before: accountAt(state, index), after: account }))
      .toSorted((a, b) => a.index - b.index),
    score: leverageScore(counterparty, riskTable, market),
    houseFails: !isExposed(house, riskTable) && !isAble(house, asked, riskTable),
  }
}

/** What is closed at what price: the mark, and the surcharge that the counterparty pays the victim beyond it. */
export interface Terms {
  readonly market: number
  readonly mark: bigint
  readonly fundingIndex: bigint
  readonly lots: bigint
  readonly surcharge: bigint
}

export function bankruptAfter<Holder extends Portfolio>(account: Holder, terms: Terms): Holder {
  return closed(account, terms, terms.surcharge)
}

export function counterpartyAfter<Holder extends Portfolio>(account: Holder, terms: Terms): Holder {
  return closed(account, terms, -terms.surcharge)
}

/** The account with its funding in the market realised, that many lots nearer to 0 at the mark, and what it is paid beyond it. */
function closed<Holder extends Portfolio>(
  account: Holder,
  { market, mark, fundingIndex, lots }: Terms,
  paid: bigint,
): Holder {
  const position = account.positions[market]!
  const sold = position.size < 0n ? -lots : lots
  const funding = position.size * (position.fundingIndex - fundingIndex)
  return {
    ...account,
    collateral: account.collateral.with(0, account.collateral[0]! + funding + sold * mark + paid),
    positions: account.positions.with(market, { ...position, fundingIndex, size: position.size - sold }),
  }
}

/** Whether the house has that much cash, and meets initial margin without it. */
function isAble(house: Account, quanta: bigint, table: RiskTable): boolean {
  const left = house.collateral[0]! - quanta
  const poorer = { ...house, collateral: house.collateral.with(0, left) }
  return left >= 0n && meetsMargin(poorer, table, table.initialMarginBps)
}

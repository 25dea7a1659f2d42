import { cancel, SMALL } from '../../lab/instances/model.ts'
import { makeRiskParameters } from '../../lab/instances/risk-parameters.ts'
import { isFlagged } from '../../protocol/account.ts'
import { EMPTY_BOOK } from '../../protocol/book.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import { lotsOf } from '../../protocol/deleverage/price.ts'
import { deleveragingData, packDeleveragingData } from '../../protocol/deleverage/words.ts'
import { max, min } from '../../protocol/numbers.ts'
import { NEVER, PPM, SETTLEMENT_WINDOW } from '../../protocol/parameters.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../protocol/risk/update.ts'
import { checkRiskTable } from '../../protocol/risk-table.ts'
import { priority, unpackSlot } from '../../protocol/slot.ts'
import { auctionOf, leastPrice } from '../../protocol/takeover/auction.ts'
import { heldBy, signBid } from '../../protocol/takeover/bid.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { packTakeoverData, takeoverData } from '../../protocol/takeover/words.ts'
import { ACCOUNTS, CASH_DOMAIN, CASH_KEY, CashVenue } from './cash-venue.ts'

/** A lot is a thousand quanta or so: what accounts of a {@link CashVenue} can trade. */
const INDEX = 1_000_000n
const MULTIPLIER = 1_000n
/** The market that expires, is retired and relisted, again and again. */
const EXPIRING = 1

/**
 * A {@link CashVenue} whose tables follow one from another as risk-update proves them: a perpetual with funding and a future that expires,
 * a breaker, accounts that are flagged, cured, taken over and deleveraged, settled positions that are paid out.
 */
export class LivingVenue extends CashVenue {
  override mostLots = 40n
  #snapshot: RiskSnapshot | undefined
  #parameters: RiskParameters | undefined
  #indices = [INDEX, INDEX]
  /** Markets that sweeps retired, a bit for each. */
  retired = 0n

  /** The next table, after seconds or after an outage, at indices that crept or leapt. */
  override reprice(): void {
    this.now += [150n, 300n, 300n, 600n, 900n, 4_000n][this.below(6)]!
    this.#indices = this.#indices.map((index) => {
      const most = this.below(12) === 0 ? 300_000n : 120_000n
      return max(INDEX / 4n, (index * (1_000_000n + BigInt(this.below(2 * Number(most))) - most)) / PPM)
    })
    const medians = {
      asOf: this.now,
      indices: this.#indices,
      forwards: this.#parametersNow().markets.map(({ underlying }) => {
        return (this.#indices[underlying]! * MULTIPLIER * (990_000n + BigInt(this.below(20_000)))) / PPM ** 2n
      }),
      volatilities: new Array<bigint>(SMALL.markets).fill(600_000n),
    }
    const update = applyRiskUpdate(this.#snapshot, medians, this.#parametersNow(), SMALL, this.retired)
    checkRiskTable(update.table, this.#parametersNow().markets, SMALL)
    this.retired &= ~update.relisted
    if (update.relisted !== 0n) this.count('RELIST')
    this.#snapshot = update
    this.table = update.table
  }

  override step(): void {
    const chance = this.below(20)
    if (chance === 0 || chance === 4) this.reprice()
    else if (chance === 1) this.expire()
    else if (chance === 2) this.takeOver()
    else if (chance === 5) this.deleverage()
    else if (chance === 3) for (let account = 0; account < ACCOUNTS; account++) this.cash({ kind: 'FLAG', account })
    else if (chance < 17) for (let more = 0; more < 4; more++) this.trade()
    else super.step()
  }

  /** Pays out the settled future, account by account, and retires it. */
  expire(): void {
    if (this.table!.markets[EXPIRING]!.phase !== 2n) return
    for (let account = 0; account < ACCOUNTS; account++) {
      if (this.below(3) > 0) this.cash({ kind: 'EXPIRE', account, market: EXPIRING })
    }
    const { bids, asks } = this.state.books.get(EXPIRING) ?? EMPTY_BOOK
    for (const [side, window] of [
      ['buy', bids],
      ['sell', asks],
    ] as const) {
      for (const slot of window.map(unpackSlot)) {
        const { account, sequence } = slot
        const price = priority(side, slot.priority)
        this.send(EXPIRING, cancel(account, 0n, { market: EXPIRING, side, price, sequence }))
      }
    }
    if (this.cash(undefined, EXPIRING)?.sweep?.retires === true) this.retired |= 1n << BigInt(EXPIRING)
  }

  /** Whoever can take over a flagged account for the lowest price does. */
  takeOver(): void {
    for (const [victim, account] of this.state.accounts.entries()) {
      if (!isFlagged(account) || this.now < auctionOf(account, this.table!, 0n).opens) continue
      if (this.now > auctionOf(account, this.table!, 0n).closes) continue
      const price = leastPrice(account, this.table!, this.now - auctionOf(account, this.table!, 0n).opens)
      for (let bidder = 1; bidder < ACCOUNTS; bidder++) {
        this.attempt('TAKEOVER', () => {
          const nonce = this.state.accounts.get(bidder)!.nonce + 1n
          const bid = { victim, bidder, held: heldBy(account), price, nonce, expiry: this.now }
          const context = { timestamp: this.now, domain: CASH_DOMAIN, riskTable: this.table!, resumedAt: 0n }
          const made = applyTakeover(this.state, signBid(bid, CASH_DOMAIN, CASH_KEY), context)
          this.published.push(() => ({ circuit: 'takeover', words: packTakeoverData(takeoverData(made)) }))
          if (made.subsidy > 0n) this.count('SUBSIDY')
          this.state = made.after
        })
      }
    }
  }

  /** Closes all that can be closed of accounts that owe more than they have, against whoever can pay. */
  deleverage(): void {
    for (const [victim] of this.state.accounts.entries()) {
      for (let counterparty = 1; counterparty < ACCOUNTS; counterparty++) {
        for (const market of this.table!.markets.keys()) {
          const [most, held] = [victim, counterparty].map((i) => this.#lotsOf(i, market)) as [bigint, bigint]
          const closing = { victim, counterparty, market, lots: min(most, held) }
          const context = { timestamp: this.now, domain: CASH_DOMAIN, riskTable: this.table!, resumedAt: 0n }
          this.attempt('DELEVERAGE', () => {
            const made = applyDeleveraging(this.state, closing, context)
            this.published.push(() => ({ circuit: 'deleverage', words: packDeleveragingData(deleveragingData(made)) }))
            this.state = made.after
          })
        }
      }
    }
  }

  #lotsOf(account: number, market: number): bigint {
    return lotsOf(this.state.accounts.get(account)!.positions[market]!.size)
  }

  #parametersNow(): RiskParameters {
    const before =
      this.#parameters ??
      makeRiskParameters(SMALL, { jumpBps: 1_500n, grace: 300n, auction: 3_000n, initialMarginBps: 11_000n })
    const [usual] = before.markets
    const perpetual = {
      ...usual!,
      multiplier: MULTIPLIER,
      bandBps: 1_000n,
      largeLots: 50n,
      minOrder: 1n,
      expiry: NEVER,
    }
    const isDue = this.#parameters === undefined || (this.retired >> BigInt(EXPIRING)) % 2n === 1n
    const expiry = isDue ? this.now + 4n * SETTLEMENT_WINDOW : before.markets[EXPIRING]!.expiry
    const future = { ...perpetual, kind: 'future' as const, fundingCapPpm: 0n, expiry }
    const [, , ...others] = before.markets
    const underlyings = before.underlyings.map((coin) => ({ ...coin, floor: 20_000n, cap: 80_000n }))
    const collaterals = before.collaterals.map((asset) => ({ ...asset, multiplier: 3n }))
    this.#parameters = { ...before, underlyings, collaterals, markets: [perpetual, future, ...others] }
    return this.#parameters
  }
}

import type { CancelAll, LimitOrder, Message } from '../../protocol/message.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'

/** An order of the naive engine: in its list from the moment it rests until it is gone. */
export interface NaiveOrder {
  arrival: bigint
  account: number
  side: 'buy' | 'sell'
  price: bigint
  size: bigint
  expiry: bigint
}

export interface NaiveTrade {
  taker: number
  maker: number
  makerArrival: bigint
  price: bigint
  size: bigint
}

interface NaiveMarket {
  resting: NaiveOrder[]
  nextArrival: bigint
  fees: bigint
  working: { order: LimitOrder; left: bigint; loadedNow: boolean } | undefined
  /** A cancel of all orders that is not done yet. */
  cancelling: CancelAll | undefined
}

interface NaiveAccount {
  cash: bigint
  nonce: bigint
  lots: bigint[]
  index: bigint[]
}

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}

/**
 * A matching engine that is slow and obviously right: one unsorted list of orders per market, searched from end to end
 * each time; open lots are never stored but counted; no margin. It knows nothing of packed words or windows. One `act`
 * is one thing that protocol.md#rule-matching forces.
 */
export class NaiveEngine {
  readonly markets: NaiveMarket[]
  readonly accounts = new Map<number, NaiveAccount>()
  /** Accounts whose orders are dead. To be changed between batches only. */
  readonly barred = new Set<number>()
  /** Whether positions may only be closed. To be changed between batches only. */
  closingOnly = false
  readonly trades: NaiveTrade[] = []
  readonly evicted: NaiveOrder[] = []
  now = 0n
  table: RiskTable
  readonly places: number

  constructor(marketCount: number, places: number, table: RiskTable) {
    this.places = places
    this.table = table
    this.markets = Array.from({ length: marketCount }, () => ({
      resting: [],
      nextArrival: 0n,
      fees: 0n,
      working: undefined,
      cancelling: undefined,
    }))
  }

  /** Lots that the account has open on a side: what rests and what is in hand. */
  open(account: number, market: number, side: 'buy' | 'sell'): bigint {
    const { resting, working } = this.markets[market]!
    let lots = 0n
    for (const order of resting) if (order.account === account && order.side === side) lots += order.size
    if (working?.order.account === account && working.order.side === side) lots += working.left
    return lots
  }

  /** A batch ended: what is in hand is now left by an earlier one. */
  endBatch(): void {
    for (const { working } of this.markets) if (working !== undefined) working.loadedNow = false
  }

  /** Does one forced thing with the order in hand, else with `next`. Returns whether it took `next`. */
  act(market: number, next: Message | undefined): boolean {
    const book = this.markets[market]!
    if (book.working !== undefined) {
      this.#work(market)
      return false
    }
    if (book.cancelling !== undefined) {
      this.#cancelOneOfAll(market, book.cancelling)
      return false
    }
    if (next === undefined) throw new Error('nothing to do')
    const account = this.accounts.get(next.account)!
    if (next.nonce > 0n) account.nonce = next.nonce
    this.#settleFunding(next.account, market)
    if (next.kind === 'cancel') {
      const mine = book.resting.find(
        (o) =>
          o.side === next.side && o.price === next.price && o.arrival === next.sequence && o.account === next.account,
      )
      if (mine !== undefined) this.#remove(market, mine)
      return true
    }
    if (next.kind === 'cancel-all') {
      this.#cancelOneOfAll(market, next)
      return true
    }
    const rules = this.table.markets[market]!
    const held = account.lots[market]!
    const toward = next.side === 'buy' ? held : -held
    if (this.barred.has(next.account) && !next.reduceOnly) return true
    if (next.size < rules.minOrder) return true
    const most = this.closingOnly ? 0n : rules.maxPosition
    if (toward + this.open(next.account, market, next.side) + next.size > most) return true
    let left = next.size
    if (next.reduceOnly) {
      const canReduce = toward < 0n ? -toward : 0n
      if (left > canReduce) left = canReduce
    }
    if (left === 0n) return true
    const closes = toward < 0n ? smaller(left, -toward) : 0n
    if (next.timeInForce !== 'POST_ONLY' && left > closes) {
      let short = 0n
      for (const { lots } of this.accounts.values()) if (lots[market]! < 0n) short -= lots[market]!
      if (short + left - closes > rules.maxOpenInterest) return true
    }
    book.working = { order: next, left, loadedNow: true }
    this.#work(market)
    return true
  }

  /** Bids go before asks, the best first; the cancel is done when its account has no order left that it means. */
  #cancelOneOfAll(market: number, cancel: CancelAll): void {
    const book = this.markets[market]!
    this.#settleFunding(cancel.account, market)
    const meant = () =>
      book.resting.filter((o) => o.account === cancel.account && (cancel.side === 'both' || cancel.side === o.side))
    const bids = meant().filter((o) => o.side === 'buy')
    const first = (bids.length > 0 ? bids : meant()).toSorted((a, b) => (this.#isBetter(a, b) ? -1 : 1))[0]
    if (first !== undefined) this.#remove(market, first)
    book.cancelling = meant().length > 0 ? cancel : undefined
  }

  #work(market: number): void {
    const book = this.markets[market]!
    const rules = this.table.markets[market]!
    const { order, left, loadedNow } = book.working!
    this.#settleFunding(order.account, market)
    const tooOld = (expiry: bigint) => this.now > expiry
    const outside = (side: 'buy' | 'sell', price: bigint) =>
      (side === 'buy' && price > rules.mark + rules.band) || (side === 'sell' && price < rules.mark - rules.band)
    const stale = this.now < this.table.asOf || this.now > this.table.asOf + this.table.maxAge
    const leftByEarlierBatch =
      !loadedNow && (this.barred.has(order.account) || this.#mayOpen(order.account, market, order.side))
    if (
      leftByEarlierBatch ||
      tooOld(order.expiry) ||
      outside(order.side, order.price) ||
      stale ||
      this.now > rules.lastTradeTime
    ) {
      book.working = undefined
      return
    }
    const best = this.#best(market, order.side === 'buy' ? 'sell' : 'buy')
    const crosses = best !== undefined && (order.side === 'buy' ? best.price <= order.price : best.price >= order.price)
    if (!crosses) {
      book.working = undefined
      if (order.timeInForce === 'IOC' || left < rules.minOrder) return
      this.#rest(market, order, left)
    } else if (
      tooOld(best.expiry) ||
      outside(best.side, best.price) ||
      this.barred.has(best.account) ||
      this.#mayOpen(best.account, market, best.side)
    ) {
      this.#settleFunding(best.account, market)
      this.#remove(market, best)
    } else if (order.timeInForce === 'POST_ONLY') {
      this.#settleFunding(best.account, market)
      book.working = undefined
    } else if (best.account === order.account) {
      this.#remove(market, best)
    } else {
      this.#trade(market, best)
    }
  }

  /** Only closing is allowed, and the account's orders on that side would together do more. */
  #mayOpen(account: number, market: number, side: 'buy' | 'sell'): boolean {
    const held = this.accounts.get(account)!.lots[market]!
    const toClose = side === 'buy' ? -held : held
    return this.closingOnly && this.open(account, market, side) > toClose
  }

  #rest(market: number, order: LimitOrder, left: bigint): void {
    const book = this.markets[market]!
    if (book.nextArrival === 0xffffffffn) return
    const { account, side, price, expiry } = order
    const added = { arrival: book.nextArrival, account, side, price, size: left, expiry }
    const sameSide = book.resting.filter((o) => o.side === side)
    if (sameSide.length >= this.places) {
      const worst = sameSide.reduce((a, b) => (this.#isBetter(a, b) ? b : a))
      if (this.now <= worst.expiry && this.#isBetter(worst, added)) return
      this.#settleFunding(worst.account, market)
      this.#remove(market, worst)
      this.evicted.push(worst)
    }
    book.resting.push(added)
    book.nextArrival += 1n
  }

  #trade(market: number, maker: NaiveOrder): void {
    const book = this.markets[market]!
    const working = book.working!
    const size = smaller(working.left, maker.size)
    const value = size * maker.price
    const fee = (bps: bigint) => {
      const whole = (value * bps) / 10_000n
      return whole * 10_000n === value * bps ? whole : whole + 1n
    }
    this.#settleFunding(maker.account, market)
    const takerBuys = working.order.side === 'buy'
    for (const [index, buys, bps] of [
      [working.order.account, takerBuys, this.table.takerFeeBps],
      [maker.account, !takerBuys, this.table.makerFeeBps],
    ] as const) {
      const account = this.accounts.get(index)!
      account.lots[market]! += buys ? size : -size
      account.cash += (buys ? -value : value) - fee(bps)
      book.fees += fee(bps)
    }
    working.left -= size
    maker.size -= size
    if (working.left === 0n) book.working = undefined
    if (maker.size === 0n) this.#remove(market, maker)
    const { account: maker_, arrival: makerArrival, price } = maker
    this.trades.push({ taker: working.order.account, maker: maker_, makerArrival, price, size })
  }

  #settleFunding(index: number, market: number): void {
    const account = this.accounts.get(index)!
    const current = this.table.markets[market]!.fundingIndex
    account.cash += account.lots[market]! * (account.index[market]! - current)
    account.index[market] = current
  }

  #isBetter(a: NaiveOrder, b: NaiveOrder): boolean {
    if (a.price !== b.price) return a.side === 'buy' ? a.price > b.price : a.price < b.price
    return a.arrival < b.arrival
  }

  #best(market: number, side: 'buy' | 'sell'): NaiveOrder | undefined {
    let best: NaiveOrder | undefined
    for (const order of this.markets[market]!.resting) {
      if (order.side === side && (best === undefined || this.#isBetter(order, best))) best = order
    }
    return best
  }

  #remove(market: number, order: NaiveOrder): void {
    const { resting } = this.markets[market]!
    if (!resting.includes(order)) throw new Error('no such order')
    this.#settleFunding(order.account, market)
    resting.splice(resting.indexOf(order), 1)
  }
}

import type { Account } from '../../protocol/account.ts'
import type { Book } from '../../protocol/book.ts'
import type { Cancel, CancelAll, LimitOrder, Message } from '../../protocol/message.ts'
import type { RiskRecord, RiskTable } from '../../protocol/risk-table.ts'
import { signBundle, tradingKey } from '../../protocol/signature.ts'
import type { Side } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'
import { applyTradeBatch, applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch, TradeBatchContext } from '../../protocol/trade-batch/trade-batch.ts'
import {
  type AccountOptions,
  DOMAIN,
  LATER,
  makeAccount,
  makeState,
  makeTable,
  NO_SIGNATURES,
  NOW,
  SMALL,
  type TestVenue,
  unsigned,
} from './model.ts'

/** The market that these batches are for: not the first, so that its place in every array matters. */
export const MARKET = 2

/** A private key of each account of its own. */
export function privateKeyOf(account: number): Uint8Array {
  return new Uint8Array(32).fill(account + 1)
}

const publicKeys = new Map<number, Account['tradingKey']>()

export function publicKeyOf(account: number): Account['tradingKey'] {
  const known = publicKeys.get(account) ?? tradingKey(privateKeyOf(account))
  publicKeys.set(account, known)
  return known
}

/** Fees on both sides, funding that is not zero. */
export function feeTable(overrides: Partial<RiskTable> = {}, market: Partial<RiskRecord> = {}): RiskTable {
  return makeTable(SMALL, { takerFeeBps: 7n, makerFeeBps: 3n, ...overrides }, { fundingIndex: 11n, ...market })
}

export interface VenueOptions {
  /** Accounts by index; default: 1 to 6, rich and flat. */
  readonly accounts?: Readonly<Record<number, AccountOptions>>
  readonly table?: RiskTable
  readonly timestamp?: bigint
  readonly book?: Partial<Book>
  /** Shape and sizes; default SMALL. */
  readonly venue?: TestVenue
  /** Default {@link MARKET}. */
  readonly market?: number
}

/** Context that lets a message be worked on for one step only, so that its order may stay in hand. */
export const ONE_STEP = { sizes: { ...SMALL, steps: 1 } }

type OrderOptions = Partial<Omit<LimitOrder, 'kind' | 'account' | 'side' | 'price' | 'size'>>

/** A venue at work in one market: rests orders without proving them, then makes the batch to prove, all signed. */
export class Venue {
  context: TradeBatchContext
  state: State
  #nonces = new Map<number, bigint>()

  constructor(options: VenueOptions = {}) {
    const { accounts = { 1: {}, 2: {}, 3: {}, 4: {}, 5: {}, 6: {} }, book, venue = SMALL, market = MARKET } = options
    this.context = {
      market,
      timestamp: options.timestamp ?? NOW,
      domain: DOMAIN,
      riskTable: options.table ?? feeTable(),
      sizes: venue,
    }
    const made = Object.entries(accounts).map(([index, account]) => [
      index,
      { ...makeAccount(venue, account), tradingKey: publicKeyOf(Number(index)) },
    ])
    this.state = makeState(venue, Object.fromEntries(made), book === undefined ? {} : { [market]: book })
  }

  get book(): Book {
    return this.state.books.get(this.context.market)!
  }

  order(account: number, side: Side, price: bigint, size: bigint, options: OrderOptions = {}): LimitOrder {
    const nonce = options.nonce ?? this.#nextNonce(account)
    const rest = { timeInForce: 'GTC', reduceOnly: false, expiry: LATER, market: this.context.market } as const
    return { kind: 'order', ...rest, ...options, account, side, price, size, nonce }
  }

  buy(account: number, price: bigint, size: bigint, options?: OrderOptions): LimitOrder {
    return this.order(account, 'buy', price, size, options)
  }

  sell(account: number, price: bigint, size: bigint, options?: OrderOptions): LimitOrder {
    return this.order(account, 'sell', price, size, options)
  }

  cancel(account: number, side: Side, price: bigint, sequence: bigint): Cancel {
    const { market } = this.context
    return { kind: 'cancel', market, account, side, price, sequence, nonce: this.#nextNonce(account) }
  }

  cancelAll(account: number, side: CancelAll['side']): CancelAll {
    return { kind: 'cancel-all', market: this.context.market, account, side, nonce: this.#nextNonce(account) }
  }

  /** Puts messages behind the venue, unproved; `context` for other times and tables. */
  rest(messages: readonly Message[], context: Partial<TradeBatchContext> = {}): this {
    for (const message of messages) {
      const options = { ...this.context, ...context }
      this.state = applyTradeBatchUnchecked(this.state, [unsigned(message)], options, NO_SIGNATURES).after
    }
    return this
  }

  /** The venue under another risk table from now on. */
  under(riskTable: RiskTable): this {
    this.context = { ...this.context, riskTable }
    return this
  }

  /** Changes an account without a batch. */
  edit(index: number, change: (account: Account) => Account): this {
    const { accounts } = this.state
    this.state = { ...this.state, accounts: accounts.set(index, change(accounts.get(index)!)) }
    return this
  }

  /** The batch of these messages, signed and checked. The venue stays where it is. */
  batch(messages: readonly Message[], context: Partial<TradeBatchContext> = {}): TradeBatch {
    return this.bundled(
      messages.map((message) => [message]),
      context,
    )
  }

  /** The batch of these bundles, signed and checked. */
  bundled(bundles: readonly (readonly Message[])[], context: Partial<TradeBatchContext> = {}): TradeBatch {
    const options = { ...this.context, ...context }
    const signed = bundles.map((messages) => signBundle(messages, options.domain, privateKeyOf(messages[0]!.account)))
    return applyTradeBatch(this.state, signed, options)
  }

  #nextNonce(account: number): bigint {
    const nonce = (this.#nonces.get(account) ?? this.state.accounts.get(account)!.nonce) + 1n
    this.#nonces.set(account, nonce)
    return nonce
  }
}

/** The transition of a state in which one account is otherwise, all else being the same: what the batch did stays. */
export function withAccount(transition: TradeBatch, index: number, edit: (account: Account) => Account): TradeBatch {
  const change = (state: State) => ({
    ...state,
    accounts: state.accounts.set(index, edit(state.accounts.get(index)!)),
  })
  return {
    ...transition,
    before: change(transition.before),
    after: change(transition.after),
    touched: transition.touched.map((entry) =>
      entry.index === index ? { ...entry, before: edit(entry.before), after: edit(entry.after) } : entry,
    ),
  }
}

/** An account with that much more cash. */
export function addCash(amount: bigint): (account: Account) => Account {
  return (account) => ({ ...account, collateral: account.collateral.with(0, account.collateral[0]! + amount) })
}

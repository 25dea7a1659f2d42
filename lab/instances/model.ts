import { TRADE_BATCH_SIZES } from '../../circuits/trade-batch/sizes.ts'
import type { Account, Position } from '../../protocol/account.ts'
import { hashAccount, ownerCommitment } from '../../protocol/account.ts'
import type { Book } from '../../protocol/book.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { Cancel, CancelAll, LimitOrder, Message } from '../../protocol/message.ts'
import { PHASES } from '../../protocol/parameters.ts'
import {
  type MarketLimits,
  type RiskRecord,
  type RiskTable,
  requiredLongRisk,
  requiredShortRisk,
} from '../../protocol/risk-table.ts'
import { type VenueShape, venueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { emptyState, openInterestOf, type State } from '../../protocol/state.ts'
import type { TradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatchContext, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { Tree } from '../../protocol/tree.ts'

/** A venue's shape with the sizes of its batches. */
export type TestVenue = VenueShape & TradeBatchSizes

export const SMALL: TestVenue = { ...venueShape('small'), ...TRADE_BATCH_SIZES.small }
/** Smaller still, so that most sweeps are carried into another batch and windows are often full. */
export const TIGHT: TestVenue = {
  ...SMALL,
  window: 5,
  messages: 3,
  signatures: 2,
  steps: 3,
  accounts: 2,
  lightAccounts: 1,
}
export const DOMAIN = 77n
/** The time at which tests run unless they say otherwise; tables from {@link makeTable} are fresh then. */
export const NOW = 1_700_000_000n
export const LATER = NOW + 3600n

export const PRIVATE_KEY = new Uint8Array(32).fill(7)
export const TRADING_KEY = tradingKey(PRIVATE_KEY)
const OWNER = ownerCommitment(99n)
const VIEW_KEY = 98n

/** No signature is looked at; the message chain is kept. */
export const NO_SIGNATURES: TradeBatchUnchecked = { signatures: false, messageChain: true }
/** Matching and accounting alone: no hash is computed. */
export const NO_HASHES: TradeBatchUnchecked = { signatures: false, messageChain: false }

export function unsigned(message: Message): SignedBundle {
  return unsignedBundle([message])
}

export function unsignedBundle(messages: readonly Message[]): SignedBundle {
  return { messages, signature: { R8x: 0n, R8y: 0n, S: 0n } }
}

export interface AccountOptions {
  readonly cash?: bigint
  /** Lots of the other collateral assets, from asset 1 on. */
  readonly others?: readonly bigint[]
  /** By market; what is left out is flat. */
  readonly positions?: Readonly<Record<number, Partial<Position>>>
  readonly nonce?: bigint
  readonly viewKey?: bigint
  readonly flaggedAt?: bigint
  readonly suspended?: boolean
}

export function makeAccount(shape: VenueShape, options: AccountOptions = {}): Account {
  const { cash = 1_000_000_000n, others = [], positions = {}, nonce = 0n } = options
  const { viewKey = VIEW_KEY, flaggedAt = 0n, suspended = false } = options
  return {
    tradingKey: TRADING_KEY,
    ownerCommitment: OWNER,
    viewKey,
    flaggedAt,
    suspended,
    nonce,
    collateral: Array.from({ length: shape.collaterals }, (_, k) => (k === 0 ? cash : (others[k - 1] ?? 0n))),
    positions: Array.from({ length: shape.markets }, (_, m) => ({
      size: 0n,
      fundingIndex: 0n,
      openBuy: 0n,
      openSell: 0n,
      ...positions[m],
    })),
  }
}

/** A state of these accounts; its open lots are as given, so books other than empty must agree with them. */
export function makeState(
  shape: VenueShape,
  accounts: Readonly<Record<number, Account>>,
  books: Readonly<Record<number, Partial<Book>>> = {},
): State {
  let state = emptyState(shape)
  for (const [index, account] of Object.entries(accounts)) {
    state = { ...state, accounts: state.accounts.set(Number(index), account) }
  }
  for (const [market, book] of Object.entries(books)) {
    const index = Number(market)
    state = { ...state, books: state.books.set(index, { ...state.books.get(index)!, ...book }) }
  }
  return { ...state, openInterest: openInterestOf(Object.values(accounts), shape) }
}

/** The path of leaf 0 in a tree that has this account everywhere. */
export function crowdedTree(account: Account, { accountLevels }: VenueShape): readonly (readonly bigint[])[] {
  let tree = new Tree(accountLevels, hashAccount)
  for (let index = 0; index < 4 ** accountLevels; index++) tree = tree.set(index, account)
  return tree.path(0).children
}

/** A state whose accounts 1 to `count` are rich and flat. */
export function richState(shape: VenueShape, count: number): State {
  const accounts: Record<number, Account> = {}
  for (let index = 1; index <= count; index++) accounts[index] = makeAccount(shape)
  return makeState(shape, accounts)
}

/** A market at 1,000 with a band of 100, shocks of up to 200 either way and the least reserves that allows. */
export function makeRecord(
  shape: VenueShape,
  fees: Parameters<typeof requiredLongRisk>[1],
  overrides: Partial<RiskRecord> = {},
): RiskRecord {
  const mark = overrides.mark ?? 1000n
  const shocks = [0n, -200n, 200n, -100n, 100n]
  const record = {
    mark,
    fundingIndex: 0n,
    longRisk: 1n,
    shortRisk: 1n,
    shortOptionMinimum: 0n,
    band: 100n,
    minOrder: 1n,
    maxPosition: 1_000_000n,
    lastTradeTime: NOW + 1_000_000n,
    phase: PHASES.OPEN,
    largeLots: 0n,
    largeRisk: 0n,
    maxOpenInterest: 1n << 50n,
    scenarioPrices: Array.from({ length: shape.scenarios }, (_, s) => mark + (shocks[s] ?? 0n)),
    ...overrides,
  }
  return {
    ...record,
    longRisk: overrides.longRisk ?? requiredLongRisk(record, fees),
    shortRisk: overrides.shortRisk ?? requiredShortRisk(record, fees),
  }
}

/** A valid table, fresh at {@link NOW}, without fees; `market` overrides fields of every record. */
export function makeTable(
  shape: VenueShape,
  overrides: Partial<RiskTable> = {},
  market: Partial<RiskRecord> = {},
): RiskTable {
  const head = { initialMarginBps: 12_000n, takerFeeBps: 0n, makerFeeBps: 0n, asOf: NOW, maxAge: 1000n, ...overrides }
  return {
    markets: Array.from({ length: shape.markets }, () => makeRecord(shape, head, market)),
    collaterals: Array.from({ length: shape.collaterals }, (_, k) =>
      k === 0 ? { price: 1n, weight: 10_000n } : { price: 3n, weight: 9_000n },
    ),
    ...{ grace: 100n, auction: 200n, firstDiscountBps: 0n, lastDiscountBps: 10_000n },
    memory: 0n,
    ...head,
  }
}

export function makeLimits(shape: VenueShape): MarketLimits[] {
  return Array.from({ length: shape.markets }, () => ({ maxLots: 1n << 30n, maxPrice: 1n << 33n }))
}

export function makeContext(venue: TestVenue, overrides: Partial<TradeBatchContext> = {}): TradeBatchContext {
  return { market: 0, timestamp: NOW, domain: DOMAIN, riskTable: makeTable(venue), sizes: venue, ...overrides }
}

export function order(account: number, nonce: bigint, overrides: Partial<LimitOrder> = {}): SignedBundle {
  return unsigned({
    kind: 'order',
    market: 0,
    account,
    side: 'buy',
    price: 1000n,
    size: 10n,
    timeInForce: 'GTC',
    reduceOnly: false,
    expiry: LATER,
    nonce,
    ...overrides,
  })
}

export function cancel(account: number, nonce: bigint, overrides: Partial<Cancel> = {}): SignedBundle {
  return unsigned({ kind: 'cancel', market: 0, account, side: 'buy', price: 1000n, sequence: 0n, nonce, ...overrides })
}

export function cancelAll(account: number, nonce: bigint, side: CancelAll['side']): SignedBundle {
  return unsigned({ kind: 'cancel-all', market: 0, account, side, nonce })
}

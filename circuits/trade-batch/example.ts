import { ownerCommitment } from '../../protocol/account.ts'
import type { LimitOrder } from '../../protocol/message.ts'
import { BASIS_POINTS, PHASES } from '../../protocol/parameters.ts'
import { checkRiskTable, type RiskTable, requiredLongRisk, requiredShortRisk } from '../../protocol/risk-table.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { signBundle, tradingKey } from '../../protocol/signature.ts'
import { genesisState, type State } from '../../protocol/state.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { applyTradeBatch, applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { TRADE_BATCH_SIZES } from './sizes.ts'

/** Unix seconds of everything in the example. */
export const EXAMPLE_TIME = 1_750_000_000n

const MARK = 2_500_000_000n
const MARKET = { maxLots: 1n << 30n, maxPrice: 1n << 33n }
const UNSIGNED = { R8x: 0n, R8y: 1n, S: 0n }

/** Accounts 1 to T, all but the last with asks in the book, enough for the sweep of `exampleBatch`. */
export function exampleState(name: ProfileName): State {
  const shape = venueShape(name)
  const sizes = TRADE_BATCH_SIZES[name]
  const accounts = Array.from({ length: accountSlots(sizes) }, (_, i) => ({
    index: i + 1,
    tradingKey: tradingKey(privateKey(i + 1)),
    ownerCommitment: ownerCommitment(exampleOwnerSecret(i + 1)),
    viewKey: exampleViewKey(i + 1),
    collateral: [10n ** 12n, ...new Array<bigint>(shape.collaterals - 1).fill(1000n)],
  }))
  const markets = new Array(shape.markets).fill(MARKET)
  checkRiskTable(exampleRiskTable(shape), markets, shape)
  let state = genesisState({ markets, accounts }, shape)
  for (let k = 0; k < sweepTrades(sizes); k++) {
    // makers take turns, beginning with those that do not act in the batch: they have the light slots
    const account = accountSlots(sizes) - 1 - (k % (accountSlots(sizes) - 1))
    const message = order(account, 'sell', MARK + BigInt(1 + k) * 1_000_000n, BigInt(1 + k))
    state = applyTradeBatchUnchecked(state, [{ messages: [message], signature: UNSIGNED }], context(shape, sizes, 0n), {
      signatures: false,
      messageChain: true,
    }).after
  }
  return state
}

/** Bundles of bids that rest, N - 1 in all, of makers that full slots are there for, then a buy that trades with as many asks as steps are left. */
export function exampleBatch(state: State, domain: bigint): TradeBatch {
  const sizes = TRADE_BATCH_SIZES[state.shape.name as ProfileName]
  const trades = sweepTrades(sizes)
  const quotes = Array.from({ length: sizes.signatures - 1 }, (): LimitOrder[] => [])
  for (let k = 0; k < sizes.messages - 1; k++) {
    const quote = Math.floor((k * quotes.length) / (sizes.messages - 1))
    const account = 1 + (quote % (sizes.accounts - 1))
    quotes[quote]!.push(order(account, 'buy', MARK - BigInt(1 + k) * 1_000_000n, BigInt(100 + k)))
  }
  const price = MARK + BigInt(trades) * 1_000_000n
  const sweep = { ...order(accountSlots(sizes), 'buy', price, 200n), size: 10n * BigInt(trades) }
  const bundles = [...quotes, [sweep]]
  const signed = bundles.map((messages) => signBundle(messages, domain, privateKey(messages[0]!.account)))
  const batch = applyTradeBatch(state, signed, context(state.shape, sizes, domain))
  const { steps, touched } = batch
  if (steps.length !== sizes.steps || touched.length !== accountSlots(sizes)) throw new Error('the batch is not full')
  return batch
}

export function exampleRiskTable(shape: VenueShape): RiskTable {
  const terms = { initialMarginBps: 12_500n, takerFeeBps: 5n, makerFeeBps: 2n, asOf: EXAMPLE_TIME, maxAge: 3600n }
  const record = {
    mark: MARK,
    fundingIndex: 0n,
    longRisk: 0n,
    shortRisk: 0n,
    shortOptionMinimum: 0n,
    band: MARK / 20n,
    minOrder: 1n,
    maxPosition: 1_000_000n,
    lastTradeTime: EXAMPLE_TIME + 86_400n,
    phase: PHASES.OPEN,
    largeLots: 0n,
    largeRisk: 0n,
    maxOpenInterest: 1n << 40n,
    scenarioPrices: Array.from({ length: shape.scenarios }, (_, s) =>
      s % 2 === 0 ? MARK + (MARK * BigInt(s)) / 100n : MARK - (MARK * BigInt(s)) / 100n,
    ),
  }
  const market = { ...record, longRisk: requiredLongRisk(record, terms), shortRisk: requiredShortRisk(record, terms) }
  return {
    ...terms,
    markets: new Array(shape.markets).fill(market),
    collaterals: Array.from({ length: shape.collaterals }, (_, k) =>
      k === 0 ? { price: 1n, weight: BASIS_POINTS } : { price: 1_000_000n, weight: 9_000n },
    ),
    ...{ grace: 900n, auction: 1_800n, firstDiscountBps: 0n, lastDiscountBps: 10_000n },
    memory: 0n,
  }
}

function context(shape: VenueShape, sizes: TradeBatchSizes, domain: bigint) {
  return { market: 0, timestamp: EXAMPLE_TIME, domain, riskTable: exampleRiskTable(shape), sizes, newSalt: 3000n }
}

function sweepTrades({ steps, messages }: TradeBatchSizes): number {
  return steps - messages + 1
}

function order(account: number, side: 'buy' | 'sell', price: bigint, nonce: bigint): LimitOrder {
  const rest = { timeInForce: 'GTC', reduceOnly: false, expiry: EXAMPLE_TIME + 600n } as const
  return { kind: 'order', market: 0, account, side, price, size: 10n, ...rest, nonce }
}

function privateKey(account: number): Uint8Array {
  return new Uint8Array(32).fill(account)
}

export function exampleViewKey(account: number): bigint {
  return 2000n + BigInt(account)
}

export function exampleOwnerSecret(account: number): bigint {
  return 1000n + BigInt(account)
}

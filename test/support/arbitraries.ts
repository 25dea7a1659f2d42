import fc from 'fast-check'
import { makeAccount, makeState, NOW } from '../../lab/instances/model.ts'
import { type Account, isBarred, type Position } from '../../protocol/account.ts'
import type { AccountUpdate } from '../../protocol/account-update.ts'
import { isUnsigned, type Message } from '../../protocol/message.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { TimeInForce } from '../../protocol/parameters.ts'
import { BITS, MAX_PRICE, PHASES } from '../../protocol/parameters.ts'
import {
  type MarketLimits,
  type RiskRecord,
  type RiskTable,
  requiredLongRisk,
  requiredShortRisk,
} from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { priority, type Side, unpackSlot } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'

/** The bound of every market that these generators make: 2^30 lots at up to 2^33 quanta. */
const LIMITS: MarketLimits = { maxLots: 1n << 30n, maxPrice: 1n << 33n }

export function limitsOf(shape: VenueShape): MarketLimits[] {
  return new Array(shape.markets).fill(LIMITS)
}

/** Small numbers often, large ones too: small ones are where rounding shows. */
function magnitude(upper: bigint): fc.Arbitrary<bigint> {
  const smaller = (bound: bigint) => (bound < upper ? bound : upper)
  return fc.oneof(
    fc.bigInt(0n, smaller(3n)),
    fc.bigInt(0n, smaller(100n)),
    fc.bigInt(0n, smaller(10_000n)),
    fc.bigInt(0n, upper),
  )
}

type Fees = Pick<RiskTable, 'initialMarginBps' | 'takerFeeBps' | 'makerFeeBps'>

function arbitraryRecord(shape: VenueShape, fees: Fees): fc.Arbitrary<RiskRecord> {
  const upper = 1n << 32n
  return fc
    .record({
      mark: magnitude(upper),
      band: magnitude(upper),
      fundingIndex: fc.tuple(magnitude(1n << 44n), fc.boolean()).map(([f, negative]) => (negative ? -f : f)),
      shortOptionMinimum: fc.oneof(fc.constant(0n), magnitude(upper)),
      minOrder: fc.bigInt(1n, 4n),
      maxPosition: fc.oneof(fc.constant(LIMITS.maxLots), fc.bigInt(0n, 60n)),
      lastTradeTime: fc.oneof({ arbitrary: fc.constant(NOW + 10_000n), weight: 8 }, fc.bigInt(NOW - 5n, NOW + 5n)),
      shocks: fc.array(fc.tuple(magnitude(upper), fc.boolean()), {
        minLength: shape.scenarios - 1,
        maxLength: shape.scenarios - 1,
      }),
      phase: fc.constantFrom(PHASES.OPEN, PHASES.OPEN, PHASES.OPEN, PHASES.SHELTERED, PHASES.SHELTERED, PHASES.SETTLED),
      largeLots: fc.oneof(fc.constant(0n), magnitude(1n << 21n), fc.constant((1n << 55n) - 1n)),
      largeRisk: fc.oneof(fc.constant(0n), magnitude(upper)),
      maxOpenInterest: fc.oneof(fc.constant((1n << 55n) - 1n), magnitude(1n << 21n)),
      slack: fc.tuple(fc.oneof(fc.constant(0n), magnitude(100n)), fc.oneof(fc.constant(0n), magnitude(100n))),
    })
    .map(({ shocks, slack, ...record }) => {
      // What is settled trades no more, and its price is final.
      const isSettled = record.phase === PHASES.SETTLED
      const lastTradeTime = isSettled ? NOW - 1n : record.lastTradeTime
      const shocked = shocks.map(([x, down]) => {
        const shock = isSettled ? 0n : x
        return down ? (shock > record.mark ? 0n : record.mark - shock) : record.mark + shock
      })
      const m = {
        ...{ ...record, lastTradeTime, scenarioPrices: [record.mark, ...shocked] },
        ...{ longRisk: 1n, shortRisk: 1n },
      }
      const reserve = (required: bigint, extra: bigint) => (required + extra > 1n ? required + extra : 1n)
      return {
        ...m,
        longRisk: reserve(requiredLongRisk(m, fees), slack[0]),
        shortRisk: reserve(requiredShortRisk(m, fees), slack[1]),
      }
    })
}

/**
 * Risk tables as protocol.md#risk-table requires, at their limits often: no slack in the reserves, options with a short
 * minimum, fees up to the highest, funding of either sign, collateral with a haircut.
 */
export function arbitraryRiskTable(shape: VenueShape): fc.Arbitrary<RiskTable> {
  const fee = fc.oneof(fc.constant(0n), fc.bigInt(0n, 100n), fc.constant(100n))
  return fc
    .record({
      initialMarginBps: fc.oneof(fc.constant(10_000n), fc.bigInt(10_000n, 30_000n), fc.constant(131_071n)),
      takerFeeBps: fee,
      makerFeeBps: fee,
    })
    .chain((fees) =>
      fc
        .record({
          markets: fc.tuple(...Array.from({ length: shape.markets }, () => arbitraryRecord(shape, fees))),
          others: fc.array(fc.record({ price: magnitude(1n << 63n), weight: fc.bigInt(0n, 10_000n) }), {
            minLength: shape.collaterals - 1,
            maxLength: shape.collaterals - 1,
          }),
          memory: fc.bigInt(0n, FIELD - 1n),
          grace: magnitude((1n << 20n) - 1n),
          auction: fc.bigInt(1n, (1n << 20n) - 1n),
          firstDiscountBps: fc.bigInt(0n, 5_000n),
          lastDiscountBps: fc.bigInt(5_000n, 10_000n),
          maxAge: fc.oneof({ arbitrary: fc.constant(100_000n), weight: 8 }, fc.bigInt(0n, 5n)),
        })
        .map(({ others, ...rest }) => ({
          ...fees,
          ...rest,
          asOf: NOW,
          collaterals: [{ price: 1n, weight: 10_000n }, ...others],
        })),
    )
}

/** A table whose first markets are lively: near 1,000, open, fresh, so that most messages do something. */
export function arbitraryLivelyTable(shape: VenueShape): fc.Arbitrary<RiskTable> {
  return arbitraryRiskTable(shape).chain((table) =>
    fc
      .array(
        fc.record({
          mark: fc.bigInt(900n, 1100n),
          band: fc.bigInt(5n, 40n),
          cap: fc.bigInt(0n, 80n),
          crowd: fc.bigInt(0n, 149n),
        }),
        {
          minLength: shape.markets,
          maxLength: shape.markets,
        },
      )
      .map((shapes) => ({
        ...table,
        maxAge: 100_000n,
        markets: table.markets.map((m, i) => {
          const { mark, band, cap, crowd } = shapes[i]!
          const record = {
            ...m,
            mark,
            band,
            fundingIndex: m.fundingIndex % 1000n,
            shortOptionMinimum: m.shortOptionMinimum % 1000n,
            largeLots: m.largeLots % 60n,
            largeRisk: m.largeRisk % 300n,
            maxPosition: cap < 40n ? LIMITS.maxLots : cap,
            maxOpenInterest: crowd < 60n ? crowd : LIMITS.maxLots,
            lastTradeTime: NOW + 10_000n,
            scenarioPrices: m.scenarioPrices.map((_, s) => mark + BigInt(((s * 7919) % 401) - (s === 0 ? 0 : 200))),
          }
          return {
            ...record,
            longRisk: requiredLongRisk(record, table),
            shortRisk: requiredShortRisk(record, table),
          }
        }),
      })),
  )
}

/** An account that may hold anything anywhere; open lots too, as if they rested somewhere. */
export function arbitraryAccount(shape: VenueShape): fc.Arbitrary<Account> {
  const signed = (upper: bigint) => fc.tuple(magnitude(upper), fc.boolean()).map(([x, negative]) => (negative ? -x : x))
  const position: fc.Arbitrary<Position> = fc.record({
    size: signed(1n << 20n),
    fundingIndex: signed(1n << 44n),
    openBuy: magnitude(1n << 20n),
    openSell: magnitude(1n << 20n),
  })
  return fc
    .record({
      cash: signed(1n << 60n),
      others: fc.array(magnitude(1n << 30n), {
        minLength: shape.collaterals - 1,
        maxLength: shape.collaterals - 1,
      }),
      positions: fc.array(position, { minLength: shape.markets, maxLength: shape.markets }),
    })
    .map(({ positions, ...rest }) => makeAccount(shape, { ...rest, positions: { ...positions } }))
}

/**
 * A state of accounts 1 to n, flat or holding against each other in market 0; `rich` ones have margin for anything,
 * others may run out of it.
 */
export function arbitraryState(shape: VenueShape, options: { rich: boolean }): fc.Arbitrary<State> {
  const cash = options.rich ? fc.constant(1n << 70n) : fc.oneof(fc.bigInt(-500n, 100_000n), fc.constant(1n << 40n))
  const holder = fc.record({ cash, lots: fc.bigInt(-30n, 30n), other: fc.bigInt(0n, 50n) })
  return fc.array(holder, { minLength: 2, maxLength: 6 }).map((holders) => {
    const sum = holders.slice(1).reduce((total, { lots }) => total + lots, 0n)
    const accounts = holders.map(({ cash, lots, other }, i) => [
      i + 1,
      makeAccount(shape, {
        cash,
        others: new Array(shape.collaterals - 1).fill(other),
        positions: { 0: { size: i === 0 ? -sum : lots } },
      }),
    ])
    return makeState(shape, Object.fromEntries(accounts))
  })
}

/** What a message is to be, before the state says what it can refer to. */
export interface Wish {
  readonly market: number
  readonly account: number
  readonly side: Side
  /** Price less mark, in tenths of the band; beyond +-10 is outside. */
  readonly tilt: number
  readonly size: bigint
  readonly timeInForce: TimeInForce
  readonly reduceOnly: boolean
  /** Expiry less the time. */
  readonly life: bigint
  readonly cancels: 'nothing' | 'resting' | 'missing' | 'all'
  /** Chooses among resting orders. */
  readonly pick: number
  /** Nonces skipped. */
  readonly gap: bigint
  /** Seconds that pass before the message. */
  readonly wait: bigint
  /** It is in one bundle with the wish before it: of the same account, for the same market, at the same time. */
  readonly joins: boolean
}

/** Wishes for all kinds of messages: limit, IOC, post-only, reduce-only, cancel; expired, out of band, too small. */
export function arbitraryWish(options: { markets: number; maxWait?: bigint }): fc.Arbitrary<Wish> {
  return fc
    .record({
      market: fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, fc.nat(options.markets - 1)),
      account: fc.nat(5),
      side: fc.constantFrom<Side>('buy', 'sell'),
      tilt: fc.oneof({ arbitrary: fc.integer({ min: -4, max: 4 }), weight: 5 }, fc.integer({ min: -13, max: 13 })),
      size: fc.oneof({ arbitrary: fc.bigInt(1n, 12n), weight: 6 }, fc.bigInt(1n, 100n)),
      timeInForce: fc.constantFrom<TimeInForce>('GTC', 'GTC', 'GTC', 'IOC', 'POST_ONLY'),
      reduce: fc.boolean(),
      life: fc.oneof({ arbitrary: fc.constant(5000n), weight: 6 }, fc.bigInt(-2n, 6n)),
      cancels: fc.constantFrom<Wish['cancels']>(...QUIET, 'resting', 'resting', 'missing', 'missing', 'all'),
      pick: fc.nat(1000),
      gap: fc.oneof({ arbitrary: fc.constant(0n), weight: 8 }, fc.bigInt(1n, 3n)),
      wait: fc.oneof({ arbitrary: fc.constant(0n), weight: 4 }, fc.bigInt(0n, options.maxWait ?? 0n)),
      sweeps: fc.nat(9).map((n) => n === 0),
      joins: fc.nat(2).map((n) => n === 0),
    })
    .map(({ reduce, sweeps, ...wish }) => ({
      ...wish,
      reduceOnly: reduce && wish.timeInForce === 'IOC',
      ...(sweeps && { tilt: wish.side === 'buy' ? 10 : -10, size: 60n, life: 5000n }),
    }))
}

/** Two wishes of three are for no cancel. */
const QUIET = new Array<'nothing'>(10).fill('nothing')

/** Messages of a bundle that is wished for, at most. */
const LONGEST = 3

/** The wishes of each bundle. */
export function bundlesOf(wishes: readonly Wish[]): Wish[][] {
  const bundles: Wish[][] = []
  for (const wish of wishes) {
    const last = bundles.at(-1)
    if (wish.joins && last !== undefined && last.length < LONGEST) last.push(wish)
    else bundles.push([wish])
  }
  return bundles
}

/** The messages that the wishes of a bundle come to in this state; an unsigned cancel comes alone. */
export function grant(wishes: readonly Wish[], state: State, table: RiskTable, now: bigint): Message[] {
  const [wish, ...rest] = wishes as [Wish, ...Wish[]]
  const first = grantOne(wish, state, table, now)
  if (isUnsigned(first)) return [first]
  let { nonce } = first
  const joining = rest.map((next) => {
    nonce += 1n + next.gap
    return { ...grantOne({ ...next, market: wish.market }, state, table, now, first.account), nonce }
  })
  return [first, ...joining]
}

/** The message that a wish comes to, of the owner if one is given. Accounts are counted round. */
function grantOne(wish: Wish, state: State, table: RiskTable, now: bigint, owner?: number): Message {
  const indices = owner === undefined ? [...state.accounts.entries()].map(([index]) => index) : [owner]
  const { market } = wish
  const at = (index: number) => indices[index % indices.length]!
  const nonceOf = (account: number) => state.accounts.get(account)!.nonce + 1n + wish.gap
  const { mark, band } = table.markets[market]!
  const wanted = mark + (BigInt(wish.tilt) * band) / 10n
  const price = wanted < 1n ? 1n : wanted > MAX_PRICE ? MAX_PRICE : wanted
  const head = { market, side: wish.side, price }
  if (wish.cancels !== 'nothing') {
    const book = state.books.get(market)!
    const resting = [
      ...book.bids.map((word) => ({ side: 'buy' as const, slot: unpackSlot(word) })),
      ...book.asks.map((word) => ({ side: 'sell' as const, slot: unpackSlot(word) })),
    ]
    const own = resting.filter(({ slot }) => owner === undefined || slot.account === owner)
    const chosen = own[wish.pick % Math.max(1, own.length)]
    if (wish.cancels === 'all') {
      // of whoever has orders, mostly
      const account = chosen === undefined || wish.pick % 5 === 0 ? at(wish.account) : chosen.slot.account
      const side = wish.pick % 2 === 0 ? 'both' : wish.side
      return { kind: 'cancel-all', market, account, side, nonce: nonceOf(account) }
    }
    if (wish.cancels === 'missing' || chosen === undefined) {
      const account = at(wish.account)
      return { kind: 'cancel', ...head, account, sequence: BigInt(wish.pick), nonce: nonceOf(account) }
    }
    const { side, slot } = chosen
    const account = wish.pick % 5 === 0 ? at(wish.account) : slot.account
    const named = { market, side, price: priority(side, slot.priority), sequence: slot.sequence }
    const unsigned = isBarred(state.accounts.get(account)!) && wish.pick % 2 === 0
    return { kind: 'cancel', ...named, account, nonce: unsigned ? 0n : nonceOf(account) }
  }
  const { size, timeInForce, reduceOnly } = wish
  const account = at(wish.account)
  const expiry = now + wish.life
  return { kind: 'order', ...head, account, size, timeInForce, reduceOnly, expiry, nonce: nonceOf(account) }
}

const uint = (bits: number) => fc.bigInt(0n, (1n << BigInt(bits)) - 1n)
const int = (bits: number) => fc.bigInt(-(1n << BigInt(bits)), (1n << BigInt(bits)) - 1n)

const plain = { noNullPrototype: true } as const

/** What a batch may leave of an account, over all that fields can hold. */
export const arbitraryUpdate: fc.Arbitrary<AccountUpdate> = fc.record(
  {
    market: fc.nat((1 << BITS.market) - 1),
    nonce: uint(BITS.nonce),
    cash: int(BITS.collateral),
    position: fc.record(
      {
        size: int(BITS.position),
        fundingIndex: int(BITS.fundingIndex),
        openBuy: uint(BITS.position),
        openSell: uint(BITS.position),
      },
      plain,
    ),
  },
  plain,
)

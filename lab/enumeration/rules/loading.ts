import type { Message } from '../../../protocol/message.ts'
import { product, range } from '../enumeration.ts'
import { BITS, CASE, handOf, OPEN, oneSide, orderOf, SIDES, steps, TIMELESS } from './step-cases.ts'
import type { SortedWindow } from './step-model.ts'

/** With which an order may be sent. */
const KINDS = [
  { timeInForce: 'GTC', reduceOnly: false },
  { timeInForce: 'POST_ONLY', reduceOnly: false },
  { timeInForce: 'IOC', reduceOnly: false },
  { timeInForce: 'IOC', reduceOnly: true },
] as const

export const loading = steps(
  'loading: minOrder, maxPosition, reduceOnly',
  'An order below minOrder, one that could carry its account beyond maxPosition and one that may only reduce and has nothing to reduce have no effect but the nonce; reduceOnly caps the size by the position.',
  'positions in (-2^3, 2^3), open lots and sizes of 2 bits, all kinds of orders, with and without a head to meet',
  'partial',
  (step, scale, check) => {
    const full = scale === 'full'
    const [empty, ...heads] = step.windows(1)
    const head = heads.filter(({ slots }) => slots[0] === 0b01_0_0_10n)
    product(
      {
        window: [empty!, ...head],
        side: SIDES,
        account: full ? BITS : ([1] as const),
        position: range(-7, 8),
        open: range(0, 4),
        lots: range(0, 4),
        minOrder: [1, 2, 3],
        maxPosition: full ? range(0, 5) : [0, 2, 4],
        kind: KINDS,
      },
      ({ window, side, account, position, open, lots, minOrder, maxPosition, kind }) => {
        const message = { ...orderOf(account, side, 2, lots, 0), ...kind } as Message
        const own = (value: number) => (account === 0 ? [value, 1] : [1, value])
        const [openBuy, openSell] = side === 'buy' ? [own(open), own(2)] : [own(2), own(open)]
        const market = { ...TIMELESS, minOrder, maxPosition }
        const sided = oneSide(step, side === 'buy' ? 'sell' : 'buy', window)
        check({ ...CASE, ...sided, market, message, size: own(position), openBuy, openSell })
      },
    )
  },
)

export const cap = steps(
  'loading: the cap of open interest',
  "An order that may take has no effect if it has more lots than close its account's position and those beyond carry open interest past its cap; POST_ONLY, reduceOnly and what merely closes never fail for it.",
  'positions in (-2^3, 2^3), sizes of 2 bits, open interest and caps of 3 bits, all kinds of orders, with and without a head to meet',
  'partial',
  (step, scale, check) => {
    const full = scale === 'full'
    const [empty, ...heads] = step.windows(1)
    product(
      {
        window: [empty!, ...heads.filter(({ slots }) => slots[0] === 0b01_0_0_10n)],
        side: SIDES,
        position: full ? range(-7, 8) : range(-3, 4),
        lots: [1, 2, 3],
        openInterest: full ? range(0, 8) : [0, 3, 6],
        maxOpenInterest: full ? range(0, 8) : [0, 4, 6],
        kind: KINDS,
      },
      ({ window, side, position, lots, openInterest, maxOpenInterest, kind }) => {
        const message = { ...orderOf(1, side, 2, lots, 0), ...kind } as Message
        const sided = oneSide(step, side === 'buy' ? 'sell' : 'buy', window)
        const market = { ...TIMELESS, maxPosition: 15, maxOpenInterest }
        check({ ...CASE, ...sided, market, message, openInterest, size: [1, position] })
      },
    )
  },
)

export const priceBand = steps(
  'price band and crossing',
  'An order out of the band is dropped, a head out of the band makes way, and an order meets a head exactly if their prices cross; the band is one-sided.',
  'prices of 3 bits, all marks and bands, every head',
  'prices',
  (step, scale, check) => {
    product(
      {
        window: step.windows(scale === 'full' ? 2 : 1),
        side: SIDES,
        price: range(1, 7),
        mark: scale === 'full' ? range(0, 8) : [0, 3, 7],
        band: scale === 'full' ? range(0, 8) : [0, 1, 4, 7],
      },
      ({ window, side, price, mark, band }) => {
        const market = { ...TIMELESS, mark, band }
        const sided = oneSide(step, side === 'buy' ? 'sell' : 'buy', window)
        check({ ...CASE, ...sided, market, hand: handOf(1, side, price, 1) })
      },
    )
  },
)

export const times = steps(
  'stale tables, closed markets, expired orders',
  'An order is dropped if the table is stale, not asOf <= timestamp <= asOf + maxAge, if the market is closed or if it has expired, and rests otherwise.',
  'times of 3 bits, all of them',
  'times',
  (step, scale, check) => {
    const all = range(0, 8)
    product(
      {
        timestamp: all,
        asOf: all,
        maxAge: all,
        lastTradeTime: all,
        expiry: all,
        side: scale === 'full' ? SIDES : (['sell'] as const),
      },
      ({ timestamp, asOf, maxAge, lastTradeTime, expiry, side }) => {
        const market = { ...OPEN, asOf, maxAge, lastTradeTime }
        check({ ...CASE, bids: step.empty, asks: step.empty, market, timestamp, hand: handOf(0, side, 1, 1, expiry) })
      },
    )
  },
)

export const whatIsNext = steps(
  'idle steps, loading and nonces',
  'A step works on the order in hand, else loads the next message, whose nonce must have grown; it idles only if there is no message that it must load, and then changes nothing.',
  'nothing, an order or a cancel next; nothing, an order or a cancel of all that finds nothing in hand; nonces of 1 bit; every head',
  'expiring',
  (step, scale, check) => {
    const messages = SIDES.flatMap((side) => {
      const order = orderOf(1, side, 2, 1, 1)
      const { market, account } = order
      const cancel: Message = { kind: 'cancel', market, account, price: 2n, side, sequence: 0n, nonce: 1n }
      return [order, cancel].flatMap((message) => [0n, 1n].map((nonce): Message => ({ ...message, nonce })))
    })
    const orders = SIDES.flatMap((side) => BITS.map((account) => handOf(account, side, 1, 1, 1)))
    const hands = [
      ...orders,
      ...(['sell', 'both'] as const).map((side) => ({ account: 1, side, remaining: 0n }) as const),
    ]
    const windows = step.windows(1)
    product(
      {
        idle: BITS,
        hand: [undefined, ...hands],
        message: [undefined, ...messages],
        nonce: [
          [0, 0],
          [1, 0],
          [0, 1],
        ],
        bids: scale === 'full' ? windows : windows.filter((_, i) => i % 8 === 0),
        asks: scale === 'full' ? windows : windows.filter((_, i) => i % 8 === 1),
      },
      (point) => check({ ...CASE, ...point }),
    )
  },
)

export const cancelAll = steps(
  'cancels of all orders',
  'A cancel of all, loaded or in hand, takes out one order of its account, any, on a side that it is for, bids before asks, and stays in hand until none is left; no order of another account, no unused place and nothing on another side goes.',
  'windows of at most 2 bids and 2 asks of one lot each, of both accounts, every cancel of all by either account, loaded or in hand, first in its batch or not, barred or not, in closing-only batches too',
  'queue',
  (step, scale, _, checkAny) => {
    const full = scale === 'full'
    const ofOneLot = step
      .windows(2)
      .filter(({ slots }) => slots.every((word) => step.model.slot.unpackSlot(word).size === 1n))
    const windows = ofOneLot.filter(step.hasOwnKeys)
    const lots = ({ slots }: SortedWindow) =>
      BITS.map((t) => slots.filter((word) => step.model.slot.unpackSlot(word).account === t).length)
    product(
      {
        bids: full ? windows : windows.filter((_, i) => i % 5 === 0),
        asks: full ? windows : windows.filter((_, i) => i % 7 === 3),
        account: BITS,
        side: [...SIDES, 'both'] as const,
        loads: [true, false],
        barred: full ? BITS : ([0] as const),
        first: full ? BITS : ([1] as const),
        closingOnly: full ? BITS : ([0] as const),
      },
      ({ bids, asks, account, side, loads, barred, first, closingOnly }) => {
        const [openBuy, openSell] = [lots(bids), lots(asks)]
        const work = loads
          ? { message: { kind: 'cancel-all', market: 0, account, side, nonce: 1n } as Message }
          : { hand: { account, side, remaining: 0n } as const }
        const market = TIMELESS
        checkAny({
          ...CASE,
          market,
          bids,
          asks,
          ...work,
          openBuy,
          openSell,
          barred: [barred, barred],
          first,
          closingOnly,
        })
      },
    )
  },
)

export const unsignedCancels = steps(
  'unsigned cancels',
  "A cancel with nonce 0 takes back an order of a barred account, or any in a settled market, or one of its account that has expired or is the best and out of the band while the market trades, and leaves the nonce as it is; any other is not loaded. A signed message's nonce must have grown in either case.",
  'cancels by account 1 with nonces of 1 bit; both accounts barred or not, the market settled or not; every bid, and two of free accounts, at two times and marks, the market closed or not',
  'expiring',
  (step, scale, check) => {
    const windows = step.windows(1)
    product(
      {
        nonce: BITS,
        before: [
          [0, 0],
          [0, 1],
        ],
        settled: BITS,
        barred: BITS.flatMap((first) => BITS.map((second) => [first, second])),
        idle: BITS,
        timestamp: BITS,
        mark: BITS,
        lastTradeTime: BITS,
        bids: scale === 'full' ? windows : windows.filter((_, i) => i % 3 === 0),
      },
      ({ nonce, before, mark, lastTradeTime, ...point }) => {
        const head = { market: 0, account: 1, side: 'buy', price: 1n } as const
        const message: Message = { kind: 'cancel', ...head, sequence: 0n, nonce: BigInt(nonce) }
        const market = { ...CASE.market, mark, band: 0, lastTradeTime }
        check({ ...CASE, ...point, market, asks: step.empty, message, nonce: before })
      },
    )
    const pairs = step.windows(2).filter((window) => window.slots.length === 2 && step.hasOwnKeys(window))
    product(
      { timestamp: BITS, mark: BITS, lastTradeTime: BITS, price: [1, 2], bids: pairs },
      ({ mark, lastTradeTime, price, ...point }) => {
        const head = { market: 0, account: 1, side: 'buy', price: BigInt(price) } as const
        const message: Message = { kind: 'cancel', ...head, sequence: 0n, nonce: 0n }
        const market = { ...CASE.market, mark, band: 0, lastTradeTime }
        check({ ...CASE, ...point, market, asks: step.empty, message })
      },
    )
  },
)

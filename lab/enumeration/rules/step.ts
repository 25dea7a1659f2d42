import type { Message } from '../../../protocol/message.ts'
import { product, range } from '../enumeration.ts'
import { BITS, CASE, handOf, oneSide, orderOf, SIDES, steps, TIMELESS } from './step-cases.ts'
import { PLACES } from './step-model.ts'

export const windowInsertion = steps(
  'window insertion and eviction',
  'An order that does not cross rests at the one place that keeps the window sorted, pushes out the last slot of a full window, is dropped if worse than all of it unless the last one expired, and leaves all else as it was; no other place, actor or victim is accepted, nor any other outcome.',
  '6-bit slots, all sorted windows of at most 3, all orders of 1 lot, both times, both sequence numbers',
  'expiring',
  (step, scale, check) => {
    const full = scale === 'full'
    product(
      {
        side: full ? SIDES : (['sell'] as const),
        window: step.windows(PLACES),
        account: full ? BITS : ([1] as const),
        price: [1, 2],
        expiry: BITS,
        timestamp: BITS,
        nextSequence: full ? BITS : ([0] as const),
      },
      ({ side, window, account, price, expiry, timestamp, nextSequence }) => {
        const message = orderOf(account, side, price, 1, expiry)
        check({ ...CASE, ...oneSide(step, side, window), message, timestamp, nextSequence })
      },
    )
  },
)

export const windowRemoval = steps(
  'window removal by cancel',
  'A cancel takes out exactly the slot with its side, price and sequence number if that is the own one, and nothing otherwise; that it is not there cannot be claimed of one that is.',
  '6-bit slots, all sorted windows of at most 3 in which no two slots share a key, all cancels of both accounts on both sides',
  'expiring',
  (step, scale, check) => {
    product(
      {
        side: scale === 'full' ? SIDES : (['buy'] as const),
        window: step.windows(PLACES).filter(step.hasOwnKeys),
        account: scale === 'full' ? BITS : ([0] as const),
        price: [1, 2],
        sequence: BITS,
      },
      ({ side, window, account, price, sequence }) => {
        const cancelled: Message = {
          kind: 'cancel',
          market: 0,
          account,
          side,
          price: BigInt(price),
          sequence: BigInt(sequence),
          nonce: 1n,
        }
        check({ ...CASE, ...oneSide(step, side, window), message: cancelled, timestamp: 1 })
      },
    )
  },
)

export const windowQueue = steps(
  'window order by price, then arrival',
  'As window insertion, with four sequence numbers: orders of one price stand in the order of their arrival, and the last number is never given out.',
  '6-bit slots, all sorted windows of at most 3, no two slots sharing a key, all resting sells of 1 lot, all sequence numbers',
  'queue',
  (step, scale, check) => {
    product(
      {
        window: (scale === 'full' ? step.windows(PLACES) : step.windows(PLACES).slice(0, 6000)).filter(step.hasOwnKeys),
        price: [1, 2],
        nextSequence: range(0, 4),
        account: BITS,
      },
      ({ window, price, nextSequence, account }) => {
        const message = orderOf(account, 'sell', price, 1, 0)
        check({ ...CASE, market: TIMELESS, ...oneSide(step, 'sell', window), message, nextSequence })
      },
    )
  },
)

export const bestHead = steps(
  'best head: what an order in hand meets',
  'An order in hand meets the best slot of the other side and no other: dead ones make way, one of its own account makes way, POST_ONLY leaves, else they trade at the price of the slot; the remaining slots keep their order.',
  '6-bit slots, all sorted windows of at most 3, all orders in hand of 1 lot, both times',
  'expiring',
  (step, scale, check) => {
    const full = scale === 'full'
    product(
      {
        window: full
          ? step.windows(PLACES)
          : step.windows(PLACES).filter(({ slots }) => slots.length < 3 || slots[2]! - slots[0]! === 2n),
        side: SIDES,
        price: [1, 2],
        account: BITS,
        timeInForce: ['GTC', 'IOC', 'POST_ONLY'] as const,
        expiry: BITS,
        timestamp: BITS,
      },
      ({ window, side, price, account, timeInForce, expiry, timestamp }) => {
        const hand = { ...handOf(account, side, price, 1, expiry), timeInForce }
        check({ ...CASE, ...oneSide(step, side === 'buy' ? 'sell' : 'buy', window), hand, timestamp })
      },
    )
  },
)

export const partialFills = steps(
  'fills and fees',
  'A fill is the lesser of what is left of both orders, at the price of the slot, each side paying its own fee rounded up; what reaches 0 leaves, what does not stays as it was but for its size.',
  '6-bit slots with sizes up to 3, all sorted windows of at most 3, all orders in hand, quarters as fee rates',
  'partial',
  (step, scale, check) => {
    const full = scale === 'full'
    product(
      {
        window: full
          ? step.windows(PLACES)
          : step.windows(PLACES).filter(({ slots }) => slots.length < 3 && (slots[1] ?? 0n) % 8n === 0n),
        side: SIDES,
        price: [1, 2],
        account: BITS,
        remaining: [1, 2, 3],
        fees: full ? FEES : FEES.slice(0, 2),
      },
      ({ window, side, price, account, remaining, fees: [takerFeeBps, makerFeeBps] }) => {
        const hand = handOf(account, side, price, remaining)
        const market = { ...TIMELESS, takerFeeBps, makerFeeBps }
        check({ ...CASE, ...oneSide(step, side === 'buy' ? 'sell' : 'buy', window), hand, market })
      },
    )
  },
)

export const openInterest = steps(
  'open interest',
  'A trade adds its lots to open interest twice, less those by which each side closes its position; nothing else changes it.',
  'positions in (-2^3, 2^3) of either side, fills of 1 to 3 lots',
  'partial',
  (step, scale, check) => {
    const [empty, ...heads] = step.windows(1)
    product(
      {
        window: [empty!, ...heads.filter(({ slots }) => HEADS.includes(slots[0]!))],
        side: SIDES,
        own: range(-7, 8),
        other: range(-7, 8),
        remaining: scale === 'full' ? [1, 2, 3] : [2, 3],
      },
      ({ window, side, own, other, remaining }) => {
        const sided = oneSide(step, side === 'buy' ? 'sell' : 'buy', window)
        check({ ...CASE, market: TIMELESS, ...sided, hand: handOf(1, side, 2, remaining), size: [other, own] })
      },
    )
  },
)

/** Slots of 1 to 3 lots of account 0, at a price that the orders reach. */
const HEADS = [0b01_0_0_01n, 0b01_0_0_10n, 0b01_0_0_11n]

/** Quarters that taker and maker pay. */
const FEES = [
  [1, 3],
  [2, 1],
  [0, 4],
] as const

import { type CancelInHand, isOrderInHand, type OrderInHand } from '../book.ts'
import type { Cancel, LimitOrder, Message } from '../message.ts'
import { max, min, mulDivUp } from '../numbers.ts'
import { BASIS_POINTS, LAST_SEQUENCE } from '../parameters.ts'
import type { RiskRecord, RiskTable } from '../risk-table.ts'
import { ORDER_KEY_SHIFT, opposite, orderKey, packSlot, priority, type Side, type Slot, unpackSlot } from '../slot.ts'
import { insertAt, placeOf, removeAt, replaceAt, type Window } from '../window.ts'

/** What one step reads. Nothing in it is changed. */
export interface StepView {
  readonly timestamp: bigint
  readonly table: RiskTable
  readonly record: RiskRecord
  /** Places of a window. */
  readonly places: number
  readonly windows: Readonly<Record<Side, Window>>
  readonly nextSequence: bigint
  /** Of the market, as it stands in this step. */
  readonly openInterest: bigint
  readonly hand: OrderInHand | CancelInHand | undefined
  /** The order in hand came with the book: an earlier batch left it. */
  readonly carried: boolean
  /** The next message, loaded iff no order is in hand. */
  readonly message: Message | undefined
  /** Position of an account, as it stands in this step. */
  readonly position: (account: number) => { size: bigint; openBuy: bigint; openSell: bigint }
  /** Whether an account is barred (protocol.md#barred); the same in every step of a batch. */
  readonly isBarred: (account: number) => boolean
  /** Positions may only be closed (protocol.md#closing-only); the same in every step of a batch. */
  readonly closingOnly: boolean
}

/** What a step adds to one account in this market. */
export interface AccountDelta {
  readonly account: number
  readonly size: bigint
  readonly cash: bigint
  readonly openBuy: bigint
  readonly openSell: bigint
}

export interface Trade {
  readonly taker: number
  readonly maker: number
  readonly takerSide: Side
  readonly price: bigint
  readonly size: bigint
  readonly takerFee: bigint
  readonly makerFee: bigint
  /** What the trade adds to open interest; below 0 where both sides close (protocol.md#open-interest). */
  readonly opened: bigint
  /** Sequence number of the maker's order. */
  readonly makerSequence: bigint
}

/** Which of the forced things a step did (protocol.md#rule-matching). */
export type StepKind =
  | 'no-effect' // an order that its message's checks turn away
  | 'dropped' // (a), (b) for IOC and small remainders, (d), or worse than a full window
  | 'rested' // (b)
  | 'head-removed' // (c), (e)
  | 'traded' // (f)
  | 'cancelled' // (g), (h)
  | 'cancel-missed' // (g), (h) with nothing to take out

export interface StepEffect {
  readonly kind: StepKind
  readonly loaded: boolean
  /** The account of the order or cancel at work. */
  readonly actor: AccountDelta
  /** The owner of the slot that was filled, removed or evicted, or of the head that a post-only order met. */
  readonly victim: AccountDelta | undefined
  /** Place in the window at which a slot is inserted, removed or missed; 0 where the head is at work. */
  readonly place: number
  readonly window: { readonly side: Side; readonly slots: Window } | undefined
  readonly nextSequence: bigint
  readonly hand: OrderInHand | CancelInHand | undefined
  readonly trade: Trade | undefined
  readonly evicted: boolean
}

/** Whether no order of this market may trade at this time: stale prices, or past the last trade. */
function isHalted({ timestamp, table, record }: Pick<StepView, 'timestamp' | 'table' | 'record'>): boolean {
  const fresh = table.asOf <= timestamp && timestamp <= table.asOf + table.maxAge
  return !fresh || timestamp > record.lastTradeTime
}

/** The band is one-sided: a bid is out of it above, an ask below. */
function isOutOfBand(side: Side, price: bigint, { mark, band }: RiskRecord): boolean {
  return side === 'buy' ? price > mark + band : price < mark - band
}

/**
 * Whether anybody may take back a resting order for what it is: it has expired, or it is the best one of its side, at place 0,
 * and out of the band while the market trades (protocol.md#barred).
 */
export function hasLapsed(
  side: Side,
  place: number,
  slot: Slot,
  view: Pick<StepView, 'timestamp' | 'table' | 'record'>,
): boolean {
  if (view.timestamp > slot.expiry) return true
  return place === 0 && !isHalted(view) && isOutOfBand(side, priority(side, slot.priority), view.record)
}

/** How many of those lots close the account's position, if it trades them on that side. */
function closable(view: StepView, account: number, side: Side, lots: bigint): bigint {
  const { size } = view.position(account)
  return min(lots, max(0n, side === 'buy' ? -size : size))
}

/** Whether a taker who opens that many lots could carry open interest beyond its cap (protocol.md#open-interest-cap). */
function passesCap({ openInterest, record }: StepView, opens: bigint): boolean {
  // the cap is of one side, and open interest counts both
  return opens > 0n && openInterest + 2n * opens > 2n * record.maxOpenInterest
}

/** How far the open lots of an account on one side, if all of them fill, carry its position to that side. */
function exposure(view: StepView, account: number, side: Side): bigint {
  const { size, openBuy, openSell } = view.position(account)
  return side === 'buy' ? size + openBuy : openSell - size
}

/** Whether open lots of an account on that side are dead, since only closing is allowed and they could do more. */
function mayOpen(view: StepView, account: number, side: Side): boolean {
  return view.closingOnly && exposure(view, account, side) > 0n
}

/** Does the one forced thing (protocol.md#rule-matching); undefined if there is nothing to do. */
export function forcedStep(view: StepView): StepEffect | undefined {
  const { hand, message } = view
  if (hand !== undefined) return isOrderInHand(hand) ? work(view, hand, 0n, false) : cancelAll(view, hand, false)
  if (message === undefined) return undefined
  if (message.kind === 'order') return load(view, message)
  return message.kind === 'cancel' ? cancel(view, message) : cancelAll(view, message, true)
}

function load(view: StepView, order: LimitOrder): StepEffect {
  const { account, side, price, timeInForce, reduceOnly, expiry } = order
  const remaining = reduceOnly ? closable(view, account, side, order.size) : order.size
  const hand: OrderInHand = { account, side, price, remaining, timeInForce, reduceOnly, expiry }
  const barred = view.isBarred(account) && !reduceOnly
  const maxPosition = view.closingOnly ? 0n : view.record.maxPosition
  const exceeds = exposure(view, account, side) + order.size > maxPosition
  const crowded = timeInForce !== 'POST_ONLY' && passesCap(view, remaining - closable(view, account, side, remaining))
  const refused = barred || order.size < view.record.minOrder || exceeds || crowded || remaining === 0n
  if (refused) return drop(view, hand, remaining, true, 'no-effect')
  return work(view, hand, remaining, true)
}

/** Rules (a) to (f). `opened` is what loading has just added to the order's open lots. */
function work(view: StepView, hand: OrderInHand, opened: bigint, loaded: boolean): StepEffect {
  const revoked = view.carried && (view.isBarred(hand.account) || mayOpen(view, hand.account, hand.side))
  const dead = view.timestamp > hand.expiry || isOutOfBand(hand.side, hand.price, view.record) || isHalted(view)
  if (revoked || dead) return drop(view, hand, opened, loaded, loaded ? 'no-effect' : 'dropped')

  const other = opposite(hand.side)
  const head = view.windows[other][0]
  const slot = head === undefined ? undefined : unpackSlot(head)
  if (slot === undefined || slot.priority > priority(other, hand.price)) return rest(view, hand, opened, loaded)

  const headPrice = priority(other, slot.priority)
  const revokedHead = view.isBarred(slot.account) || mayOpen(view, slot.account, other)
  const headDead = revokedHead || view.timestamp > slot.expiry || isOutOfBand(other, headPrice, view.record)
  if (headDead) return removeHead(view, hand, slot, opened, loaded)
  if (hand.timeInForce === 'POST_ONLY') {
    // the head's account is touched: it shows that it is not barred
    return { ...drop(view, hand, opened, loaded, 'dropped'), victim: delta(slot.account, other, 0n) }
  }
  if (slot.account === hand.account) return removeHead(view, hand, slot, opened, loaded)
  return trade(view, hand, slot, headPrice, opened, loaded)
}

/** The order leaves: its remainder is no longer open. */
function drop(view: StepView, hand: OrderInHand, opened: bigint, loaded: boolean, kind: StepKind): StepEffect {
  return {
    ...unchanged(view, loaded),
    kind,
    actor: delta(hand.account, hand.side, opened - hand.remaining),
    hand: undefined,
  }
}

/** (b) The order does not cross: what may rest, rests. */
function rest(view: StepView, hand: OrderInHand, opened: bigint, loaded: boolean): StepEffect {
  const tooSmall = hand.remaining < view.record.minOrder
  if (hand.timeInForce === 'IOC' || tooSmall || view.nextSequence === LAST_SEQUENCE) {
    return drop(view, hand, opened, loaded, 'dropped')
  }
  const word = packSlot({
    priority: priority(hand.side, hand.price),
    sequence: view.nextSequence,
    account: hand.account,
    expiry: hand.expiry,
    size: hand.remaining,
  })
  const own = view.windows[hand.side]
  const place = placeOf(own, word)
  const full = own.length === view.places
  const last = full ? unpackSlot(own[view.places - 1]!) : undefined
  const lastExpired = last !== undefined && view.timestamp > last.expiry
  if (full && place === view.places && !lastExpired) {
    return { ...drop(view, hand, opened, loaded, 'dropped'), place }
  }
  const kept = full ? removeAt(own, view.places - 1) : own
  return {
    ...unchanged(view, loaded),
    kind: 'rested',
    actor: delta(hand.account, hand.side, opened),
    victim: last === undefined ? undefined : delta(last.account, hand.side, -last.size),
    place,
    window: { side: hand.side, slots: insertAt(kept, Math.min(place, kept.length), word) },
    nextSequence: view.nextSequence + 1n,
    hand: undefined,
    evicted: full,
  }
}

/** (c) A dead head makes way; (e) self-trade prevention: so does a head of the order's own account. */
function removeHead(view: StepView, hand: OrderInHand, head: Slot, opened: bigint, loaded: boolean): StepEffect {
  const other = opposite(hand.side)
  return {
    ...unchanged(view, loaded),
    kind: 'head-removed',
    actor: delta(hand.account, hand.side, opened),
    victim: delta(head.account, other, -head.size),
    window: { side: other, slots: removeAt(view.windows[other], 0) },
    hand,
  }
}

/** (f) A fill at the head's price. */
function trade(
  view: StepView,
  hand: OrderInHand,
  head: Slot,
  price: bigint,
  opened: bigint,
  loaded: boolean,
): StepEffect {
  const other = opposite(hand.side)
  const size = min(hand.remaining, head.size)
  const notional = size * price
  const takerFee = mulDivUp(notional, view.table.takerFeeBps, BASIS_POINTS)
  const makerFee = mulDivUp(notional, view.table.makerFeeBps, BASIS_POINTS)
  const sign = hand.side === 'buy' ? 1n : -1n
  const slots = view.windows[other]
  const remaining = hand.remaining - size
  return {
    ...unchanged(view, loaded),
    kind: 'traded',
    actor: {
      ...delta(hand.account, hand.side, opened - size),
      size: sign * size,
      cash: -sign * notional - takerFee,
    },
    victim: { ...delta(head.account, other, -size), size: -sign * size, cash: sign * notional - makerFee },
    window: {
      side: other,
      slots: size === head.size ? removeAt(slots, 0) : replaceAt(slots, 0, slots[0]! - size),
    },
    hand: remaining === 0n ? undefined : { ...hand, remaining },
    trade: {
      taker: hand.account,
      maker: head.account,
      takerSide: hand.side,
      price,
      size,
      takerFee,
      makerFee,
      opened: size - closable(view, hand.account, hand.side, size) - closable(view, head.account, other, size),
      makerSequence: head.sequence,
    },
  }
}

/** (g) Exactly the slot with that side, price and sequence goes, if it is there and the account's own. */
function cancel(view: StepView, message: Cancel): StepEffect {
  const own = view.windows[message.side]
  const key = orderKey(message.side, message.price, message.sequence)
  const place = placeOf(own, key << ORDER_KEY_SHIFT)
  const found = own[place]
  const slot = found !== undefined && found >> ORDER_KEY_SHIFT === key ? unpackSlot(found) : undefined
  const actor = delta(message.account, message.side, 0n)
  if (slot?.account !== message.account) return { ...unchanged(view, true), kind: 'cancel-missed', actor, place }
  return {
    ...unchanged(view, true),
    kind: 'cancelled',
    actor,
    victim: delta(slot.account, message.side, -slot.size),
    place,
    window: { side: message.side, slots: removeAt(own, place) },
  }
}

/**
 * (h) One order of the account goes, of bids the best, then of asks, and the cancel stays in hand until none is left. Which one goes
 * first is free (protocol.md#cancel-all): the last one is gone before anything else is done.
 */
function cancelAll(
  view: StepView,
  { account, side }: Pick<CancelInHand, 'account' | 'side'>,
  loaded: boolean,
): StepEffect {
  const { openBuy, openSell } = view.position(account)
  const both = side === 'both' && openBuy > 0n
  const at = side !== 'both' ? side : both ? 'buy' : 'sell'
  const open = at === 'buy' ? openBuy : openSell
  const actor = delta(account, at, 0n)
  if (open === 0n) return { ...unchanged(view, loaded), kind: 'cancel-missed', actor }
  const own = view.windows[at]
  const place = own.findIndex((word) => unpackSlot(word).account === account)
  const { size } = unpackSlot(own[place]!)
  const left = open - size + (both ? openSell : 0n)
  return {
    ...unchanged(view, loaded),
    kind: 'cancelled',
    actor,
    victim: delta(account, at, -size),
    place,
    window: { side: at, slots: removeAt(own, place) },
    hand: left === 0n ? undefined : { account, side: both ? 'both' : at, remaining: 0n },
  }
}

function unchanged(view: StepView, loaded: boolean) {
  return {
    loaded,
    victim: undefined,
    place: 0,
    window: undefined,
    nextSequence: view.nextSequence,
    hand: undefined,
    trade: undefined,
    evicted: false,
  }
}

function delta(account: number, side: Side, open: bigint): AccountDelta {
  const [openBuy, openSell] = side === 'buy' ? [open, 0n] : [0n, open]
  return { account, size: 0n, cash: 0n, openBuy, openSell }
}

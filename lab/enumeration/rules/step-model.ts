import type { CancelInHand, OrderInHand } from '../../../protocol/book.ts'
import type { Message } from '../../../protocol/message.ts'
import type { RiskRecord, RiskTable } from '../../../protocol/risk-table.ts'
import type { Side } from '../../../protocol/slot.ts'
import type { StepEffect, StepView } from '../../../protocol/trade-batch/matching.ts'
import type { Window } from '../../../protocol/window.ts'
import { range } from '../enumeration.ts'
import { elements, type SourceEdit, solveProbe, type TinyModel, type TinyName, tinyModel } from '../tiny.ts'

/** Places of a window, and accounts. */
export const PLACES = 3
export const ACCOUNTS = 2

/** One window: as the model keeps it, and as the commitment does. */
export interface SortedWindow {
  readonly slots: Window
  readonly words: readonly number[]
}

/** What a step of StepProbe is given. Whatever is left out of `market` is as harmless as can be. */
export interface StepCase {
  readonly timestamp: number
  readonly closingOnly: number
  /** The market. */
  readonly settled: number
  readonly market: MarketNumbers
  readonly hand: OrderInHand | CancelInHand | undefined
  readonly message: Message | undefined
  readonly bids: SortedWindow
  readonly asks: SortedWindow
  readonly nextSequence: number
  readonly openInterest: number
  readonly nonce: readonly number[]
  readonly size: readonly number[]
  readonly openBuy: readonly number[]
  readonly openSell: readonly number[]
  /** By account, whether it is barred. */
  readonly barred: readonly number[]
  /** The step is the first of its batch: an order in hand comes from an earlier one. */
  readonly first: number
  readonly idle: number
}

export interface MarketNumbers {
  readonly asOf: number
  readonly maxAge: number
  readonly lastTradeTime: number
  readonly mark: number
  readonly band: number
  readonly minOrder: number
  readonly maxPosition: number
  readonly maxOpenInterest: number
  readonly takerFeeBps: number
  readonly makerFeeBps: number
}

const MARKET = [
  'asOf',
  'maxAge',
  'lastTradeTime',
  'mark',
  'band',
  'minOrder',
  'maxPosition',
  'maxOpenInterest',
  'takerFeeBps',
  'makerFeeBps',
] as const
const ARRAYS = ['nonce', 'size', 'openBuy', 'openSell'] as const

/** The step at tiny widths: the circuit's solutions, and what the model says. */
export async function stepAt(widths: TinyName, edits?: readonly SourceEdit[]) {
  const model = await tinyModel(widths)
  const solver = await solveProbe(
    { widths, source: 'step.circom', template: 'StepProbe', args: [PLACES, ACCOUNTS], edits },
    {
      known: [
        'timestamp',
        'closingOnly',
        'settled',
        ...MARKET,
        'hand',
        'message',
        'onBids',
        ...elements('bids', PLACES),
        ...elements('asks', PLACES),
        'nextSequence',
        'openInterest',
        ...ARRAYS.flatMap((name) => elements(name, ACCOUNTS)),
        ...elements('barred', ACCOUNTS),
        'first',
        'idle',
      ],
      read: [
        'load',
        'newHand',
        ...elements('newBids', PLACES),
        ...elements('newAsks', PLACES),
        'newSequence',
        'newOpenInterest',
        ...['newNonce', 'newSize', 'newOpenBuy', 'newOpenSell', 'cashChange', 'touches'].flatMap((name) =>
          elements(name, ACCOUNTS),
        ),
        'fees',
      ],
      bound: 1 << 14,
    },
  )
  return {
    model,
    solver,
    empty: sortedWindows(Number(model.slot.EMPTY_SLOT), 0)[0]!,
    /** All sorted windows of at most `most` different slots, the shorter ones first. */
    windows: (most: number) => sortedWindows(Number(model.slot.EMPTY_SLOT), most),
    /** Whether no two slots share priority and sequence number: so in every window, since sequence numbers are used once. */
    hasOwnKeys: ({ slots }: SortedWindow) =>
      new Set(slots.map((word) => word >> model.slot.ORDER_KEY_SHIFT)).size === slots.length,
    values: (one: StepCase) => valuesOf(model, one),
    expected: (one: StepCase) => expectedOf(model, one),
    expectedAny: (one: StepCase) => expectedAnyOf(model, one),
  }
}

function sortedWindows(empty: number, most: number): SortedWindow[] {
  const windows: SortedWindow[] = []
  let longest: readonly (readonly number[])[] = [[]]
  for (let length = 0; length <= most; length++) {
    for (const slots of longest) {
      windows.push({ slots: slots.map(BigInt), words: [...slots, empty, empty, empty].slice(0, PLACES) })
    }
    longest = longest.flatMap((slots) => range((slots.at(-1) ?? -1) + 1, empty).map((slot) => [...slots, slot]))
  }
  return windows
}

function valuesOf(model: TinyModel, one: StepCase): number[] {
  const { market } = one
  const values = [one.timestamp, one.closingOnly, one.settled]
  for (const name of MARKET) values.push(market[name])
  values.push(Number(model.book.packHand(one.hand)))
  values.push(one.message === undefined ? 0 : Number(model.message.packMessage(one.message)))
  // which window stands first changes nothing: both do, in turn
  values.push((one.bids.slots.length + one.asks.slots.length + one.nextSequence) % 2)
  values.push(...one.bids.words, ...one.asks.words, one.nextSequence, one.openInterest)
  values.push(...one.nonce, ...one.size, ...one.openBuy, ...one.openSell)
  values.push(...one.barred, one.first, one.idle)
  return values
}

/** What the model makes of the case, in the order of the probe's outputs; undefined if no step may do it. */
function expectedOf(model: TinyModel, one: StepCase): number[] | undefined {
  const effect = stepOf(model, one)
  const loads = one.hand === undefined && one.message !== undefined
  if (one.idle === 1) return loads ? undefined : outcome(model, one, undefined)
  if (effect === undefined) return undefined
  const unsigned = loads && model.message.isUnsigned(one.message!)
  if (loads && !unsigned && one.message!.nonce <= BigInt(one.nonce[one.message!.account]!)) return undefined
  const revocable = one.settled === 1 || one.barred[one.message?.account ?? 0] === 1
  if (unsigned && !revocable && !takesDead(model, one, effect)) return undefined
  // a word that is there already is not inserted: sequence numbers are given out once
  if (effect.kind === 'rested') {
    const side = effect.window!.side
    const before = side === 'buy' ? one.bids.slots : one.asks.slots
    if (before.includes(effect.window!.slots[Math.min(effect.place, effect.window!.slots.length - 1)]!))
      return undefined
  }
  return outcome(model, one, effect)
}

/** Whether the step takes out an order that has expired, or is the best one and out of the band. */
function takesDead(model: TinyModel, one: StepCase, { kind, place, window }: StepEffect): boolean {
  if (kind !== 'cancelled') return false
  const { side } = window!
  const word = (side === 'buy' ? one.bids : one.asks).slots[place]!
  return model.matching.hasLapsed(side, place, model.slot.unpackSlot(word), viewOf(model, one))
}

/** What a step may make of the case, where it is a cancel of all: any order of its account goes, on the side that it works on. */
function expectedAnyOf(model: TinyModel, one: StepCase): number[][] {
  const expected = expectedOf(model, one)
  const effect = stepOf(model, one)
  if (expected === undefined || effect?.window === undefined) return expected === undefined ? [] : [expected]
  const { account } = effect.actor
  const { side } = effect.window
  const slots = side === 'buy' ? one.bids.slots : one.asks.slots
  const places = slots.flatMap((word, place) => (model.slot.unpackSlot(word).account === account ? [place] : []))
  return places.map((place) => {
    const { size } = model.slot.unpackSlot(slots[place]!)
    const open = side === 'buy' ? { openBuy: -size } : { openSell: -size }
    const victim = { ...effect.victim!, ...open }
    return outcome(model, one, { ...effect, victim, window: { side, slots: model.window.removeAt(slots, place) } })
  })
}

function stepOf(model: TinyModel, one: StepCase): StepEffect | undefined {
  return model.matching.forcedStep(viewOf(model, one))
}

function viewOf({ parameters }: TinyModel, one: StepCase): StepView {
  const { market } = one
  const record: RiskRecord = {
    mark: BigInt(market.mark),
    band: BigInt(market.band),
    minOrder: BigInt(market.minOrder),
    maxPosition: BigInt(market.maxPosition),
    lastTradeTime: BigInt(market.lastTradeTime),
    phase: BigInt(one.settled) * parameters.PHASES.SETTLED,
    largeLots: 0n,
    largeRisk: 0n,
    maxOpenInterest: BigInt(market.maxOpenInterest),
    fundingIndex: 0n,
    longRisk: 0n,
    shortRisk: 0n,
    shortOptionMinimum: 0n,
    scenarioPrices: [BigInt(market.mark)],
  }
  const table: RiskTable = {
    markets: [record],
    collaterals: [],
    initialMarginBps: 0n,
    takerFeeBps: BigInt(market.takerFeeBps),
    makerFeeBps: BigInt(market.makerFeeBps),
    asOf: BigInt(market.asOf),
    maxAge: BigInt(market.maxAge),
    ...{ grace: 0n, auction: 1n, firstDiscountBps: 0n, lastDiscountBps: 0n },
    memory: 0n,
  }
  return {
    timestamp: BigInt(one.timestamp),
    table,
    record,
    places: PLACES,
    windows: { buy: one.bids.slots, sell: one.asks.slots },
    nextSequence: BigInt(one.nextSequence),
    openInterest: BigInt(one.openInterest),
    hand: one.hand,
    carried: one.first === 1 && one.hand !== undefined,
    message: one.message,
    position: (account) => ({
      size: BigInt(one.size[account]!),
      openBuy: BigInt(one.openBuy[account]!),
      openSell: BigInt(one.openSell[account]!),
    }),
    isBarred: (account) => one.barred[account] === 1,
    closingOnly: one.closingOnly === 1,
  }
}

function outcome(model: TinyModel, one: StepCase, effect: StepEffect | undefined): number[] {
  const empty = Number(model.slot.EMPTY_SLOT)
  const hand = effect === undefined ? one.hand : effect.hand
  const out = [effect?.loaded ? 1 : 0, Number(model.book.packHand(hand))]
  const window = (side: Side, before: SortedWindow) => {
    if (effect?.window?.side !== side) out.push(...before.words)
    else for (let i = 0; i < PLACES; i++) out.push(Number(effect.window.slots[i] ?? empty))
  }
  window('buy', one.bids)
  window('sell', one.asks)
  out.push(Number(effect?.nextSequence ?? one.nextSequence))
  const { actor, victim, trade } = effect ?? {}
  out.push(one.openInterest + 2 * Number(trade?.opened ?? 0n))
  const each = (value: (account: number) => number) => {
    for (let account = 0; account < ACCOUNTS; account++) out.push(value(account))
  }
  const gain = (account: number, name: 'size' | 'cash' | 'openBuy' | 'openSell') =>
    (actor?.account === account ? Number(actor[name]) : 0) + (victim?.account === account ? Number(victim[name]) : 0)
  const isCounted = effect?.loaded && !model.message.isUnsigned(one.message!)
  each((t) => (isCounted && actor?.account === t ? Number(one.message!.nonce) : one.nonce[t]!))
  each((t) => one.size[t]! + gain(t, 'size'))
  each((t) => one.openBuy[t]! + gain(t, 'openBuy'))
  each((t) => one.openSell[t]! + gain(t, 'openSell'))
  each((t) => gain(t, 'cash'))
  each((t) => (actor?.account === t ? 1 : 0) + (victim?.account === t ? 1 : 0))
  out.push(trade === undefined ? 0 : Number(trade.takerFee + trade.makerFee))
  return out
}

import type { OrderInHand } from '../../../protocol/book.ts'
import type { Message } from '../../../protocol/message.ts'
import type { Side } from '../../../protocol/slot.ts'
import { type Counts, type Enumeration, type Scale, Tally } from '../enumeration.ts'
import type { TinyName } from '../tiny.ts'
import { type MarketNumbers, type SortedWindow, type StepCase, stepAt } from './step-model.ts'

export const SIDES = ['buy', 'sell'] as const
export const BITS = [0, 1] as const
const NONE: readonly number[] = [0, 0]

/** A market that never stands in the way at the widths `expiring`. */
export const OPEN: MarketNumbers = {
  asOf: 0,
  maxAge: 1,
  lastTradeTime: 1,
  mark: 1,
  band: 3,
  minOrder: 1,
  maxPosition: 4,
  maxOpenInterest: 7,
  takerFeeBps: 0,
  makerFeeBps: 0,
}

/** The same where time has no bit. */
export const TIMELESS: MarketNumbers = { ...OPEN, maxAge: 0, lastTradeTime: 0 }

export const CASE: Omit<StepCase, 'bids' | 'asks'> = {
  timestamp: 0,
  closingOnly: 0,
  settled: 0,
  market: OPEN,
  hand: undefined,
  message: undefined,
  nextSequence: 0,
  openInterest: 3,
  nonce: NONE,
  size: NONE,
  openBuy: NONE,
  openSell: NONE,
  barred: NONE,
  first: 1,
  idle: 0,
}

type StepAt = Awaited<ReturnType<typeof stepAt>>

/** An enumeration over cases of the step at some widths; `checkAny` is for steps in which it is free which order a cancel of all takes out. */
export function steps(
  name: string,
  claim: string,
  sizes: string,
  widths: TinyName,
  cases: (step: StepAt, scale: Scale, check: (one: StepCase) => void, checkAny: (one: StepCase) => void) => void,
): Enumeration {
  return {
    name,
    claim,
    sizes,
    async run({ scale, onProgress, edits }): Promise<Counts> {
      const step = await stepAt(widths, edits)
      const tally = new Tally(step.solver, onProgress)
      const check = (one: StepCase) => tally.check(step.values(one), step.expected(one))
      cases(step, scale, check, (one) => tally.checkAny(step.values(one), step.expectedAny(one)))
      return tally.counts()
    },
  }
}

/** The window of one side, the other being empty. */
export function oneSide({ empty }: StepAt, side: Side, window: SortedWindow) {
  return side === 'buy' ? { bids: window, asks: empty } : { bids: empty, asks: window }
}

export function orderOf(account: number, side: Side, price: number, size: number, expiry: number): Message {
  return {
    kind: 'order',
    market: 0,
    account,
    side,
    price: BigInt(price),
    nonce: 1n,
    size: BigInt(size),
    timeInForce: 'GTC',
    reduceOnly: false,
    expiry: BigInt(expiry),
  }
}

export function handOf(account: number, side: Side, price: number, remaining: number, expiry = 0): OrderInHand {
  return {
    account,
    side,
    price: BigInt(price),
    remaining: BigInt(remaining),
    timeInForce: 'GTC',
    reduceOnly: false,
    expiry: BigInt(expiry),
  }
}

import { priority, type Side, unpackSlot } from '../../protocol/slot.ts'
import type { ReplayedBatch } from '../../venue/replay.ts'

export interface TradePoint {
  /** Steps since the first batch. */
  readonly step: number
  /** USDC per lot. */
  readonly price: number
  readonly lots: number
  readonly takerSide: Side
}

/** The best price of a side from a step on; NaN where there is none. */
export interface QuotePoint {
  readonly step: number
  readonly side: Side
  readonly price: number
}

/** What happened in one market, step by step. */
export interface Tape {
  readonly trades: readonly TradePoint[]
  readonly quotes: readonly QuotePoint[]
  /** From which step to which each batch runs. */
  readonly batches: readonly { readonly label: string; readonly start: number; readonly end: number }[]
}

/** Quanta of one USDC. */
const QUANTA = 1_000_000

export function usdc(quanta: bigint): number {
  return Number(quanta) / QUANTA
}

/** Price of a packed slot in USDC. */
export function priceOf(side: Side, word: bigint): number {
  return usdc(priority(side, unpackSlot(word).priority))
}

/** Batches of one market, in order. */
export function tape(batches: readonly ReplayedBatch[]): Tape {
  const trades: TradePoint[] = []
  const quotes: QuotePoint[] = []
  const spans: { label: string; start: number; end: number }[] = []
  let step = 0
  for (const { number, transition } of batches) {
    const start = step
    for (const { window, trade } of transition.steps) {
      step++
      if (trade !== undefined) {
        const { price, size, takerSide } = trade
        trades.push({ step, price: usdc(price), lots: Number(size), takerSide })
      }
      if (window !== undefined) {
        const [best] = window.slots
        quotes.push({ step, side: window.side, price: best === undefined ? Number.NaN : priceOf(window.side, best) })
      }
    }
    spans.push({ label: `${number}`, start, end: step })
  }
  return { trades, quotes: [...quotes, ...lastQuotes(quotes, step)], batches: spans }
}

/** Quotes stand until the end. */
function lastQuotes(quotes: readonly QuotePoint[], step: number): QuotePoint[] {
  const last = (['buy', 'sell'] as const).map((side) => quotes.findLast((quote) => quote.side === side))
  return last.flatMap((quote) => (quote === undefined ? [] : [{ ...quote, step }]))
}

import type { Book } from '../../protocol/book.ts'
import { type Side, unpackSlot } from '../../protocol/slot.ts'
import type { Window } from '../../protocol/window.ts'
import type { Deployment } from '../../settlement/deploy.ts'
import type { FlowSummary } from '../../venue/replay.ts'
import type { SettledBatch } from './batches.ts'
import { carriedSweep, countSteps } from './flow-check.ts'
import type { MarginOutcome } from './margin.ts'
import { type BatchTime, batchTimePlot, type DepthOrder, depthPlot, stagePlot, tradesPlot } from './plots.ts'
import type { StageTime } from './progress.ts'
import { renderReport, type Section, tableHtml } from './report.ts'
import { BATCH_COLUMNS, batchRows, count } from './table.ts'
import { priceOf, tape, usdc } from './tape.ts'

export interface DemoResults {
  readonly settled: readonly SettledBatch[]
  readonly summary: FlowSummary
  readonly stages: readonly StageTime[]
  /** Constraints of one batch. */
  readonly constraints: number
  readonly deployment: Deployment
  readonly margin: MarginOutcome
  readonly refusals: readonly (readonly [attempt: string, error: string])[]
}

/** The report of a demo as HTML. */
export function demoReport(results: DemoResults): string {
  const { settled, summary, constraints } = results
  const proveMs = settled.map(({ proved }) => proved.timings.proveMs).toSorted((a, b) => a - b)
  return renderReport({
    title: 'zkclear: orders matched, proved and settled',
    summary: [
      [`${settled.length}`, 'batches proved and settled'],
      [`${summary.messages}`, 'signed messages'],
      [`${summary.trades}`, `trades, ${summary.lots} lots`],
      [count(constraints), 'constraints a batch'],
      [`${(proveMs[proveMs.length >> 1]! / 1000).toFixed(1)} s`, 'to prove a batch (median)'],
      [count(Number(settled.at(-1)!.gas)), 'gas to settle a batch'],
    ],
    sections: [
      batchSection(results),
      depthSection(results),
      tradeSection(results),
      ...timeSections(results),
      marginSection(results),
      stepSection(results),
    ],
  })
}

function batchSection({ settled, constraints }: DemoResults): Section {
  return {
    title: 'Batches',
    text: 'Each batch is one proof: its new state root follows from the last by signed orders, matched in price-time priority. Settlement checked the proof and moved its root. Witness times include waiting for a free worker, since witnesses are calculated ahead of the proofs.',
    html: tableHtml(BATCH_COLUMNS, batchRows(settled, constraints)),
  }
}

function depthSection({ settled }: DemoResults): Section {
  const { first, last } = carriedSweep(settled)
  const { market } = first.transition.context
  const orders = [
    ...resting(first.transition.before.books.get(market)!, `before batch ${first.number}`),
    ...resting(last.transition.after.books.get(market)!, `after batch ${last.number}`),
  ]
  return {
    title: 'The book before and after the sweep',
    text: `One order sweeps several makers of market ${market} and is carried from batch ${first.number} to batch ${last.number}. Each box is a resting order; the lowest of a price is first in its queue.`,
    html: depthPlot(orders, smallestGap(orders.map(({ price }) => price))),
  }
}

function tradeSection({ settled }: DemoResults): Section {
  const { market } = carriedSweep(settled).first.transition.context
  const shown = settled.filter(({ transition }) => transition.context.market === market)
  const seconds = shown.at(-1)!.transition.context.timestamp - shown[0]!.transition.context.timestamp + 1n
  return {
    title: 'Trades over time',
    text: `Market ${market}, in event time: one step of matching after the other, over ${seconds} seconds of the venue's clock. Every trade, sized by its lots, over the best bid and ask as each step left them; a line stands where a batch ends.`,
    html: tradesPlot(tape(shown)),
  }
}

function timeSections({ settled, stages }: DemoResults): Section[] {
  const times = settled.flatMap(({ number, proved: { timings }, settleMs }): BatchTime[] => [
    { batch: number, stage: 'witness', seconds: timings.witnessMs / 1000 },
    { batch: number, stage: 'prove', seconds: timings.proveMs / 1000 },
    { batch: number, stage: 'verify', seconds: timings.verifyMs / 1000 },
    { batch: number, stage: 'settle', seconds: settleMs / 1000 },
  ])
  return [
    {
      title: 'Time per batch',
      text: 'From handing a batch to the prover to its settlement. Witnesses of the next batches are calculated meanwhile, so the bars overlap in time.',
      html: batchTimePlot(times),
    },
    {
      title: 'Time per stage of the demo',
      text: 'Circuits and keys are built once; a second run finds them.',
      html: stagePlot(stages),
    },
  ]
}

function marginSection({ margin, refusals, deployment }: DemoResults): Section {
  const rows = [
    [`Account ${margin.admitted.account} proves its margin`, 'admitted', count(Number(margin.admitted.gas))],
    [
      `Account ${margin.refused.account}, ${count(usdc(margin.refused.shortfall))} USDC short, tries the same`,
      'no witness exists',
      '',
    ],
    ...[...margin.refusals, ...refusals].map(([attempt, error]) => [`Offered: ${attempt}`, `refused: ${error}`, '']),
    ['Contracts deployed', '', count(Number(deployment.gasUsed))],
  ]
  return {
    title: 'What was admitted and what was refused',
    text: 'MarginGate lets in whoever proves margin against a recent state root, and learns nothing else. Who lacks margin has nothing to prove; used and altered proofs are refused by the contracts.',
    html: tableHtml(['~attempt', '~result', 'gas'], rows),
  }
}

function stepSection({ settled, summary }: DemoResults): Section {
  const refused = Object.entries(summary.refused).map(([reason, number]) => [`left out: ${reason}`, `${number}`])
  const rows = [...countSteps(settled)].map(([kind, number]) => [kind, `${number}`])
  return {
    title: 'What the steps did',
    text: 'Each step of a batch does the one thing that the rules force.',
    html: tableHtml(['step', 'times'], [...rows, ...refused]),
  }
}

function resting({ bids, asks }: Book, moment: string): DepthOrder[] {
  const of = (side: Side, window: Window) =>
    window.map((word) => ({ moment, side, price: priceOf(side, word), lots: Number(unpackSlot(word).size) }))
  return [...of('buy', bids), ...of('sell', asks)]
}

function smallestGap(prices: readonly number[]): number {
  const sorted = [...new Set(prices)].sort((a, b) => a - b)
  const gaps = sorted.slice(1).map((price, i) => price - sorted[i]!)
  return Math.min(...gaps, sorted[0] ?? 1)
}

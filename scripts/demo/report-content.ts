import type { Book } from '../../protocol/book.ts'
import { type Side, unpackSlot } from '../../protocol/slot.ts'
import type { Window } from '../../protocol/window.ts'
import type { Deployment } from '../../settlement/deploy.ts'
import type { FlowSummary } from '../../venue/replay.ts'
import type { Refused } from './acts/money.ts'
import { countSteps, sweepToShow } from './flow-check.ts'
import type { MarginOutcome } from './margin.ts'
import { type MoneyResults, moneySections } from './money-sections.ts'
import { type BatchTime, batchTimePlot, type DepthOrder, depthPlot, stagePlot, tradesPlot } from './plots.ts'
import type { StageTime } from './progress.ts'
import { renderReport, type Section, tableHtml } from './report.ts'
import { type RiskResults, riskSections } from './risk-sections.ts'
import { BATCH_COLUMNS, batchRows, CASH_COLUMNS, cashRows, count } from './table.ts'
import { priceOf, tape, usdc } from './tape.ts'
import type { DemoVenue } from './venue.ts'
import type { World } from './world.ts'

export interface DemoResults {
  readonly venue: DemoVenue
  readonly summary: FlowSummary
  readonly constraints: World['constraints']
  readonly deployment: Deployment
  readonly refusals: Refused
  /** undefined: prices stayed as they were. */
  readonly prices: RiskResults | undefined
  readonly money: MoneyResults
  readonly frozen: { readonly early: string }
}

/** The report of a demo as HTML. */
export function demoReport(results: DemoResults, stages: readonly StageTime[]): string {
  const { venue, summary, money, prices } = results
  const proveMs = venue.trades.map(({ proved }) => proved.timings.proveMs).toSorted((a, b) => a - b)
  const brought = money.accounts.reduce((sum, account) => sum + account.brought[0]!, 0n)
  return renderReport({
    title: 'zkclear: money in, orders matched, proved and settled, money out',
    summary: [
      [`${venue.cash.length + venue.trades.length}`, 'batches proved and settled'],
      [`${summary.messages}`, 'signed orders and cancels'],
      [`${summary.trades}`, `trades, ${summary.lots} lots`],
      [`${(proveMs[proveMs.length >> 1]! / 1000).toFixed(1)} s`, 'to prove a trade batch (median)'],
      [count(usdc(brought)), 'USDC came in, and went out'],
      [`${money.exits.length}`, 'accounts left the dead venue'],
    ],
    sections: [
      ...moneySections(money),
      cashSection(results),
      batchSection(results),
      ...(prices === undefined ? [] : riskSections(prices)),
      depthSection(results),
      tradeSection(results),
      ...timeSections(results, stages),
      refusalSection(results),
      stepSection(results),
    ],
  })
}

function cashSection({ venue, constraints }: DemoResults): Section {
  return {
    title: 'Cash batches',
    text: "Each is one proof as well: registrations, view keys, deposits and withdrawals, applied in the order of the queue. Payments are credited to owners by Settlement; a sweep takes a book's fees to the house.",
    html: tableHtml(['batch', '~operations', ...CASH_COLUMNS.slice(2)], cashRows(venue.cash, constraints.cash)),
  }
}

function batchSection({ venue, constraints }: DemoResults): Section {
  return {
    title: 'Trade batches',
    text: 'Each batch is one proof: its new state root follows from the last by signed orders, matched in price-time priority. Settlement checked the proof and moved its root. Witness times include waiting for a free worker, since witnesses are calculated ahead of the proofs.',
    html: tableHtml(BATCH_COLUMNS, batchRows(venue.trades, constraints.trade)),
  }
}

function depthSection({ venue }: DemoResults): Section {
  const { first, last } = sweepToShow(venue.trades)
  const { market } = first.transition.context
  const orders = [
    ...resting(first.transition.before.books.get(market)!, `before batch ${first.number}`),
    ...resting(last.transition.after.books.get(market)!, `after batch ${last.number}`),
  ]
  return {
    title: 'The book before and after the sweep',
    text: `${first === last ? `Batch ${first.number} sweeps several makers of market ${market}` : `One order sweeps several makers of market ${market} and is carried from batch ${first.number} to batch ${last.number}`}. Each box is a resting order; the lowest of a price is first in its queue.`,
    html: depthPlot(orders, smallestGap(orders.map(({ price }) => price))),
  }
}

function tradeSection({ venue }: DemoResults): Section {
  const settled = venue.trades
  const { market } = sweepToShow(settled).first.transition.context
  const shown = settled.filter(({ transition }) => transition.context.market === market)
  const seconds = shown.at(-1)!.transition.context.timestamp - shown[0]!.transition.context.timestamp + 1n
  return {
    title: 'Trades over time',
    text: `Market ${market}, in event time: one step of matching after the other, over ${seconds} seconds of the venue's clock. Every trade, sized by its lots, over the best bid and ask as each step left them; a line stands where a batch ends.`,
    html: tradesPlot(tape(shown)),
  }
}

function timeSections({ venue }: DemoResults, stages: readonly StageTime[]): Section[] {
  const times = venue.trades.flatMap(({ number, proved: { timings }, settleMs }): BatchTime[] => [
    { batch: number, stage: 'witness', seconds: timings.witnessMs / 1000 },
    { batch: number, stage: 'prove', seconds: timings.proveMs / 1000 },
    { batch: number, stage: 'verify', seconds: timings.verifyMs / 1000 },
    { batch: number, stage: 'settle', seconds: settleMs / 1000 },
  ])
  return [
    {
      title: 'Time per trade batch',
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

function refusalSection(results: DemoResults): Section {
  const { prices, deployment } = results
  const rows = [
    ...(prices === undefined ? [] : marginRows(prices.shock.margin)),
    ...allRefusals(results).map(([attempt, error]) => [`Offered: ${attempt}`, `refused: ${error}`, '']),
    ['Contracts deployed', '', count(Number(deployment.gasUsed))],
  ]
  return {
    title: 'What was admitted and what was refused',
    text: 'MarginGate lets in whoever proves margin against a recent state root, and learns nothing else. Who lacks margin has nothing to prove; used and altered proofs are refused by the contracts.',
    html: tableHtml(['~attempt', '~result', 'gas'], rows),
  }
}

function marginRows({ admitted, refused }: MarginOutcome): string[][] {
  return [
    [`Account ${admitted.account} proves its margin`, 'admitted', count(Number(admitted.gas))],
    [
      `Account ${refused.account}, ${count(usdc(refused.shortfall))} USDC short, tries the same`,
      'no witness exists',
      '',
    ],
  ]
}

/** All that was tried and refused. */
export function allRefusals({ refusals, prices, frozen }: DemoResults): Refused {
  const ofPrices =
    prices === undefined ? [] : [prices.shock.margin, prices.shock, prices.auction].flatMap((act) => act.refusals)
  return [...ofPrices, ...refusals, ['freezing a second early', frozen.early]]
}

function stepSection({ venue, summary }: DemoResults): Section {
  const refused = Object.entries(summary.refused).map(([reason, number]) => [`left out: ${reason}`, `${number}`])
  const rows = [...countSteps(venue.trades)].map(([kind, number]) => [kind, `${number}`])
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

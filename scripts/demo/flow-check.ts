import { messagesOf } from '../../protocol/bundle.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import type { StepKind } from '../../protocol/trade-batch/matching.ts'
import type { FlowSummary, ReplayedBatch } from '../../venue/replay.ts'
import { expect } from './expect.ts'

const FEWEST_BATCHES = 8
const MOST_BATCHES = 14

/** How often each of the things that a step can do happened. */
export function countSteps(batches: readonly ReplayedBatch[]): ReadonlyMap<StepKind, number> {
  const counts = new Map<StepKind, number>()
  for (const { transition } of batches) {
    for (const { kind } of transition.steps) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** The batch that ended with an order in hand and the one that brought it to its end. */
export function carriedSweep<Batch extends ReplayedBatch>(batches: readonly Batch[]): { first: Batch; last: Batch } {
  const handAfter = ({ transition: { after, context } }: Batch) => after.books.get(context.market)!.hand
  const first = batches.findIndex((batch) => handAfter(batch) !== undefined)
  const last = batches.findIndex((batch, i) => i > first && handAfter(batch) === undefined)
  expect(first >= 0 && last > first, 'an order is carried from one batch to the next')
  return { first: batches[first]!, last: batches[last]! }
}

/** The batches that a sweep is carried through; where large batches carry none, the one that trades most. */
export function sweepToShow<Batch extends ReplayedBatch>(batches: readonly Batch[]): { first: Batch; last: Batch } {
  const isCarried = batches.some(
    ({ transition: { after, context } }) => after.books.get(context.market)!.hand !== undefined,
  )
  if (isCarried) return carriedSweep(batches)
  const most = batches.reduce((best, batch) => (batch.trades.length > best.trades.length ? batch : best))
  return { first: most, last: most }
}

/** Throws unless the flow shows what a demo is to show; in the small profile, that many batches, one of which ends within a sweep. */
export function checkFlow(batches: readonly ReplayedBatch[], summary: FlowSummary, profile: ProfileName): void {
  if (profile === 'small') {
    expect(
      batches.length >= FEWEST_BATCHES && batches.length <= MOST_BATCHES,
      `the flow makes ${FEWEST_BATCHES} to ${MOST_BATCHES} batches, and not ${batches.length}`,
    )
    carriedSweep(batches)
  }
  const steps = countSteps(batches)
  for (const kind of ['rested', 'traded', 'dropped', 'cancelled', 'head-removed'] as const) {
    expect(steps.has(kind), `the flow has a step of the kind "${kind}"`)
  }
  const messages = batches.flatMap(({ transition }) => messagesOf(transition))
  const orders = messages.filter((message) => message.kind === 'order')
  for (const timeInForce of ['GTC', 'IOC', 'POST_ONLY'] as const) {
    expect(
      orders.some((order) => order.timeInForce === timeInForce),
      `the flow has ${timeInForce} orders`,
    )
  }
  expect(
    orders.some(({ reduceOnly }) => reduceOnly),
    'the flow has reduce-only orders',
  )
  const makers = new Set(batches.flatMap(({ trades }) => trades.map(({ maker }) => maker)))
  expect(makers.size >= 3, 'several makers are filled')
  expect(summary.messages === messages.length, 'the summary counts every message')
}

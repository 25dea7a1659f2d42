import type { RecordOf } from '../sequencer/record.ts'
import { isSameTable } from '../sequencer/same-table.ts'
import type { SealedBatch, SequencerState } from '../sequencer/state.ts'
import type { ChainView } from './chain-view.ts'

/** The contract takes a batch for fifteen minutes after its time; one that is older than that less a margin is made anew. Seconds. */
export const OLDEST = 10n * 60n
/** The table before the newest serves for two minutes after that came; less a margin. Seconds. */
export const GRACE = 90n

/**
 * The rewind without which an unsettled batch could never be settled: the contract would find it too old, its table out of force, or
 * trading paused. undefined if none is needed. Pure.
 */
export function rewindDue(
  { batches, settledIndex }: Pick<SequencerState, 'batches' | 'settledIndex'>,
  chain: Pick<ChainView, 'time' | 'pausedUntil' | 'table'>,
): RecordOf<'rewind'> | undefined {
  const unsettled = batches.filter(({ index }) => index > settledIndex)
  const first = (isLost: (batch: SealedBatch) => boolean) => unsettled.find(isLost)?.index
  const causes = [
    ['PAUSE', first((batch) => isPauseInTheWay(batch, chain))],
    ['TABLE', first((batch) => isTableLost(batch, chain))],
    ['AGE', first(({ work }) => work.transition.context.timestamp + OLDEST < chain.time)],
  ] as const
  for (const [cause, index] of causes) if (index !== undefined) return { kind: 'rewind', to: index - 1, cause }
  return undefined
}

/** Of cash, only what flags somebody stands still in a pause; and liquidations from before one are void after it. */
function isPauseInTheWay(
  { work }: SealedBatch,
  { time, pausedUntil }: Pick<ChainView, 'time' | 'pausedUntil'>,
): boolean {
  if (work.circuit === 'cash-batch' && work.transition.slots[0]?.kind !== 'FLAG') return false
  if (time < pausedUntil) return true
  const isLiquidation = work.circuit === 'takeover' || work.circuit === 'deleverage'
  return isLiquidation && work.transition.context.resumedAt !== pausedUntil
}

function isTableLost({ work }: SealedBatch, { time, table }: Pick<ChainView, 'time' | 'table'>): boolean {
  if (table === undefined) return false
  const { riskTable } = work.transition.context
  // Before the first table there was none whose time could run out.
  if (riskTable === undefined) return true
  if (isSameTable(riskTable, table.table)) return false
  return table.relisted !== 0n || time > table.postedAt + GRACE
}

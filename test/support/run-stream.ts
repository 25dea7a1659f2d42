import { DOMAIN, NO_HASHES, NOW, TIGHT, unsigned } from '../../lab/instances/model.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import type { TradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../protocol/trade-batch/builder.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { grant, type Wish } from './arbitraries.ts'

/** Grants the wishes one after another, each in the state that the last one left, and returns the batches. */
export function runStream(
  state: State,
  wishes: readonly Wish[],
  table: RiskTable,
  options: {
    unchecked?: TradeBatchUnchecked
    tables?: readonly RiskTable[]
    sizes?: TradeBatchSizes
    /** The wish before which positions may begin to be closed only. */
    closingFrom?: number
  } = {},
): { batches: TradeBatch[]; builder: TradeBatchBuilder } {
  const { sizes = TIGHT, closingFrom = wishes.length } = options
  let timestamp = NOW
  let current = table
  const builder = new TradeBatchBuilder(state, {
    context: { timestamp, domain: DOMAIN, riskTable: table, sizes, closingOnly: closingFrom === 0 },
    unchecked: options.unchecked ?? NO_HASHES,
  })
  const batches: TradeBatch[] = []
  for (const [i, wish] of wishes.entries()) {
    const next = options.tables?.[i]
    if (wish.wait > 0n || next !== undefined || i === closingFrom) {
      timestamp += wish.wait
      current = next ?? current
      const closingOnly = i >= closingFrom
      batches.push(...builder.update({ timestamp, domain: DOMAIN, riskTable: current, sizes, closingOnly }))
    }
    batches.push(...builder.push(unsigned(grant(wish, builder.state, current, timestamp))))
  }
  batches.push(...builder.finish())
  return { batches, builder }
}

import { DOMAIN, NO_HASHES, NOW, TIGHT, unsignedBundle } from '../../lab/instances/model.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import type { TradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../protocol/trade-batch/builder.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { bundlesOf, grant, type Wish } from './arbitraries.ts'

/** Grants the wishes bundle by bundle, each in the state that the last one left, and returns the batches. */
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
  let granted = 0
  for (const bundle of bundlesOf(wishes)) {
    const [i, { wait }] = [granted, bundle[0]!]
    granted += bundle.length
    const next = options.tables?.[i]
    const closes = i <= closingFrom && closingFrom < granted
    if (wait > 0n || next !== undefined || closes) {
      timestamp += wait
      current = next ?? current
      const closingOnly = granted > closingFrom
      batches.push(...builder.update({ timestamp, domain: DOMAIN, riskTable: current, sizes, closingOnly }))
    }
    batches.push(...builder.push(unsignedBundle(grant(bundle, builder.state, current, timestamp))))
  }
  batches.push(...builder.finish())
  return { batches, builder }
}

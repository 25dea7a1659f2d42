import { DOMAIN, NO_HASHES, NOW, TIGHT, unsigned } from '../../lab/instances/model.ts'
import { BatchBuilder } from '../../protocol/batch-builder.ts'
import type { BatchSizes, Transition, UncheckedOptions } from '../../protocol/ledger.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import { grant, type Wish } from './arbitraries.ts'

/** Grants the wishes one after another, each in the state that the last one left, and returns the batches. */
export function runStream(
  state: State,
  wishes: readonly Wish[],
  table: RiskTable,
  options: { unchecked?: UncheckedOptions; tables?: readonly RiskTable[]; sizes?: BatchSizes } = {},
): { batches: Transition[]; builder: BatchBuilder } {
  const { sizes = TIGHT } = options
  let timestamp = NOW
  let current = table
  const builder = new BatchBuilder(state, {
    context: { timestamp, domain: DOMAIN, riskTable: table, sizes },
    unchecked: options.unchecked ?? NO_HASHES,
  })
  const batches: Transition[] = []
  for (const [i, wish] of wishes.entries()) {
    const next = options.tables?.[i]
    if (wish.wait > 0n || next !== undefined) {
      timestamp += wish.wait
      current = next ?? current
      batches.push(...builder.update({ timestamp, domain: DOMAIN, riskTable: current, sizes }))
    }
    batches.push(...builder.push(unsigned(grant(wish, builder.state, current, timestamp))))
  }
  batches.push(...builder.finish())
  return { batches, builder }
}

import type { RiskTable } from '../../../protocol/risk-table.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { ledgerAt, ledgerRoot, rootOf, type SequencerState, unsettled } from '../../../service/sequencer/state.ts'
import type { VenueParts } from '../../../service/serve/venue.ts'

/** What stands for a chain: it takes every batch as soon as it is proved, has one risk table for ever, and an empty queue. */
export function standInChain(table: RiskTable): Pick<VenueParts, 'reader' | 'settler'> {
  return {
    reader: {
      settlement: { address: `0x${'00'.repeat(20)}` },
      async read(state: SequencerState) {
        const proved = provedNext(state)
        const count = state.settledIndex + proved
        return {
          block: { number: 1, hash: `0x${'00'.repeat(32)}` },
          time: BigInt(Math.floor(Date.now() / 1000)),
          ...{ pausedUntil: 0n, closingFrom: undefined, frozenAt: 0n },
          table: { table, relisted: 0n, postedAt: table.asOf },
          queue: { first: 0n, entries: [] },
          owners: new Map(),
          settled: { count, root: ledgerRoot(ledgerAt(state, count)) },
          roots: new Map(state.batches.filter(({ index }) => index <= count).map((one) => [one.index, rootOf(one)])),
          final: count,
        }
      },
      cover: async () => ({ now: 0n, perHour: 0n }),
      operator: async () => `0x${'00'.repeat(20)}`,
      otherKeys: async () => [],
    },
    settler: { turn: async () => ({ kind: 'idle' }) },
  }
}

/** How many batches after the last that is settled are proved, without a gap. */
function provedNext(state: SequencerState): number {
  const next = unsettled(state)
  const first = next.findIndex(({ proved }) => !proved)
  return first === -1 ? next.length : first
}

/** What stands for workers without end: all that is to be proved counts as proved. */
export async function proveNothing(database: Database): Promise<void> {
  await database.query(
    `UPDATE job SET state = 'proved', proof = '{}', input = NULL, sealing_key = NULL, fence = fence + 1, changed_at = clock_timestamp()
     WHERE state = 'ready'`,
  )
}

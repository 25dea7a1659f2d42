import type { CIRCUITS } from '../../circuits/index.ts'
import type { TradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import { tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { Proved, Prover } from '../../prover/prover.ts'
import type { ReplayedBatch } from '../../venue/replay.ts'
import type { Chain } from './chain.ts'
import { expect } from './expect.ts'
import type { Report } from './progress.ts'

/** A batch of the flow with its proof, settled. */
export interface SettledBatch extends ReplayedBatch {
  readonly proved: Proved<'trade-batch', TradeBatchStatement>
  readonly settleMs: number
  readonly gas: bigint
}

/** Proves every batch, witnesses ahead of proofs, and settles each on the chain as soon as it is proved. */
export async function proveAndSettle(
  batches: readonly ReplayedBatch[],
  prover: Prover<typeof CIRCUITS>,
  chain: Chain,
  report: Report,
): Promise<SettledBatch[]> {
  const jobs = batches.map(({ transition }) => ({
    circuit: 'trade-batch' as const,
    statement: tradeBatchStatement(transition),
    witness: transition,
  }))
  const settled: SettledBatch[] = []
  const options = {
    onProgress: ({ stage, fraction }: { stage: string; fraction: number }) => {
      if (stage !== 'prove') return
      report((settled.length + fraction) / batches.length, `batch ${settled.length + 1} of ${batches.length}`)
    },
  }
  for await (const proved of prover.proveMany(jobs, options)) {
    expect(proved.circuit === 'trade-batch', 'proofs come back for the circuit that was asked for')
    const started = performance.now()
    const { gasUsed } = await chain.settle(proved)
    const settleMs = performance.now() - started
    const { newStateRoot } = proved.statement
    expect((await chain.stateRoot()) === newStateRoot, "Settlement's root is that of the settled batch")
    settled.push({ ...batches[settled.length]!, proved, settleMs, gas: gasUsed })
  }
  expect(settled.length === batches.length, 'every batch is proved and settled')
  return settled
}

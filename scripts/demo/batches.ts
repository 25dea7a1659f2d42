import {
  cashBatchStatement,
  type StateMoveStatement,
  takeoverStatement,
  tradeBatchStatement,
} from '../../circuits/index.ts'
import type { CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import type { ManyProgress, Proved } from '../../prover/job.ts'
import type { ReplayedBatch } from '../../venue/replay.ts'
import type { Chain } from './chain.ts'
import { expect } from './expect.ts'
import type { Report } from './progress.ts'
import type { DemoProver } from './prover.ts'

type StateMove = 'trade-batch' | 'cash-batch' | 'takeover'

/** What became of a batch: its proof, and what it took to settle it. */
export interface Settlement<Name extends StateMove> {
  readonly proved: Proved<Name, StateMoveStatement>
  readonly settleMs: number
  readonly gas: bigint
}

/** A batch of the flow with its proof, settled. */
export type SettledBatch = ReplayedBatch & Settlement<'trade-batch'>

/** A batch of operations on accounts, likewise. */
export type SettledCash = { readonly batch: CashBatch } & Settlement<'cash-batch'>

export interface Settling {
  readonly prover: DemoProver
  readonly chain: Chain
  readonly report: Report
  /** Called after each batch. */
  readonly onSettled: () => Promise<void>
}

/** Proves every batch of the flow, witnesses ahead of proofs, and settles each on the chain as soon as it is proved. */
export async function settleTrades(batches: readonly ReplayedBatch[], settling: Settling): Promise<SettledBatch[]> {
  const jobs = batches.map(({ transition }) => ({
    circuit: 'trade-batch' as const,
    statement: tradeBatchStatement(transition),
    witness: transition,
  }))
  const settled = await settleAll(jobs, settling)
  return batches.map((batch, i) => ({ ...batch, ...settled[i]! }))
}

/** The same of batches of operations on accounts. */
export async function settleCash(batches: readonly CashBatch[], settling: Settling): Promise<SettledCash[]> {
  const jobs = batches.map((batch) => ({
    circuit: 'cash-batch' as const,
    statement: cashBatchStatement(batch),
    witness: batch,
  }))
  const settled = await settleAll(jobs, settling)
  return batches.map((batch, i) => ({ batch, ...settled[i]! }))
}

/** The same of a takeover. */
export async function settleTakeover(takeover: Takeover, settling: Settling): Promise<Settlement<'takeover'>> {
  const job = { circuit: 'takeover' as const, statement: takeoverStatement(takeover), witness: takeover }
  const [settled] = await settleAll([job], settling)
  return settled!
}

async function settleAll<Name extends StateMove>(
  jobs: readonly { readonly circuit: Name; readonly statement: StateMoveStatement; readonly witness: unknown }[],
  { prover, chain, report, onSettled }: Settling,
): Promise<Settlement<Name>[]> {
  const settled: Settlement<Name>[] = []
  const options = {
    onProgress: ({ proved }: ManyProgress) =>
      report(proved / jobs.length, `batch ${Math.min(Math.floor(proved) + 1, jobs.length)} of ${jobs.length}`),
  }
  for await (const one of prover.proveMany(jobs as never, options)) {
    const proved = one as Proved<Name, StateMoveStatement>
    const started = performance.now()
    const { gasUsed } = await chain.settle(proved)
    const settleMs = performance.now() - started
    expect(
      (await chain.stateRoot()) === proved.statement.newStateRoot,
      "Settlement's root is that of the settled batch",
    )
    settled.push({ proved, settleMs, gas: gasUsed })
    await onSettled()
  }
  expect(settled.length === jobs.length, 'every batch is proved and settled')
  return settled
}

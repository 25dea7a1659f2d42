import { type CircuitName, marginStatement, marginWitness, tradeBatchStatement } from '../../circuits/index.ts'
import { EXAMPLE_TIME, exampleBatch, exampleRiskTable, exampleState } from '../../circuits/trade-batch/example.ts'
import { readTerms } from '../../cli/terms-file.ts'
import { loadArtifacts } from '../../keys/load.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { venueShape } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/create-prover.ts'
import { loadAddon } from '../../prover/native/addon.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { Chain } from '../demo/chain.ts'
import { sampleFile } from '../demo/sample.ts'
import type { FullProveTimes } from './full-prove-child.ts'
import type { BackendTimes, Proving } from './measurements.ts'
import type { ProvingTimes } from './prove-child.ts'
import { runChild } from './run-child.ts'
import { spread } from './spread.ts'

/** Proves a circuit with the library's default backend, its fallback and snarkjs alone, each in a process of its own. */
export async function measureProving(
  circuit: CircuitName,
  profile: ProfileName,
  { runs, gas }: { runs: number; gas: number | undefined },
): Promise<Proving> {
  const backends: Record<string, BackendTimes> = {}
  for (const path of [...(loadAddon()?.paths().slice(0, 1) ?? []), 'snarkjs']) {
    const times = await runChild<ProvingTimes>('prove-child.ts', [circuit, profile, path, runs])
    backends[path === 'snarkjs' ? path : `native, ${path}`] = {
      load: spread([times.load]),
      firstProof: spread([times.firstProof]),
      witness: spread(times.witness),
      witnessCpu: spread(times.witnessCpu),
      prove: spread(times.prove),
      proveCpu: spread(times.proveCpu),
      verify: spread(times.verify),
      peakBytes: times.peakBytes,
    }
  }
  const theirs = await runChild<FullProveTimes>('full-prove-child.ts', [circuit, profile, runs])
  return {
    backends,
    fullProveFirst: spread([theirs.first]),
    fullProve: spread(theirs.later),
    fullProvePeakBytes: theirs.peakBytes,
    ...(gas !== undefined && { gas }),
  }
}

/**
 * Gas of the transaction that takes a circuit's proof: the first use of a contract's storage included. That of cash batches
 * and exits hangs on what they move; custody.md has a table of it.
 */
export async function measureGas(profile: ProfileName): Promise<Partial<Record<CircuitName, number>>> {
  const before = exampleState(profile)
  const riskTable = exampleRiskTable(venueShape(profile))
  await using chain = await Chain.start({
    artifacts: await Promise.all(DEPLOYED_CIRCUITS.map((circuit) => loadArtifacts(circuit, profile))),
    terms: await readTerms(sampleFile('terms.json')),
    genesisRoot: stateRoot(before),
    time: EXAMPLE_TIME,
  })
  await chain.postRiskTable(riskTable)
  await using prover = await createProver({ profile })
  const batch = exampleBatch(before, chain.deployment.domain)
  const settled = await chain.settle(await prover.prove('trade-batch', tradeBatchStatement(batch), batch))
  const purpose = `0x${'00'.repeat(31)}01`
  const witness = marginWitness(batch.after, 1, 1001n, riskTable)
  const statement = marginStatement(batch.after, witness, chain.marginTerms(purpose))
  const admitted = await chain.admit(purpose, await prover.prove('margin-sufficiency', statement, witness))
  return { 'trade-batch': Number(settled.gasUsed), 'margin-sufficiency': Number(admitted.gasUsed) }
}

import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import type { Stages } from '../demo/progress.ts'
import type { ExternalProver } from './backends/command-template.ts'
import { chainCircuit, ownCircuit } from './backends/measured-circuit.ts'
import { largestChain } from './backends/power-chain.ts'
import type { CircuitResult } from './backends/results.ts'
import { measureSideBySide } from './backends/side-by-side.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** log2 of the domain of the circuit that is not ours: that of the small trade-batch. */
const OTHER_LOG = 16

/** All backends on the circuits of the small profile and on one that is not ours. */
export async function measureBackends({
  runs,
  externals,
  stages,
}: {
  runs: number
  externals: readonly ExternalProver[]
  stages: Stages
}): Promise<CircuitResult[]> {
  await using folder = await temporaryFolder()
  const circuits = await stages.run('backends: keys and witnesses', async (report) => {
    const own = []
    for (const name of CIRCUIT_NAMES) own.push(await ownCircuit(name, 'small', folder.path))
    report(0.5, 'key of the other circuit')
    return [...own, await chainCircuit(largestChain(OTHER_LOG), folder.path)]
  })
  const results: CircuitResult[] = []
  for (const circuit of circuits) {
    const measure = stages.run(`backends: ${circuit.name}`, (report) =>
      measureSideBySide(circuit, { runs, externals, report }),
    )
    results.push(await measure)
  }
  return results
}

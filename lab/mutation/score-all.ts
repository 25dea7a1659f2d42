import { openLaboratory } from '../dishonesty/laboratory.ts'
import type { TracedCircuit } from '../tracing/traced-circuit.ts'
import { scoreAlterations } from './alterations.ts'
import { argumentFor } from './equivalent.ts'
import type { Mutant } from './mutants.ts'
import type { Observed } from './observe-tests.ts'
import { scoreRefusals } from './score.ts'

/** What became of one mutant. */
export interface Verdict {
  readonly mutant: Mutant
  readonly outcome: 'killed' | 'argued' | 'survived'
  /** The test file, or for what is legal the circuit, that tells the mutant from the real circuit. */
  readonly by?: string
  readonly reason?: string
}

/** Which mutants the tests tell from the real circuit. */
export function scoreAll(
  circuits: readonly TracedCircuit[],
  mutants: readonly Mutant[],
  observations: readonly Observed[],
  onProgress: (what: string) => void = () => {},
): Verdict[] {
  const killedBy = new Map<Mutant, string>()
  const files = [...new Set(observations.map(({ file }) => file))]
  for (const file of files) {
    const own = observations.filter((observation) => observation.file === file)
    for (const mutant of scoreRefusals(circuits, mutants, own).keys()) {
      if (!killedBy.has(mutant)) killedBy.set(mutant, file)
    }
  }
  onProgress(`${killedBy.size} accept what tests refuse`)
  for (const traced of circuits) {
    const left = mutants.filter(
      (mutant) => mutant.operator === 'alter' && !killedBy.has(mutant) && mutant.places.has(traced.name),
    )
    if (left.length === 0) continue
    const laboratory = openLaboratory(traced)
    for (const mutant of scoreAlterations(laboratory, observations, left)) killedBy.set(mutant, traced.name)
    onProgress(
      `${traced.name}: ${left.filter((mutant) => killedBy.has(mutant)).length} of ${left.length} altered instructions noticed`,
    )
  }
  return mutants.map((mutant): Verdict => {
    const by = killedBy.get(mutant)
    if (by !== undefined) return { mutant, outcome: 'killed', by }
    const argument = argumentFor(mutant)
    return argument === undefined
      ? { mutant, outcome: 'survived' }
      : { mutant, outcome: 'argued', reason: argument.reason }
  })
}

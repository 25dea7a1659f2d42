import { openLaboratory } from '../dishonesty/laboratory.ts'
import type { Bench } from '../tracing/traced-circuit.ts'
import { scoreAlterations } from './alterations.ts'
import { argumentFor } from './equivalent.ts'
import type { Mutant } from './mutants.ts'
import type { Observed } from './observe-tests.ts'
import { scoreRefusals } from './score.ts'

/** What became of one mutant. */
export interface Verdict {
  readonly mutant: Mutant
  readonly outcome: 'killed' | 'argued' | 'survived'
  /** The test file, or for what is legal the bench, that tells the mutant from the real circuit. */
  readonly by?: string
  readonly reason?: string
}

/** Which mutants the tests tell from the real circuit. */
export function scoreAll(
  benches: readonly Bench[],
  mutants: readonly Mutant[],
  observations: readonly Observed[],
  onProgress: (what: string) => void = () => {},
): Verdict[] {
  const killedBy = new Map<Mutant, string>()
  const files = [...new Set(observations.map(({ file }) => file))]
  for (const file of files) {
    const own = observations.filter((observation) => observation.file === file)
    for (const mutant of scoreRefusals(benches, mutants, own).keys()) {
      if (!killedBy.has(mutant)) killedBy.set(mutant, file)
    }
  }
  onProgress(`${killedBy.size} accept what tests refuse`)
  for (const bench of benches) {
    const left = mutants.filter(
      (mutant) => mutant.operator === 'alter' && !killedBy.has(mutant) && mutant.places.has(bench.name),
    )
    if (left.length === 0) continue
    const laboratory = openLaboratory(bench)
    for (const mutant of scoreAlterations(bench, laboratory, observations, left)) killedBy.set(mutant, bench.name)
    onProgress(
      `${bench.name}: ${left.filter((mutant) => killedBy.has(mutant)).length} of ${left.length} altered statements told`,
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

import assert from 'node:assert/strict'
import { tellObservers } from '../../lab/circuits/harness.ts'
import { type Laboratory, openLaboratory } from '../../lab/dishonesty/laboratory.ts'
import { isAbout, tell } from '../../lab/mutation/lie-file.ts'
import type { Lie } from '../../lab/mutation/lies.ts'
import { type Mutant, mutantsOf } from '../../lab/mutation/mutants.ts'
import { type Bench, loadBench } from '../../lab/tracing/traced-circuit.ts'

/** A circuit, its statements, and a prover that follows up lies. */
export interface LyingBench {
  readonly bench: Bench
  readonly mutants: readonly Mutant[]
  readonly laboratory: Laboratory
}

const open = new Map<string, Promise<LyingBench>>()

/** Opens a bench once in a process. */
export function lyingBench(name: string): Promise<LyingBench> {
  const known =
    open.get(name) ??
    loadBench(name).then((bench) => ({ bench, mutants: mutantsOf([bench]), laboratory: openLaboratory(bench) }))
  open.set(name, known)
  return known
}

/** Asserts of each lie that it is refused, and by the constraints of the statement that it breaks alone. */
export function assertRefused({ bench, mutants, laboratory }: LyingBench, lies: readonly Lie[]): void {
  for (const lie of lies) {
    const mutant = mutants.find((each) => isAbout(lie, each))
    assert.ok(mutant, `there is no ${lie.statement} any more; run \`npm run mutate -- --find-lies\``)
    const { value, broken } = tell(lie, mutant, bench, laboratory)
    tellObservers(bench.system.r1cs, value, broken, bench.name)
    const place = mutant.places.get(bench.name)!
    assert.ok(broken.length > 0, `nothing refuses another ${lie.detail} in ${lie.statement}`)
    assert.ok(
      broken.every((row) => place.rows.has(row)),
      `another ${lie.detail} in ${lie.statement} is refused elsewhere too`,
    )
  }
}

import assert from 'node:assert/strict'
import { tellObservers } from '../../lab/circuits/harness.ts'
import { type Laboratory, laboratoryOf } from '../../lab/dishonesty/laboratory.ts'
import { isAbout, tell } from '../../lab/mutation/lie-file.ts'
import type { RecordedLie } from '../../lab/mutation/lies.ts'
import { type Mutant, mutantsOf } from '../../lab/mutation/mutants.ts'

/** A circuit, its instructions, and a prover that follows up lies. */
export interface LyingCircuit {
  readonly laboratory: Laboratory
  readonly mutants: readonly Mutant[]
}

const open = new Map<string, Promise<LyingCircuit>>()

/** Opens a circuit once in a process. */
export function lyingCircuit(name: string): Promise<LyingCircuit> {
  const known =
    open.get(name) ?? laboratoryOf(name).then((laboratory) => ({ laboratory, mutants: mutantsOf([laboratory.traced]) }))
  open.set(name, known)
  return known
}

/** Asserts of each lie that it is refused, and by the constraints of the instruction that it breaks alone. */
export function assertRefused({ mutants, laboratory }: LyingCircuit, lies: readonly RecordedLie[]): void {
  const { traced } = laboratory
  for (const lie of lies) {
    const mutant = mutants.find((each) => isAbout(lie, each))
    assert.ok(mutant, `there is no ${lie.instruction} any more; run \`npm run mutate -- --find-lies\``)
    const { value, broken } = tell(lie, mutant, laboratory)
    tellObservers(traced.system.r1cs, value, broken, traced.name)
    const place = mutant.places.get(traced.name)!
    assert.ok(broken.length > 0, `nothing refuses another ${lie.detail} in ${lie.instruction}`)
    assert.ok(
      broken.every((row) => place.rows.has(row)),
      `another ${lie.detail} in ${lie.instruction} is refused elsewhere too`,
    )
  }
}

import assert from 'node:assert/strict'
import type { Bench } from '../../scripts/mutate/bench.ts'
import { openLaboratory } from '../../scripts/mutate/laboratory.ts'
import { isAbout, tell } from '../../scripts/mutate/lie-file.ts'
import type { Lie } from '../../scripts/mutate/lies.ts'
import { mutantsOf } from '../../scripts/mutate/mutants.ts'
import { tellObservers } from './circuit-harness.ts'

/** Asserts of each lie that it is refused, and by the constraints of the statement that it breaks alone. */
export function assertRefused(bench: Bench, lies: readonly Lie[]): void {
  const mutants = mutantsOf([bench])
  const laboratory = openLaboratory(bench)
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

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { circuitsDirectory } from '../../circom/paths.ts'
import { mutantsOf } from '../../lab/mutation/mutants.ts'
import { observeTests } from '../../lab/mutation/observe-tests.ts'
import { failsWith, mutatedSource } from '../../lab/mutation/rerun.ts'
import { sampleOf } from '../../lab/mutation/sample.ts'
import { scoreAll } from '../../lab/mutation/score-all.ts'
import { traceCircuit } from '../../lab/tracing/traced-circuit.ts'

suite('mutation by changed sources', () => {
  test('a mutant that counts as killed does fail its test when the source is changed', async () => {
    const circuits = [await traceCircuit('SelectProbe-4')]
    const mutants = mutantsOf(circuits)
    const file = 'test/circuits/lib/select.test.ts'
    const told = scoreAll(circuits, mutants, await observeTests([file], { parallel: 1 })).filter(
      ({ by }) => by === file,
    )
    const edited = told.filter(({ mutant }) => {
      const source = readFileSync(join(circuitsDirectory(), mutant.instruction.file), 'utf8')
      return mutant.instruction.template === 'OneHot' && mutatedSource(source, mutant) !== undefined
    })
    assert.ok(edited.length > 2)
    assert.ok(!(await failsWith(undefined, file)))
    for (const { mutant } of sampleOf(edited, 2, 1)) assert.ok(await failsWith(mutant, file), mutant.instruction.text)
  })
})

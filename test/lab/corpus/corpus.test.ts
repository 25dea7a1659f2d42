import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { packageRoot } from '../../../circom/paths.ts'
import { buildSystem } from '../../../circom/system.ts'
import { CORPUS_ROOT, corpusHarness } from '../../../lab/corpus/compiled.ts'
import { CORPUS, DETERMINISM, OUTSIDE_CIRCUITS, PAIRS } from '../../../lab/corpus/corpus.ts'

/** The comment above a template. */
function commentAbove(template: string): string {
  for (const file of globSync(join(CORPUS_ROOT, '*.circom'))) {
    const match = new RegExp(`((?:^//.*\\n)+)template ${template}\\(`, 'm').exec(readFileSync(file, 'utf8'))
    if (match) return match[1]!
  }
  return assert.fail(`${template} has no comment above it`)
}

suite('the soundness corpus', () => {
  test('has two planted bugs of every class, or more', () => {
    const counts = Object.entries(Object.groupBy(PAIRS, (pair) => pair.class)).map(([, pairs]) => pairs!.length)
    assert.equal(counts.length, 13)
    assert.ok(Math.min(...counts) >= 2)
    assert.equal(new Set(CORPUS.map(({ name }) => name)).size, CORPUS.length)
    for (const file of Object.values(OUTSIDE_CIRCUITS).flat()) assert.ok(existsSync(join(packageRoot(), file)), file)
  })

  test('says above every template what it claims, and above a bug what is planted', () => {
    for (const { name, kind } of CORPUS) {
      assert.match(commentAbove(name), /^\/\/ Claim: /, name)
      assert.equal(commentAbove(name).includes('// Planted: '), kind === 'bug', name)
    }
  })

  for (const circuit of CORPUS) {
    test(`${circuit.name} proves its sample`, async () => {
      const { expectPass, symbols } = await corpusHarness(circuit)
      expectPass(circuit.sample)
      for (const output of circuit.outputs) assert.ok(symbols.wireOf(`main.${output}`), `no output ${output}`)
    })
  }

  for (const circuit of DETERMINISM.filter(({ kind }) => kind === 'bug')) {
    test(`${circuit.name} has two witnesses with equal inputs and different outputs`, async () => {
      const { shown } = circuit
      assert.ok(shown.by === 'determinism')
      const { r1cs, symbols, expectPass, broken } = await corpusHarness(circuit)
      const { representative } = buildSystem(r1cs)
      const honest = expectPass(shown.input ?? circuit.sample)
      const second = [...honest]
      for (const [name, value] of Object.entries(shown.changes)) {
        const wire = symbols.wireOf(`main.${name}`)
        assert.ok(wire !== undefined, `no signal ${name}`)
        for (let same = 1; same < second.length; same++) {
          if (representative[same] === representative[wire]) second[same] = value
        }
      }
      assert.deepEqual(broken(second), [])
      const inputs = (witness: readonly bigint[]) =>
        Object.keys(circuit.inputs).flatMap((name) =>
          Array.from(witness.keys())
            .filter((wire) => symbols.names(wire).some((one) => one.replace(/\[.*/, '') === `main.${name}`))
            .map((wire) => witness[wire]),
        )
      assert.deepEqual(inputs(second), inputs(honest))
      const differing = circuit.outputs.filter((name) => {
        const wire = symbols.wireOf(`main.${name}`)!
        return second[wire] !== honest[wire]
      })
      assert.notDeepEqual(differing, [])
    })
  }
})

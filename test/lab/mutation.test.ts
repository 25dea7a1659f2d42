import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import { circuitsDirectory } from '../../circom/paths.ts'
import { openLaboratory } from '../../lab/dishonesty/laboratory.ts'
import { ARGUMENTS } from '../../lab/mutation/equivalent.ts'
import { observeLies, readLies } from '../../lab/mutation/lie-file.ts'
import { type Mutant, mutantsOf } from '../../lab/mutation/mutants.ts'
import type { Observation } from '../../lab/mutation/observations.ts'
import { observeTests } from '../../lab/mutation/observe-tests.ts'
import { scoreRefusals } from '../../lab/mutation/score.ts'
import { scoreAll } from '../../lab/mutation/score-all.ts'
import { variantsOf } from '../../lab/tracing/expressions.ts'
import { instructionsOf } from '../../lab/tracing/instructions.ts'
import { type TracedCircuit, traceCircuit } from '../../lab/tracing/traced-circuit.ts'

/** The templates whose tests are cheap, and those tests. */
const TRACED_CIRCUITS = [
  'RangeProbe-48',
  'WithinProbe-1-4',
  'WithinProbe-3-1048576',
  'LogicProbe',
  'SelectProbe-4',
  'DivideProbe-10000-66',
  'QuotientProbe-40-20',
  'CompareProbe-40-41',
]
const TESTS = ['compare', 'divide', 'range', 'select'].map((name) => `test/circuits/lib/${name}.test.ts`)

suite('reading instructions', () => {
  const source = `template T(n) {
    signal input a; // a <== comment
    signal output b;
    for (var i = 0; i < n; i++) c[i] <== a * 2;
    if (n == 1) { b <== a; } else b === a + 1;
    component d = D(n);
    d.in <== a;
}`

  test('finds what makes constraints, and nothing else', () => {
    const found = instructionsOf('x.circom', source).map(({ kind, text, bare }) => [kind, text, bare])
    assert.deepEqual(found, [
      ['<==', 'c[i] <== a * 2;', true],
      ['<==', 'b <== a;', false],
      ['===', 'b === a + 1;', true],
      ['<==', 'd.in <== a;', false],
    ])
  })

  test('knows the templates of components', () => {
    assert.equal(instructionsOf('x.circom', source)[0]!.components.get('d'), 'D')
  })
})

suite('altering expressions', () => {
  test('flips signs, drops terms and factors, and raises constants, outside of indices and calls', () => {
    assert.deepEqual(
      variantsOf('a - F(2) * (b[i + 1] + 3)').map(({ text }) => text),
      [
        'a + F(2) * (b[i + 1] + 3)',
        'a - F(2) * (b[i + 1] - 3)',
        'a - F(2) * (b[i + 1] + 4)',
        'a - F(2) * (0+ 3)',
        'a - F(2) * (b[i + 1] + 0)',
        'a - 1 * (b[i + 1] + 3)',
        'a - F(2) * 1',
        '0- F(2) * (b[i + 1] + 3)',
        'a - 0',
      ],
    )
  })

  test('leaves what is no arithmetic', () => {
    for (const text of ['a', 'bits[at + 1]', 'IsZero()(a - b)', 'n == 0 ? a : b - c']) {
      assert.deepEqual(variantsOf(text), [], text)
    }
  })
})

suite('arguments for mutants that survive', () => {
  for (const { file, template, instruction, operator, detail } of ARGUMENTS) {
    test(`there is ${template}: ${instruction} ${operator} ${detail ?? ''}`, () => {
      const found = instructionsOf(file, readFileSync(join(circuitsDirectory(), file), 'utf8')).find(
        (each) => each.template === template && each.text === instruction,
      )
      assert.ok(found)
      if (operator !== 'alter') return
      const sides = found.text.replace(/;$/, '').split(/<==|===/)
      const variants = sides.flatMap((side) => variantsOf(side.trim())).map(({ text }) => text)
      assert.ok(detail === undefined || variants.includes(detail), variants.join('\n'))
    })
  }
})

suite('mutation of the templates of lib/', () => {
  let circuits: TracedCircuit[]
  let mutants: Mutant[]
  before(async () => {
    circuits = await Promise.all(TRACED_CIRCUITS.map(traceCircuit))
    mutants = mutantsOf(circuits)
  })

  test('one bit more is told by a number that only it has room for, not by wrong bits of another', () => {
    const traced = circuits.find(({ name }) => name === 'RangeProbe-48')!
    const { symbols, r1cs } = traced.system
    const { prover, witness } = openLaboratory(traced)
    const honest = witness(0)
    const widenedBy = (name: RegExp, to: (value: bigint) => bigint) => {
      const wire = honest.findIndex((_, each) => each > 0 && name.test(symbols.names(each)[0]!))
      const changed = prover.follow(honest, new Map([[wire, to(honest[wire]!)]]))!
      const all = honest.map((value, each) => changed.get(each) ?? value)
      const observation: Observation = {
        circuit: traced.name,
        constraints: r1cs.nConstraints,
        broken: prover.broken(honest, changed),
        values: Object.fromEntries(all.map((value, each) => [each, `${value}`])),
      }
      assert.equal(observation.broken.length, 1)
      const kills = scoreRefusals([traced], mutants, [observation])
      return [...kills.keys()].filter(({ operator }) => operator === 'widen').map(({ instruction }) => instruction.text)
    }
    assert.deepEqual(
      widenedBy(/^main\.bits$/, () => 1n << 48n),
      ['_ <== Num2Bits(n)(in);'],
    )
    assert.deepEqual(
      widenedBy(/^main\.bits$/, () => 1n << 49n),
      [],
    )
    assert.deepEqual(
      widenedBy(/AssertBits_\w+\.Num2Bits_\w+\.out\[0\]$/, (bit) => 1n - bit),
      [],
    )
  })

  test('every mutant of them is killed by their tests or argued', async () => {
    const lies = await readLies()
    const told = circuits.flatMap((traced) => observeLies(openLaboratory(traced), mutants, lies))
    const observed = await observeTests(TESTS, { parallel: 1 })
    const survivors = scoreAll(circuits, mutants, [...observed, ...told]).filter(
      ({ outcome }) => outcome === 'survived',
    )
    assert.deepEqual(
      survivors.map(({ mutant: { instruction, operator, detail } }) => [instruction.text, operator, detail]),
      [],
    )
  })
})

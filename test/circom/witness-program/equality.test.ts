import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { CircuitInput } from '../../../circuits/types.ts'
import { boundaries, GADGET_ROOTS, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { rooted, TOY_SOURCES } from '../../support/circuits/index.ts'
import { PRODUCT } from '../../support/toy-definitions.ts'
import { compileCase, inputsOf, type ProgramCase, programCase } from '../../support/witness-programs.ts'
import { interpret } from './interpret.ts'

const element = fc.oneof(
  fc.bigInt({ min: 0n, max: FIELD - 1n }),
  fc.bigInt({ min: 0n, max: 20n }),
  fc.constantFrom(...boundaries(40)),
)

/** The program gives circom's witness, and refuses what circom refuses. Counts how often it did which. */
function agrees(circuit: ProgramCase, inputs: fc.Arbitrary<CircuitInput>, numRuns = 300) {
  const seen = { given: 0, refused: 0 }
  fc.assert(
    fc.property(inputs, (input) => {
      const expected = circuit.circom(input)
      assert.deepEqual(interpret(circuit.program, inputsOf(circuit.program, circuit.flat(input))), expected)
      if (expected === undefined) seen.refused++
      else seen.given++
    }),
    { numRuns },
  )
  return seen
}

suite('a witness program gives what circom gives, and refuses what circom refuses', () => {
  test('of products and linear rows', async () => {
    const circuit = await programCase(PRODUCT, TOY_SOURCES)
    const honest = fc.record({ left: element, right: element, offset: element }).map(({ left, right, offset }) => ({
      ...{ left, right, offset },
      product: (left * right) % FIELD,
      square: (left + offset) ** 2n % FIELD,
    }))
    const any = fc.record({ left: element, right: element, offset: element, product: element, square: element })
    const { given, refused } = agrees(circuit, fc.oneof(honest, any))
    assert.ok(given > 50 && refused > 50, `${given} and ${refused}`)
    assert.ok(!circuit.presumesAudit)
  })

  test('of bits, ranges and comparisons', async () => {
    const shapes = { bit: [], bits: [], widest: [], signed: [] }
    const range = await programCase(gadgetDefinition('RangeProbe', [5], shapes), GADGET_ROOTS)
    const narrow = fc.oneof(
      { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 1n }) },
      { weight: 1, arbitrary: element },
    )
    const { given } = agrees(range, fc.record({ bit: narrow, bits: narrow, widest: narrow, signed: narrow }))
    assert.ok(given > 20)
    const compare = await programCase(gadgetDefinition('CompareProbe', [40, 41], { a: [], b: [] }), GADGET_ROOTS)
    agrees(compare, fc.record({ a: element, b: element }))
  })

  test('of one place among many, and of none', async () => {
    const select = await programCase(
      gadgetDefinition('SelectProbe', [5], { index: [], enabled: [], values: [5] }),
      GADGET_ROOTS,
    )
    const index = fc.oneof(fc.bigInt({ min: 0n, max: 6n }), element)
    const enabled = fc.oneof(fc.bigInt({ min: 0n, max: 2n }), element)
    const values = fc.array(element, { minLength: 5, maxLength: 5 })
    const { given, refused } = agrees(select, fc.record({ index, enabled, values }))
    assert.ok(given > 20 && refused > 20, `${given} and ${refused}`)
  })

  test('of divisions that round up and down', async () => {
    const up = await programCase(gadgetDefinition('DivideProbe', [1000, 40], { in: [] }), GADGET_ROOTS)
    const { given } = agrees(up, fc.record({ in: element }))
    assert.ok(given > 50)
    assert.ok(!up.presumesAudit)
  })

  test('of a signature, whose digits presume the audit', async () => {
    const shapes = { h: [], key: [2] }
    const times = await programCase(
      gadgetDefinition('TimesChallengeProbe', [], shapes, 'signature.circom'),
      GADGET_ROOTS,
    )
    const key = fc.tuple(element, element).map((pair) => [...pair])
    agrees(times, fc.record({ h: element, key }), 30)
    assert.ok(times.presumesAudit)
  })
})

suite('what prices options', () => {
  const priced = (template: string, args: readonly number[], shapes: Record<string, number[]>) =>
    programCase(gadgetDefinition(template, args, shapes, 'pricing.circom'), GADGET_ROOTS)
  const upTo = (bits: number) =>
    fc.integer({ min: 0, max: bits }).chain((most) => fc.bigInt({ min: 0n, max: (1n << BigInt(most)) - 1n }))
  const wide = (bits: number) => fc.oneof({ weight: 6, arbitrary: upTo(bits) }, { weight: 1, arbitrary: element })
  const beyond = (bits: number) => fc.bigInt({ min: 1n << BigInt(bits), max: FIELD - 1n })
  const square = upTo(24).chain((root) => fc.constantFrom(root * root, root * root + 2n * root, root * root + 1n))

  test('square roots, also around squares', async () => {
    const root = await priced('RootProbe', [48], { in: [] })
    const { given, refused } = agrees(root, fc.record({ in: fc.oneof(square, wide(48), beyond(48)) }))
    assert.ok(given > 100 && refused > 5, `${given} and ${refused}`)
    assert.ok(!root.presumesAudit)
    const deviation = await priced('DeviationProbe', [24, 40], { volatility: [], seconds: [] })
    agrees(deviation, fc.record({ volatility: wide(24), seconds: wide(40) }), 100)
    assert.ok(!deviation.presumesAudit)
  })

  test('divisions by what a deviation moves by', async () => {
    const scaled = await priced('ScaledDeviationProbe', [35], { deviation: [], move: [] })
    const move = fc.bigInt({ min: -1_000_001n, max: 1_000_001n }).map((x) => (x + FIELD) % FIELD)
    const { given } = agrees(scaled, fc.record({ deviation: wide(35), move: fc.oneof(move, element) }))
    assert.ok(given > 50, `${given}`)
  })

  test('logarithms, which presume the audit: that what they are of is short', async () => {
    const logarithm = await priced('LogarithmProbe', [48], { in: [] })
    const around = fc
      .integer({ min: 0, max: 48 })
      .chain((k) => fc.constantFrom((1n << BigInt(k)) - 1n, 1n << BigInt(k)))
    const { given, refused } = agrees(logarithm, fc.record({ in: fc.oneof(around, wide(48), beyond(48)) }))
    assert.ok(given > 100 && refused > 5, `${given} and ${refused}`)
    assert.ok(logarithm.presumesAudit)
  })

  test('options, in and out of the money', async () => {
    const shapes = { forward: [], strike: [], deviation: [], isPut: [] }
    const black = await priced('BlackProbe', [48, 35], shapes)
    const option = fc.record({
      forward: fc.oneof({ weight: 2, arbitrary: wide(48) }, { weight: 1, arbitrary: beyond(48) }),
      ...{ strike: wide(48), deviation: wide(35), isPut: fc.bigInt({ min: 0n, max: 1n }) },
    })
    const { given, refused } = agrees(black, option, 60)
    const corner = fc.constantFrom(
      0n,
      1n,
      2n,
      (1n << 35n) - 1n,
      (1n << 47n) - 1n,
      (1n << 48n) - 1n,
      1n << 48n,
      FIELD - 1n,
    )
    const bit = fc.constantFrom(0n, 1n)
    agrees(black, fc.record({ forward: corner, strike: corner, deviation: corner, isPut: bit }), 60)
    assert.ok(given > 10 && refused > 5, `${given} and ${refused}`)
    assert.ok(black.presumesAudit)
  })
})

suite('a circuit that no rule orders', () => {
  test('has no program, and the signals say so', async () => {
    const compiled = await compileCase({ ...rooted, inputShapes: () => ({ square: [] }) }, TOY_SOURCES)
    assert.deepEqual(compiled, { missing: ['main.root'], missingCount: 1 })
  })
})

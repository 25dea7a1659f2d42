import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { readR1cs } from '../../../circom/r1cs.ts'
import { readSymbols } from '../../../circom/symbols.ts'
import { compileProgram } from '../../../circom/witness-program/compile.ts'
import { OPERATION } from '../../../circom/witness-program/operations.ts'
import type { WitnessProgram } from '../../../circom/witness-program/program.ts'
import { exit } from '../../../circuits/index.ts'
import { FIELD_BYTES, type FlatInput, flattenInput } from '../../../circuits/input-schema.ts'
import type { CircuitInput } from '../../../circuits/types.ts'
import { compileSystem } from '../../../lab/circuits/compile-cached.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import type { TestCircuit } from '../../../lab/circuits/harness.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'
import { TOY_SOURCES } from '../../support/circuits/index.ts'
import { PRODUCT } from '../../support/toy-definitions.ts'
import { inputsOf, type ProgramCase, programCase } from '../../support/witness-programs.ts'
import { interpret } from './interpret.ts'

/** Where each check of a program begins and ends in its code. */
function* checksOf({ code }: WitnessProgram): Generator<Part> {
  let at = 0
  const forms = (count: number) => {
    for (; count > 0; count--) {
      const [plain, scaled] = [code[at]!, code[at + 1]!]
      at += 2 + (plain & 0xffff) + (plain >>> 16) + (scaled & 1) + 2 * (scaled >>> 1)
    }
  }
  /** Words before the forms of a step, its forms, and words behind them for each of its count and besides. */
  const shapes: Readonly<Record<number, readonly [before: number, forms: number, each: number, after: number]>> = {
    [OPERATION.sum]: [1, 1, 0, 0],
    [OPERATION.product]: [2, 3, 0, 0],
    [OPERATION.bits]: [0, 1, 1, 0],
    [OPERATION.zeroTest]: [1, 1, 0, 2],
    [OPERATION.oneHot]: [0, 2, 2, 0],
    [OPERATION.division]: [2, 2, 0, 0],
    [OPERATION.checkSum]: [0, 1, 0, 0],
    [OPERATION.checkProduct]: [0, 3, 0, 0],
    [OPERATION.checkBit]: [1, 0, 0, 0],
    [OPERATION.signedDigits]: [0, 2, 1, 1],
    [OPERATION.root]: [1, 1, 0, 1],
    [OPERATION.places]: [1, 1, 0, 0],
    [OPERATION.sign]: [1, 1, 0, 0],
  }
  const checks: readonly number[] = [OPERATION.checkSum, OPERATION.checkProduct, OPERATION.checkBit]
  while (at < code.length) {
    const from = at
    const [operation, count] = [code[at]! & 0xff, code[at]! >>> 8]
    at++
    if (operation === OPERATION.quotients) {
      for (let left = count; left > 0; left--) {
        at += 2
        forms(2)
      }
      continue
    }
    const [before, inside, each, after] = shapes[operation]!
    at += before
    forms(inside)
    at += each * count + after
    if (checks.includes(operation)) yield [from, at]
  }
}

type Part = readonly [from: number, to: number]

function without(program: WitnessProgram, parts: readonly Part[]): WitnessProgram {
  const isKept = (at: number) => parts.every(([from, to]) => at < from || at >= to)
  return { ...program, code: program.code.filter((_, at) => isKept(at)) }
}

/** For each check in turn, or for those of each group: whether some input is refused because of it alone. */
function noticed(
  { program, flat }: ProgramCase,
  inputs: fc.Arbitrary<CircuitInput>,
  groups = [...checksOf(program)].map((check): readonly Part[] => [check]),
): boolean[] {
  const samples = fc.sample(inputs, { numRuns: 400, seed: 7 }).map((input) => inputsOf(program, flat(input)))
  const refused = samples.filter((input) => interpret(program, input) === undefined)
  return groups.map((checks) => {
    const changed = without(program, checks)
    return refused.some((input) => interpret(changed, input) !== undefined)
  })
}

const element = fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: FIELD - 1n }))
const bit = fc.bigInt({ min: 0n, max: 2n })

suite('each check of a witness program, dropped in turn, lets through an input that was refused for it', () => {
  test('of products', async () => {
    const circuit = await programCase(PRODUCT, TOY_SOURCES)
    const input = fc
      .record({ left: element, right: element, offset: element, wrong: bit, by: element })
      .map(({ left, right, offset, wrong, by }) => ({
        ...{ left, right, offset },
        product: (left * right + (wrong === 1n ? by : 0n)) % FIELD,
        square: ((left + offset) ** 2n + (wrong === 2n ? by : 0n)) % FIELD,
      }))
    const found = noticed(circuit, input)
    assert.ok(found.length >= 2)
    assert.ok(found.every(Boolean), found.join())
  })

  test('of inputs that are 0 or 1', async () => {
    const shapes = { bit: [], bits: [], widest: [], signed: [] }
    const circuit = await programCase(gadgetDefinition('RangeProbe', [5], shapes), GADGET_ROOTS)
    const found = noticed(circuit, fc.record({ bit, bits: bit, widest: bit, signed: bit }))
    assert.ok(found.length >= 1)
    assert.ok(found.every(Boolean), found.join())
  })

  test('of one place among many: its count, and its place', async () => {
    const shapes = { index: [], enabled: [], values: [5] }
    const circuit = await programCase(gadgetDefinition('SelectProbe', [5], shapes), GADGET_ROOTS)
    const values = fc.constant([1n, 2n, 3n, 4n, 5n])
    const index = fc.bigInt({ min: 0n, max: 7n })
    const [count, place, enabled, ...more] = [...checksOf(circuit.program)]
    assert.equal(more.length, 0)
    // A place that is not there breaks both its rows: either refuses it, and without both nothing does.
    const groups = [[count!], [place!], [count!, place!], [enabled!]]
    const found = noticed(circuit, fc.record({ index, enabled: bit, values }), groups)
    assert.deepEqual(found, [false, false, true, true])
  })
})

/** A circuit as it is written, and a program that gives all of its wires. */
async function everyWire(definition: TestCircuit, sourceRoots?: readonly string[]) {
  const files = await compileSystem(definition, { optimization: 'O0', ...(sourceRoots && { sourceRoots }) })
  const written = await readR1cs(files.r1cs)
  const compiled = compileProgram(written, written, await readSymbols(files.sym))
  assert.ok('program' in compiled)
  return { written, program: compiled.program }
}

/** For inputs that nothing but checks refuses: they are refused if, and only if, a constraint is broken. */
function agrees({ written, program }: Awaited<ReturnType<typeof everyWire>>, samples: readonly FlatInput[]): void {
  const unchecked = without(program, [...checksOf(program)])
  let looked = 0
  for (const flat of samples) {
    const input = inputsOf(program, flat)
    const whole = interpret(unchecked, input)
    // Refused by bits or a quotient: then there is nothing to look at.
    if (whole === undefined) continue
    const broken = findBrokenConstraints(written, whole, { limit: 1 })
    assert.equal(broken.length === 0, interpret(program, input) !== undefined)
    looked++
  }
  assert.ok(looked > 0)
}

suite('a witness program of every wire as it is written', () => {
  const small = fc.oneof(fc.bigInt({ min: 0n, max: 9n }), element)
  const cases: readonly [
    of: string,
    definition: TestCircuit,
    roots: readonly string[],
    inputs: fc.Arbitrary<CircuitInput>,
  ][] = [
    [
      'products',
      PRODUCT,
      TOY_SOURCES,
      fc.record({ left: small, right: small, offset: small, product: small, square: small }),
    ],
    ['divisions', gadgetDefinition('DivideProbe', [1000, 40], { in: [] }), GADGET_ROOTS, fc.record({ in: small })],
    [
      'one place among many',
      gadgetDefinition('SelectProbe', [5], { index: [], enabled: [], values: [5] }),
      GADGET_ROOTS,
      fc.record({ index: small, enabled: bit, values: fc.constant([1n, 2n, 3n, 4n, 5n]) }),
    ],
    [
      'options',
      gadgetDefinition('BlackProbe', [48, 35], { forward: [], strike: [], deviation: [], isPut: [] }, 'pricing.circom'),
      GADGET_ROOTS,
      fc.record({ forward: small, strike: small, deviation: small, isPut: bit }),
    ],
  ]
  for (const [of, definition, sourceRoots, inputs] of cases) {
    test(`breaks no constraint where it succeeds, and where a check refuses it one is broken: ${of}`, async () => {
      const circuit = await everyWire(definition, sourceRoots)
      const samples = fc.sample(inputs, { numRuns: 60, seed: 11 })
      agrees(
        circuit,
        samples.map((input) => flattenInput(definition, 'small', input)),
      )
    })
  }

  test('breaks no constraint where it succeeds, and where a check refuses it one is broken: exit, an input changed', async () => {
    const { statement, witness } = exit.example('small')
    const { signals, values } = flattenInput(exit, 'small', exit.buildInput(statement, witness, 'small'))
    const random = new Random(5n)
    const changed = Array.from({ length: 12 }, () => {
      const copy = values.slice(0)
      const at = FIELD_BYTES * Number(random.next() % BigInt(values.byteLength / FIELD_BYTES))
      const view = new DataView(copy)
      view.setBigUint64(at, view.getBigUint64(at, true) ^ 1n, true)
      return { signals, values: copy }
    })
    agrees(await everyWire(exit), [{ signals, values }, ...changed])
  })
})

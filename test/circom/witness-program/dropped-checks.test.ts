import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { OPERATION } from '../../../circom/witness-program/operations.ts'
import type { WitnessProgram } from '../../../circom/witness-program/program.ts'
import type { CircuitInput } from '../../../circuits/types.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import { FIELD } from '../../../protocol/numbers.ts'
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

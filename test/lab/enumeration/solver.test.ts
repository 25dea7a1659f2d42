import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { readNamedSystem } from '../../../lab/circuits/named-system.ts'
import { CASE, handOf, orderOf } from '../../../lab/enumeration/rules/step-cases.ts'
import { ACCOUNTS, PLACES, stepAt } from '../../../lab/enumeration/rules/step-model.ts'
import { connectedPart } from '../../../lab/enumeration/solver/connected-part.ts'
import { solverOf } from '../../../lab/enumeration/solver/index.ts'
import { compileProbe, elements, type Probe } from '../../../lab/enumeration/tiny.ts'
import { invert } from '../../../protocol/field.ts'
import { FIELD, fromField, toField } from '../../../protocol/numbers.ts'

async function filesOf(probe: Probe) {
  const files = await compileProbe(probe)
  const { r1cs, symbols } = await readNamedSystem(files)
  const wireOf = (name: string) => symbols.wireOf(`main.${name}`)!
  return { r1cs, symbols, wireOf, nameOf: (wire: number) => symbols.names(wire)[0]!.replace('main.', '') }
}

const gadget = (template: string, ...args: number[]): Probe => ({ source: 'gadgets.circom', template, args })

suite('the solver', () => {
  for (const [probe, known, about] of [
    [gadget('RangesProbe', 10), [], 'in[2]'],
    [gadget('RangesProbe', 10), [], 'negative[1]'],
    [gadget('CompareProbe', 6), [], 'less[1][1]'],
    [gadget('OneHotsProbe', 8), [], 'index[3]'],
    [gadget('IsSameProbe'), ['a', 'b'], 'out'],
    [gadget('LogicProbe'), [], 'both'],
    [gadget('ChildPositionProbe'), [], 'hot[3]'],
  ] as const) {
    test(`finds what trying finds: every assignment of a few values to all signals around ${about}`, async () => {
      const { r1cs, symbols, wireOf, nameOf } = await filesOf(probe)
      const { wires, constraints } = connectedPart(r1cs, [...known.map(wireOf), wireOf(about)])
      const order = [...wires]
      const digits =
        known.length > 0 ? [-2n, -1n, 0n, 1n, 2n, fromField(invert(2n)), fromField(invert(-2n))] : [-1n, 0n, 1n, 2n]
      const { dangling } = solverOf({ r1cs, symbols }, { known, read: [] as string[] })
      const seen = order.filter((wire) => !dangling.includes(symbols.names(wire)[0]!))

      const value = new Map<number, bigint>()
      const at = ({ constant, terms }: (typeof constraints)[number]['a']) =>
        [...terms].reduce((sum, [wire, coefficient]) => sum + coefficient * value.get(wire)!, constant)
      const tried = new Set<string>()
      const place = (depth: number) => {
        if (depth < order.length) {
          for (const digit of digits) {
            value.set(order[depth]!, digit)
            place(depth + 1)
          }
        } else if (constraints.every(({ a, b, c }) => (at(a) * at(b) - at(c)) % FIELD === 0n)) {
          tried.add(seen.map((wire) => fromField((value.get(wire)! + FIELD) % FIELD)).join(' '))
        }
      }
      place(0)

      const solver = solverOf({ r1cs, symbols }, { known, read: seen.map(nameOf) })
      const found = new Set<string>()
      const remember = (read: readonly bigint[]) => {
        const signed = read.map(fromField)
        if (signed.every((one) => digits.includes(one))) found.add(signed.join(' '))
      }
      const inputs = known.length > 0 ? digits.flatMap((a) => digits.map((b) => [toField(a), toField(b)])) : [[]]
      for (const values of inputs) solver.solveExactly(values, remember)
      assert.ok(tried.size > 1)
      assert.deepEqual([...found].sort(), [...tried].sort())
    })
  }

  test('gives whole witnesses that satisfy every constraint of a step', async () => {
    const step = await stepAt('expiring')
    const { r1cs, symbols, nameOf } = await filesOf({
      source: 'step.circom',
      template: 'StepProbe',
      args: [PLACES, ACCOUNTS],
    })
    const read = Array.from({ length: r1cs.nWires - 1 }, (_, i) => nameOf(i + 1))
    const solver = solverOf({ r1cs, symbols }, { known: step.solver.known, read, bound: 1 << 14 })
    assert.deepEqual(solver.free, [])
    assert.ok(solver.dangling.length > 0 && solver.dangling.every((name) => name.endsWith('.inv')))
    const full = step.windows(PLACES).at(-1)!
    for (const one of [
      { ...CASE, bids: step.empty, asks: full, message: orderOf(0, 'sell', 1, 1, 1) },
      { ...CASE, bids: full, asks: step.empty, hand: handOf(1, 'sell', 1, 1) },
      { ...CASE, bids: step.empty, asks: step.empty, idle: 1 },
    ]) {
      const witnesses: (readonly bigint[])[] = []
      const solutions = solver.solveExactly(
        step.values(one).map((x) => toField(BigInt(x))),
        (values) => {
          witnesses.push([...values])
          assert.deepEqual(findBrokenConstraints(r1cs, [1n, ...values]), [])
        },
      )
      assert.ok(solutions > 0)
      // Where no slot of the book is met, the pointer to its account may be any, and nothing comes of it.
      const other = read.filter((_, i) => witnesses.some((values) => values[i] !== witnesses[0]![i]))
      const pointer = /^(victim|step\.victim\[\d+\]|step\.settle\.victimIndex|step\.settle\.Pick_\w+\.terms\[\d+\])$/
      assert.deepEqual(
        other.filter((name) => !pointer.test(name)),
        [],
      )
    }
  })

  test('says so where trying bits is not enough, and where nothing determines what is to be read', async () => {
    const { r1cs, symbols } = await filesOf(gadget('IsSameProbe'))
    assert.throws(() => solverOf({ r1cs, symbols }, { known: ['a'], read: ['out'] }), /no way to go on/)
    const edits = [{ file: 'lib/select.circom', from: 'place === index;', to: '' }]
    const loose = await filesOf({ ...gadget('OneHotsProbe', 8), edits })
    assert.equal(loose.wireOf('index[3]'), undefined)
    const read = elements('out[3]', 3)
    assert.equal(solverOf(loose, { known: [], read }).solve([]), 4)
  })

  test('refuses numbers beyond its bound and elements that are not canonical', async () => {
    const { r1cs, symbols } = await filesOf(gadget('IsSameProbe'))
    const solver = solverOf({ r1cs, symbols }, { known: ['a', 'b'], read: ['out'], bound: 10 })
    assert.throws(() => solver.solve([11, 0]), /beyond 10/)
    assert.throws(() => solver.solveExactly([FIELD, 0n]), /canonical/)
    assert.throws(() => solver.solve([1]), /1 values for 2/)
  })
})

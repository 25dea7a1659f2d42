import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { never } from '../../audit/clock.ts'
import { definitionOrder } from '../../audit/definition-order.ts'
import { rangesByBits } from '../../audit/digit-systems.ts'
import { Recomputation } from '../../audit/recompute.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { Random } from '../../protocol/random.ts'
import { bit, bitsOf, powers, sum, type Values } from '../support/rule-systems.ts'
import { smallSystem } from '../support/small-system.ts'

const STEPS = 40

/** y_(i + 1) = y_i * y_i + y_i from y0 on. */
const chain = Array.from({ length: STEPS }, (_, i) => `y${i} * y${i} = y${i + 1} - y${i}`)

function chainValues(start: bigint): Values {
  const values: Record<string, bigint> = { y0: start }
  for (let i = 0; i < STEPS; i++) values[`y${i + 1}`] = reduce(values[`y${i}`]! ** 2n + values[`y${i}`]!)
  return values
}

/** The other values of a witness that are witnesses, by the last wire of the chain. */
function recomputed(inputs: readonly string[], constraints: readonly string[], values: Values): bigint[] {
  const { r1cs, wire } = smallSystem({ inputs, constraints })
  const witness = new Array<bigint>(r1cs.nWires).fill(0n).with(0, 1n)
  for (const [name, value] of Object.entries(values)) witness[wire(name)] = value
  assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
  const fixed = new Uint8Array(r1cs.nWires)
  for (const name of inputs) fixed[wire(name)] = 1
  fixed[0] = 1
  const order = definitionOrder(r1cs, fixed)
  const recomputation = new Recomputation({
    r1cs,
    fixed,
    order,
    rangeOf: rangesByBits(r1cs),
    random: new Random(1n),
    tick: never,
  })
  const found: bigint[] = []
  for (const changes of recomputation.around(witness)) {
    if (changes === undefined) continue
    const other = witness.slice()
    for (const [one, value] of changes) other[one] = value
    for (const name of inputs) assert.equal(other[wire(name)], witness[wire(name)])
    if (findBrokenConstraints(r1cs, other).length === 0) found.push(other[wire(`y${STEPS}`)]!)
  }
  return found
}

describe('what follows from a change', () => {
  it('is computed from a wire that is multiplied by 0', () => {
    const constraints = ['(a - b) * y0 = c - d', ...chain]
    const own = chainValues(5n)
    const found = recomputed(['a', 'b', 'c', 'd'], constraints, { a: 3n, b: 3n, c: 7n, d: 7n, ...own })
    assert.equal(found.length, 1)
    assert.notEqual(found[0], own[`y${STEPS}`])
    const fixed = { a: 3n, b: 2n, c: 7n, d: 2n, ...own }
    assert.deepEqual(recomputed(['a', 'b', 'c', 'd'], constraints, fixed), [])
  })

  it('is computed from bits that add up to the same number otherwise', () => {
    const bits = Array.from({ length: 254 }, (_, i) => bit(`b${i}`))
    const constraints = [...bits, `${sum('b', powers(254))} - x = 0`, 'b0 + 3 b253 + 1 - y0 = 0', ...chain]
    const valuesOf = (value: bigint): Values => {
      const own = Object.fromEntries(Object.entries(bitsOf('b', value, 254)).filter(([name]) => name !== 'b'))
      return { x: 1234n, ...own, ...chainValues(own.b0! + 3n * own.b253! + 1n) }
    }
    const [first, second] = [valuesOf(1234n), valuesOf(1234n + FIELD)]
    const last = `y${STEPS}`
    assert.notEqual(first[last], second[last])
    assert.deepEqual(recomputed(['x'], constraints, first), [second[last]])
    // Of a number of 253 bits there are no others.
    const few = constraints.map((row) => (row === bit('b253') ? 'b253 = 0' : row))
    assert.deepEqual(recomputed(['x'], few, first), [])
  })
})

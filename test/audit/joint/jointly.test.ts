import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { upperBounds } from '../../../audit/bounds.ts'
import { clusterOfRow, jointly, otherSolutions } from '../../../audit/joint/jointly.ts'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { smallSystem } from '../../support/small-system.ts'

function optionsOf(system: ReturnType<typeof smallSystem>, values: readonly bigint[], fixed: readonly string[]) {
  const { r1cs, wire } = system
  const committed = new Uint8Array(r1cs.nWires).with(0, 1)
  for (const name of fixed) committed[wire(name)] = 1
  const order = (wires: Iterable<number>) => [...wires].sort((a, b) => b - a)
  return { r1cs, bounds: upperBounds(r1cs), values, committed, order }
}

/** All values of names that a cluster around the first row has, and whether there are no others. */
function solve(system: ReturnType<typeof smallSystem>, names: readonly string[], fixed: Record<string, bigint>) {
  const values = new Array<bigint>(system.r1cs.nWires).fill(0n).with(0, 1n)
  for (const [name, value] of Object.entries(fixed)) values[system.wire(name)] = value
  const options = optionsOf(system, values, Object.keys(fixed))
  const cluster = clusterOfRow(options, 0)
  assert.ok(cluster)
  const solving = jointly(options, cluster)
  const found: bigint[][] = []
  for (;;) {
    const next = solving.next()
    if (next.done) return { found: found.sort((a, b) => (a.join() < b.join() ? -1 : 1)), all: next.value }
    const solution = new Map(next.value)
    const witness = values.map((value, wire) => solution.get(wire) ?? value)
    if (cluster.isClosed) assert.deepEqual(findBrokenConstraints(system.r1cs, witness), [])
    found.push(names.map((name) => witness[system.wire(name)]!))
  }
}

suite('solving constraints together', () => {
  test('finds where a quadratic in two rows vanishes', () => {
    const system = smallSystem({ inputs: [], constraints: ['xx - 5 x + 6 = 0', 'x * x = xx'] })
    const { found, all } = solve(system, ['x', 'xx'], {})
    assert.deepEqual(
      [found, all],
      [
        [
          [2n, 4n],
          [3n, 9n],
        ],
        true,
      ],
    )
  })

  test('finds the rows that it takes: of a fourth power by its square', () => {
    const system = smallSystem({ inputs: [], constraints: ['x4 + 3 x - 22 = 0', 'xx * xx = x4', 'x * x = xx'] })
    const { found, all } = solve(system, ['x'], {})
    assert.equal(all, true)
    assert.ok(found.some(([x]) => x === 2n))
  })

  test('finds all points that two circles have in common, and only those', () => {
    const system = smallSystem({
      inputs: ['s', 'p'],
      constraints: ['xx + yy - s = 0', 'x * x = xx', 'y * y = yy', 'x * y = p'],
    })
    const { found, all } = solve(system, ['x', 'y'], { s: 13n, p: 6n })
    assert.equal(all, true)
    const wanted = [
      [2n, 3n],
      [3n, 2n],
      [FIELD - 2n, FIELD - 3n],
      [FIELD - 3n, FIELD - 2n],
    ]
    assert.deepEqual(
      found,
      wanted.sort((a, b) => (a.join() < b.join() ? -1 : 1)),
    )
  })

  test('finds the eight points of three quadrics of which none gives an unknown', () => {
    const system = smallSystem({
      inputs: [],
      constraints: ['(x + y) * (x - y + 1) = z + 1', '(y + 2 z) * (y - z) = x + 4', '(z + x) * (z + 3 x) = y - 11'],
    })
    const { all } = solve(system, ['x', 'y', 'z'], {})
    assert.equal(all, true)
  })

  test('says that there is nothing where equations contradict each other', () => {
    const system = smallSystem({ inputs: [], constraints: ['xx + x - 1 = 0', 'x * x = xx', '(x + 1) * x = 2'] })
    assert.deepEqual(solve(system, ['x'], {}), { found: [], all: true })
  })

  test('holds a wire where there are too few equations, and says that there may be more', () => {
    const system = smallSystem({
      inputs: [],
      constraints: ['xx + 2 yy + x - 10 = 0', 'x * x = xx', 'y * y = yy'],
    })
    const { all } = solve(system, ['x', 'y'], {})
    assert.equal(all, false)
  })

  test('gives the other solutions of a closed system, and none of an open one', () => {
    const system = smallSystem({
      inputs: ['s', 'p'],
      constraints: ['xx + yy - s = 0', 'x * x = xx', 'y * y = yy', 'x * y = p', 'u * x = v'],
    })
    const values = [1n, 13n, 6n, 4n, 9n, 2n, 3n, 0n, 0n]
    const options = optionsOf(system, values, ['s', 'p'])
    assert.equal([...otherSolutions(options, 0)].length, 3)
    assert.deepEqual([...otherSolutions(options, 4)].length, 0)
  })
})

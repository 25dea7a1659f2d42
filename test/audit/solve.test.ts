import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { definitionOrder } from '../../audit/definition-order.ts'
import { wireOrder } from '../../audit/search-order.ts'
import { Solver } from '../../audit/solve.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { smallSystem } from '../support/small-system.ts'

function solverOf(system: ReturnType<typeof smallSystem>, base: Record<string, bigint>, fixed: readonly string[]) {
  const { r1cs, wire } = system
  const values = new Array<bigint>(r1cs.nWires).fill(0n).with(0, 1n)
  for (const [name, value] of Object.entries(base)) values[wire(name)] = value
  const isFixed = new Uint8Array(r1cs.nWires)
  for (const name of fixed) isFixed[wire(name)] = 1
  const order = wireOrder(r1cs, definitionOrder(r1cs, isFixed))
  return new Solver({ r1cs, base: values, fixed: isFixed, order, specials: () => [] })
}

function finish(solver: Solver): string {
  for (let steps = 0; steps < 1_000; steps++) {
    const state = solver.step()
    if (state !== 'open') return state
  }
  return 'open'
}

suite('the solver', () => {
  const chain = smallSystem({ inputs: ['x'], constraints: ['x * x = y', 'y * x = z', 'z + y - out = 0'] })

  test('carries a change through all that follows from it', () => {
    const solver = solverOf(chain, { x: 2n, y: 4n, z: 8n, out: 12n }, [])
    assert.ok(solver.start([[chain.wire('x'), 3n]]))
    assert.equal(finish(solver), 'solved')
    assert.deepEqual(solver.values, [1n, 3n, 9n, 27n, 36n])
    assert.equal(solver.changed().length, 4)
  })

  test('computes a witness from nothing', () => {
    const solver = solverOf(chain, {}, [])
    assert.ok(solver.start([[chain.wire('x'), 5n]], { all: true }))
    assert.equal(finish(solver), 'solved')
    assert.deepEqual(findBrokenConstraints(chain.r1cs, solver.values), [])
    assert.equal(solver.values[chain.wire('out')], 150n)
  })

  test('never changes what is fixed', () => {
    const solver = solverOf(chain, { x: 2n, y: 4n, z: 8n, out: 12n }, ['x'])
    assert.equal(solver.start([[chain.wire('out'), 13n]]) && finish(solver) === 'solved', false)
    assert.equal(solver.start([[chain.wire('x'), 3n]]), false)
  })

  test('takes back a choice that leads nowhere', () => {
    const system = smallSystem({
      inputs: ['s'],
      constraints: ['a + b - s = 0', 'a * (a - 1) = 0', 'c * c = b', 'c * a = c + d'],
    })
    const solver = solverOf(system, { s: 5n, a: 1n, b: 4n, c: 2n }, [])
    assert.ok(solver.start([[system.wire('s'), 10n]]))
    assert.equal(finish(solver), 'solved')
    assert.deepEqual(findBrokenConstraints(system.r1cs, solver.values), [])
  })

  test('starts afresh from the base, and goes on after a solution is rejected', () => {
    const system = smallSystem({ inputs: ['x'], constraints: ['y * y = x'] })
    const solver = solverOf(system, { x: 4n, y: 2n }, [])
    const roots = new Set<bigint>()
    assert.ok(solver.start([[system.wire('x'), 9n]]))
    while (finish(solver) === 'solved') {
      roots.add(solver.values[system.wire('y')]!)
      solver.reject()
    }
    assert.equal(roots.size, 2)
    assert.ok(solver.start([]))
    assert.deepEqual(solver.values, [1n, 4n, 2n])
  })
})

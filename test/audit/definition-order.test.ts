import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { definitionOrder } from '../../audit/definition-order.ts'
import { smallSystem } from '../support/small-system.ts'

function ordered(system: ReturnType<typeof smallSystem>, fixed: readonly string[]) {
  const isFixed = new Uint8Array(system.r1cs.nWires)
  for (const name of fixed) isFixed[system.wire(name)] = 1
  const order = definitionOrder(system.r1cs, isFixed)
  return { ...order, sources: order.sources, rank: (name: string) => order.rank[system.wire(name)]! }
}

suite('the order of definitions', () => {
  test('puts what is computed after what it is computed from, with nothing free', () => {
    const system = smallSystem({ inputs: ['x'], constraints: ['b * a = c', 'a * a = b', 'x * x = a'] })
    const { sources, rank } = ordered(system, ['x'])
    assert.deepEqual(sources, [])
    assert.ok(rank('a') < rank('b') && rank('b') < rank('c'))
  })

  test('finds the one wire from which a long chain follows', () => {
    const links = Array.from({ length: 200 }, (_, i) => `w${i} * w${i} = w${i + 1}`)
    const system = smallSystem({ inputs: ['x'], constraints: [...links.toReversed(), 'x * w200 = out'] })
    assert.deepEqual(ordered(system, ['x']).sources, [system.wire('w0')])
  })

  test('takes bits as given by their sum', () => {
    const bits = ['b0', 'b1', 'b2'].map((bit) => `${bit} * (${bit} - 1) = 0`)
    const system = smallSystem({ inputs: ['x'], constraints: [...bits, 'b0 + 2 b1 + 4 b2 - x = 0'] })
    const { sources, branches } = ordered(system, ['x'])
    assert.deepEqual(sources, [])
    assert.deepEqual(branches, new Set(['b0', 'b1', 'b2'].map(system.wire)))
  })

  test('calls free what no constraint mentions', () => {
    const system = smallSystem({ outputs: ['out'], inputs: ['x'], constraints: ['x * x = y'] })
    assert.deepEqual(ordered(system, ['x']).sources, [system.wire('out')])
  })
})

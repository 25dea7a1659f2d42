import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { givenInputs } from '../../audit/free-wires.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { smallSystem } from '../support/small-system.ts'

function given(inputs: string[], constraints: string[]): string[] {
  const { r1cs, wire } = smallSystem({ inputs, constraints })
  const found = givenInputs(r1cs, inputWires(r1cs))
  return inputs.filter((name) => found.includes(wire(name)))
}

suite('inputs that constraints give', () => {
  test('are those that are compared with what others give', () => {
    assert.deepEqual(given(['root', 'x', 'y'], ['x * y = p', 'p * p = q', 'q - root = 0']), ['root'])
    assert.deepEqual(given(['x', 'y', 'root'], ['x * y = p', 'p * p = q', 'root - q = 0']), ['root'])
  })

  test('are those of an equality that a zero test asks for', () => {
    const isEqual = ['d - root + q = 0', 'd * inverse = 1 - equal', 'd * equal = 0', 'equal - 1 = 0']
    assert.deepEqual(given(['x', 'y', 'root'], ['x * y = p', 'p * p = q', ...isEqual]), ['root'])
  })

  test('are those of a comparison behind a choice by the bits of another input', () => {
    const bits = ['a', 'b'].map((bit) => `${bit} * (${bit} - 1) = 0`)
    const ways = ['a * (x - y) = u - y', 'b * (u - x) = v - x', 'v - root = 0']
    assert.deepEqual(given(['root', 'x', 'y', 'index'], [...bits, 'a + 2 b - index = 0', ...ways]), ['root'])
  })

  test('are none where constraints only compute, or bound a number by bits', () => {
    assert.deepEqual(given(['x', 'y'], ['x * y = p', 'p * p = q']), [])
    const bits = ['a', 'b', 'c'].map((bit) => `${bit} * (${bit} - 1) = 0`)
    assert.deepEqual(given(['x'], [...bits, 'a + 2 b + 4 c - x = 0']), [])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mentionedWires } from '../../audit/mentioned-wires.ts'
import { unusedPublicInputs } from '../../audit/unused-inputs.ts'
import { smallSystem } from '../support/small-system.ts'

/** Whether constraints say anything of x, an input beside y. */
function isMentioned(constraints: readonly string[]): boolean {
  const { r1cs, wire } = smallSystem({
    outputs: ['out'],
    inputs: ['x', 'y'],
    constraints: ['out - y = 0', ...constraints],
  })
  const isUnused = unusedPublicInputs({ ...r1cs, nPublicInputs: 2, nPublic: 3 }).includes(wire('x'))
  assert.equal(mentionedWires(r1cs)[wire('x')], isUnused ? 0 : 1)
  return !isUnused
}

describe('a wire that constraints mention', () => {
  it('is one on which some of them depend', () => {
    for (const one of [
      'x - 3 = 0',
      '2 * x = y',
      'x * y = x',
      'y * (y + 1) = x',
      'x * x = x',
      '(x - y) * (x - y) = 0',
    ]) {
      assert.ok(isMentioned([one]), one)
    }
  })

  it('is none that cancels out, or is multiplied by 0', () => {
    for (const one of [
      'x - x = 0',
      'x - y - x = 0',
      '() * x = 0',
      '(y - y) * (x + y) = 0',
      '3 * x = 3 x',
      '(x - x + 1) * y = out',
    ]) {
      assert.ok(!isMentioned([one]), one)
    }
    assert.ok(!isMentioned([]))
  })
})

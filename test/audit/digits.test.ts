import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { propagate } from '../../audit/propagate.ts'
import { buildSystem } from '../../circom/system.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { belowBase, spreadSum, spreadSumFromTop, threeDigits } from '../support/radix-systems.ts'
import { ranged } from '../support/rule-systems.ts'
import { smallSystem } from '../support/small-system.ts'

/** Which of the digits a, b and c of x are proven. */
async function proven(constraints: readonly string[]): Promise<string> {
  const { r1cs, wire } = smallSystem({ outputs: ['a', 'b', 'c'], inputs: ['x'], constraints })
  const system = buildSystem(r1cs)
  const { facts } = await propagate(system, [wire('x')])
  return ['a', 'b', 'c'].filter((name) => facts.isKnown(system.representative[wire(name)]!)).join('')
}

describe('the stride of a wire', () => {
  const strideOf = async (sum: string) => {
    const bounds = [...ranged('y', 2), ...ranged('z', 2), ...ranged('x', 252)]
    const { r1cs, wire } = smallSystem({ inputs: ['w'], constraints: [...bounds, sum] })
    const system = buildSystem(r1cs)
    const { facts } = await propagate(system, [])
    return facts.strideOf(system.representative[wire('x')]!)
  }

  it('is what the terms of its sum have in common', async () => {
    assert.equal(await strideOf('5 y + 2 - x = 0'), 5n)
    assert.equal(await strideOf('6 y + 4 z - x = 0'), 2n)
    assert.equal(await strideOf('6 y + z - x = 0'), 1n)
  })

  it('is none where the sum wraps around the field prime in some witnesses alone', async () => {
    const half = (FIELD - 1n) / 2n
    assert.equal(await strideOf(`${half / 2n} y - x = 0`), half / 2n)
    assert.equal(await strideOf(`${half} y - x = 0`), 1n)
    assert.equal(await strideOf(`1000 - 7 y - x = 0`), 7n)
    assert.equal(await strideOf(`10 - 7 y - x = 0`), 1n)
  })
})

describe('digits below a base of a sum over several rows', () => {
  for (const [order, sum] of Object.entries({ lowest: spreadSum, highest: spreadSumFromTop })) {
    const honest = [...threeDigits, ...sum]

    it(`are proven, added up from the ${order}`, async () => {
      assert.equal(await proven(honest), 'abc')
    })

    it(`are not if a constraint is missing, added up from the ${order}`, async () => {
      // The highest digit needs only one of its bounds: from 0 to 7, or from -3 to 4, it has one representation, too.
      const highest = new Set(belowBase('c'))
      for (const one of honest.filter((row) => !highest.has(row))) {
        const found = await proven(honest.filter((other) => other !== one))
        assert.notEqual(found, 'abc', `without ${one}`)
        // Added up from the lowest, no sum has a place for more than its digits.
        if (order === 'lowest') assert.equal(found, '', `without ${one}`)
      }
      const open = honest.filter((row) => !highest.has(row))
      assert.equal(await proven(open), '', 'without both')
    })

    it(`are not if a bound is wider or a weight less by one, added up from the ${order}`, async () => {
      for (const name of ['a', 'b']) {
        const wider = honest.map((one) => (one === `${name} + 3 - ${name}t = 0` ? `${name} + 2 - ${name}t = 0` : one))
        assert.ok(!(await proven(wider)).includes(name), `${name} may be 5`)
      }
      for (const [from, to] of [
        ['5 b -', '4 b -'],
        ['25 c -', '24 c -'],
      ] as const) {
        const closer = honest.map((one) => one.replace(from, to))
        assert.doesNotMatch(await proven(closer), /[ab]/, to)
      }
    })
  }

  it('are not if there are so many that their sum may wrap', async () => {
    const digits = (count: number) => Array.from({ length: count }, (_, i) => `d${i}_`)
    const chain = (names: readonly string[]) => {
      const rows = names.map((name, i) => `5 ${i === 0 ? 'n' : `m${i}`} + ${name} - m${i + 1} = 0`)
      return [...belowBase('n'), ...names.flatMap((name) => belowBase(name)), ...rows, `m${names.length} - x = 0`]
    }
    const isProven = async (count: number) => {
      const { r1cs, wire } = smallSystem({ outputs: ['n'], inputs: ['x'], constraints: chain(digits(count)) })
      const system = buildSystem(r1cs)
      const { facts } = await propagate(system, [wire('x')])
      return facts.isKnown(system.representative[wire('n')]!)
    }
    // 5^109 < r < 5^110.
    assert.ok(await isProven(108))
    assert.ok(!(await isProven(109)))
  })
})

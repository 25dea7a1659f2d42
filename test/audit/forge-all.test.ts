import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { forgeAll } from '../../audit/forge-all.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { smallSystem } from '../support/small-system.ts'

const timeout = 60_000

/** w^5 = 0 has one solution, which nothing here proves: the output is 0 whatever u is. */
const STOPPED = smallSystem({
  outputs: ['out'],
  inputs: ['x'],
  constraints: ['u + v - x = 0', 'w * w = w2', 'w2 * w2 = w4', 'w4 * w = 0', 'u * w = out'],
})

/** Behind one mask after the other, each open at one value of an input alone. */
function masked(count: number) {
  const inputs = Array.from({ length: count }, (_, i) => `k${i}`)
  const masks = inputs.flatMap((k, i) => [
    `${k} - ${1009 * (i + 1)} - d${i} = 0`,
    `d${i} * i${i} = 1 - m${i}`,
    `d${i} * m${i} = 0`,
    `m${i} * p${i} = p${i + 1}`,
  ])
  const constraints = ['p0 + v - x = 0', ...masks, `p${count} - out = 0`]
  return smallSystem({ outputs: ['out'], inputs: ['x', ...inputs], constraints })
}

function forgeOut({ r1cs, wire }: ReturnType<typeof smallSystem>, options: { work: number; deadline?: number }) {
  const { work, deadline = Number.POSITIVE_INFINITY } = options
  const proven = new Uint8Array(r1cs.nWires)
  return forgeAll({ r1cs, proven, targets: [wire('out')], isOpen: () => true, work, deadline })
}

describe('the ancestors of a target for which no forgery is found', () => {
  it('are forged, and the target says which of them are', async () => {
    const { r1cs, wire } = STOPPED
    const { found, ends, ancestors } = await forgeOut(STOPPED, { work: 100_000 })
    assert.equal(found.has(wire('out')), false)
    assert.equal(ends.get(wire('out')), 'work')
    const free = ancestors.get(wire('out'))!
    assert.ok(free.includes(wire('u')))
    for (const one of free) {
      const { first, second, target } = found.get(one)!
      assert.equal(target, one)
      for (const witness of [first, second]) assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
      assert.notEqual(first[one], second[one])
    }
  })

  it('stand in the report by their names, with witnesses, and count as FORGED', async () => {
    const { r1cs, wire } = STOPPED
    const symbols = parseSymbols(
      ['out', 'u', 'v', 'w'].map((name) => `${wire(name)},${wire(name)},0,main.${name}\n`).join(''),
    )
    const { targets, ancestors, counts } = await audit({ r1cs, symbols, timeout, effort: 0.01 })
    const [{ verdict, search, freeAncestors }] = targets as [(typeof targets)[number]]
    assert.deepEqual([verdict, search], ['UNKNOWN', 'work'])
    assert.ok(freeAncestors!.includes('main.u'))
    assert.deepEqual(
      ancestors.map(({ name }) => name),
      freeAncestors,
    )
    assert.ok(ancestors.every(({ verdict, forgery }) => verdict === 'FORGED' && forgery !== undefined))
    assert.equal(counts.FORGED, ancestors.length)
    assert.equal(
      Object.values(counts).reduce((sum, count) => sum + count, 0),
      r1cs.nWires - 2,
    )
  })

  it('have their difference carried to the target through what masks it', async () => {
    const system = masked(6)
    const { found } = await forgeOut(system, { work: 1_000_000 })
    const { first, second } = found.get(system.wire('out'))!
    assert.notEqual(first[system.wire('out')], second[system.wire('out')])
  })
})

describe('the work of an audit', () => {
  it('gives the same verdicts whether the clock is fast or slow', async () => {
    const { r1cs } = STOPPED
    const run = async () => {
      const { milliseconds: _, ...report } = await audit({ r1cs, symbols: parseSymbols(''), timeout, effort: 0.002 })
      return report
    }
    const usual = await run()
    let now = 0
    const clock = mock.method(performance, 'now', () => {
      now += 0.5
      return now
    })
    try {
      assert.deepEqual(await run(), usual)
    } finally {
      clock.mock.restore()
    }
  })

  it('grows with the effort, and ends early only for lack of time, which the verdict says', async () => {
    const { r1cs, wire } = STOPPED
    const { ends } = await forgeOut(STOPPED, { work: 100_000, deadline: 0 })
    assert.equal(ends.get(wire('out')), 'time')
    const { targets } = await audit({ r1cs, symbols: parseSymbols(''), timeout: 0 })
    assert.deepEqual(
      targets.map(({ verdict, search }) => [verdict, search]),
      [['UNKNOWN', 'time']],
    )
  })
})

describe('a wire beside the targets', () => {
  it('is forged by what was found for one of them, without a search of its own', async () => {
    const { r1cs, wire } = smallSystem({ inputs: ['x', 'y'], constraints: ['u + v - x = 0', 's + t - y = 0'] })
    const proven = new Uint8Array(r1cs.nWires)
    const beside = ['v', 't'].map(wire)
    const rest = { isOpen: () => true, work: 100_000, deadline: Number.POSITIVE_INFINITY }
    const { found, ends } = await forgeAll({ r1cs, proven, targets: [wire('u')], beside, ...rest })
    const { first, second, target } = found.get(wire('v'))!
    assert.equal(target, wire('v'))
    for (const witness of [first, second]) assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
    assert.notEqual(first[target], second[target])
    assert.equal(found.has(wire('t')), false, 'nothing was found that answers for it')
    assert.deepEqual([...ends.keys()], [wire('u')])
  })
})

import assert from 'node:assert/strict'
import { memoryUsage } from 'node:process'
import { describe, it, mock } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { ticker } from '../../audit/clock.ts'
import { definitionOrder } from '../../audit/definition-order.ts'
import { prove } from '../../audit/prove.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import { smallSystem } from '../support/small-system.ts'

/** Sums, products and bits of which the last are free: every phase of an audit has something to do. */
function busySystem(size: number) {
  const constraints = Array.from({ length: size }, (_, i) => [
    `x${i} * x${i} = x${i + 1} + ${i % 7} x0`,
    `b${i} * b${i} = b${i}`,
    `b${i} + 2 s${i} - x${i} = 0`,
    `s${i} + t${i} - u${i} = 0`,
    `s${i} - t${i} - 3 v${i} = 0`,
  ]).flat()
  return smallSystem({ outputs: [`u${size - 1}`], inputs: ['x0'], constraints }).r1cs
}

/** Makes the clock go on by one at each look, so that time is the number of looks. */
function countedClock() {
  let now = 0
  const clock = mock.method(performance, 'now', () => now++)
  return { looks: () => now, [Symbol.dispose]: () => clock.mock.restore() }
}

describe('the time of an audit', () => {
  it('ends it wherever it is: after the deadline hardly anybody looks at the clock again', async () => {
    const r1cs = busySystem(400)
    const ends = new Set<string>()
    for (const timeout of [0, 10, 40, 90, 200, 500, 1500, 3000, 6000, 12_000, 40_000]) {
      using clock = countedClock()
      const began = clock.looks()
      const report = await audit({ r1cs, symbols: parseSymbols(''), targets: 'all', timeout })
      // Between two looks at the deadline, a proof looks up to 50 times whether others are to have their turn.
      assert.ok(clock.looks() - began - timeout < 100, `${clock.looks() - began} looks for ${timeout}`)
      const counted = Object.values(report.counts).reduce((sum, count) => sum + count, 0)
      assert.equal(counted, r1cs.nWires - 2)
      ends.add(report.stopped === undefined ? 'forging' : report.counts.PROVEN > 0 ? 'proving' : 'reading')
    }
    assert.deepEqual([...ends].sort(), ['forging', 'proving', 'reading'])
  })

  it('is looked at by every phase that takes long, again and again', () => {
    const r1cs = busySystem(100)
    const fixed = new Uint8Array(r1cs.nWires)
    for (const [what, work] of Object.entries({
      read: (tick: () => void) => buildSystem(r1cs, tick),
      order: (tick: () => void) => definitionOrder(r1cs, fixed, tick),
    })) {
      let ticks = 0
      work(() => ticks++)
      assert.ok(ticks >= r1cs.nConstraints, `${what}: ${ticks}`)
    }
  })

  it('lets a tick pass until the deadline, and none of many after it', () => {
    const early = ticker(Number.POSITIVE_INFINITY)
    for (let call = 0; call < 1000; call++) early()
    const late = ticker(-1)
    assert.throws(() => {
      for (let call = 0; call < 1000; call++) late()
    }, /time of the audit/)
  })
})

describe('the memory of an audit', () => {
  /** A process that has taken one byte more at each look. */
  function countedMemory() {
    let bytes = 0
    const memory = mock.method(memoryUsage, 'rss', () => bytes++)
    return { looks: () => bytes, [Symbol.dispose]: () => memory.mock.restore() }
  }

  it('ends the proof wherever it is, also while the system is read: then nobody looks at it again', async () => {
    const r1cs = busySystem(2000)
    const ends = new Set<string>()
    for (const maxBytes of [0, 3, 10, 20, 40, 80, 160, 1_000_000]) {
      using memory = countedMemory()
      const symbols = parseSymbols('')
      const proof = await prove({ r1cs, symbols, inputs: [2], deadline: Number.POSITIVE_INFINITY, maxBytes })
      if (proof.stopped === 'memory') assert.equal(memory.looks(), maxBytes + 2, `of ${maxBytes} bytes`)
      ends.add(proof.stopped !== 'memory' ? 'done' : proof.facts === undefined ? 'reading' : 'proving')
    }
    assert.deepEqual([...ends].sort(), ['done', 'proving', 'reading'])
  })

  it('lets a tick pass up to the limit, and none of many beyond it', () => {
    const within = ticker(Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER)
    for (let call = 0; call < 10_000; call++) within()
    const beyond = ticker(Number.POSITIVE_INFINITY, 1)
    assert.throws(() => {
      for (let call = 0; call < 10_000; call++) beyond()
    }, /memory of the audit/)
  })
})

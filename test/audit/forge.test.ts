import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ForgeLimits, Forger, forge } from '../../audit/forge.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { smallSystem } from '../support/small-system.ts'

const bits = (name: string, n: number) => Array.from({ length: n }, (_, i) => `${name}${i} * (${name}${i} - 1) = 0`)
const sum = (name: string, n: number) =>
  Array.from({ length: n }, (_, i) => `+ ${1n << BigInt(i)} ${name}${i}`).join(' ')

/** Systems with a planted bug, and the wire that it leaves free. */
const BUGGY: Record<string, { outputs?: string[]; inputs: string[]; constraints: string[]; target: string }> = {
  'an output that nothing constrains': { outputs: ['out'], inputs: ['x'], constraints: ['x * x = y'], target: 'out' },
  'a quotient without a bound on the remainder': {
    outputs: ['q', 'rest'],
    inputs: ['a', 'b'],
    constraints: ['q * b = a - rest'],
    target: 'q',
  },
  'a remainder that may exceed the divisor': {
    outputs: ['q'],
    inputs: ['a', 'b'],
    constraints: ['q * b = a - rest', ...bits('r', 8), `rest ${sum('r', 8).replaceAll('+', '-')} = 0`],
    target: 'q',
  },
  'a division by zero': { outputs: ['c'], inputs: ['a', 'b'], constraints: ['c * b = a'], target: 'c' },
  'the alias of 254 bits': {
    inputs: ['x'],
    constraints: [...bits('b', 254), `${sum('b', 254)} - x = 0`],
    target: 'b0',
  },
  'the alias of a higher bit': {
    inputs: ['x'],
    constraints: [...bits('b', 254), `${sum('b', 254)} - x = 0`],
    target: 'b7',
  },
  'the sign of a square root': { outputs: ['root'], inputs: ['x'], constraints: ['root * root = x'], target: 'root' },
  'a sum of two that is all that is known': {
    outputs: ['x'],
    inputs: ['s'],
    constraints: ['x + y - s = 0'],
    target: 'x',
  },
  'three equations in four unknowns': {
    outputs: ['x'],
    inputs: ['s'],
    constraints: ['x + y + z + w - s = 0', 'x - y + 2 z - w = 0', '3 x + y - z + 5 w - 7 = 0'],
    target: 'x',
  },
  'a one-hot that may be empty': {
    outputs: ['ok'],
    inputs: ['i'],
    constraints: [
      ...[0, 1, 2, 3].map((k) => `h${k} * (i - ${k}) = 0`),
      'h0 + h1 + h2 + h3 - ok = 0',
      'ok * (ok - 1) = 0',
    ],
    target: 'ok',
  },
  'a choice that nothing ties to an input': {
    outputs: ['out'],
    inputs: ['x0', 'x1', 'x2'],
    constraints: [
      ...bits('s', 3),
      's0 + s1 + s2 - 1 = 0',
      's0 * x0 = p0',
      's1 * x1 = p1',
      's2 * x2 = p2',
      'p0 + p1 + p2 - out = 0',
    ],
    target: 'out',
  },
  'a selector that need not be boolean': {
    outputs: ['out'],
    inputs: ['x', 'y'],
    constraints: ['s * (s - 1) = t', 's * (x - y) = out - y', 't * x = u'],
    target: 'out',
  },
  'a slope between equal points': {
    outputs: ['slope', 'x3'],
    inputs: ['x1', 'y1', 'x2', 'y2'],
    constraints: ['slope * (x2 - x1) = y2 - y1', 'slope * slope = x3 + x1 + x2'],
    target: 'x3',
  },
  'a comparison with zero whose second half is missing': {
    outputs: ['isZero'],
    inputs: ['x'],
    constraints: ['x * inverse = 1 - isZero'],
    target: 'isZero',
  },
  'a divisor that vanishes behind a product': {
    outputs: ['c'],
    inputs: ['a', 'b', 'd'],
    constraints: ['b * d = k', 'c * (k - 6) = a - 5'],
    target: 'c',
  },
  'a quadratic divisor whose square stands in another row': {
    outputs: ['slope', 'x3'],
    inputs: ['x', 'y'],
    constraints: ['x * x = xx', 'slope * (2 y) = 3 xx + 337396 x + 1', 'slope * slope = x3 + 168698 + 2 x'],
    target: 'x3',
  },
  'a divisor that vanishes with what it divides at other numbers than they seem to': {
    outputs: ['q'],
    inputs: ['x'],
    constraints: ['x * x = xx', 'xx * x = xxx', 'q * (xx + x + 1) = xxx - 1'],
    target: 'q',
  },
  'a denominator of products that vanishes with its numerator': {
    outputs: ['y2'],
    inputs: ['x', 'y'],
    constraints: ['x * x = xx', 'y * y = yy', 'xx * yy = t', 'y2 * (1 - 4 t) = yy - xx'],
    target: 'y2',
  },
  'the other point that two curves have in common': {
    outputs: ['x', 'y'],
    inputs: ['s', 'd'],
    constraints: [
      ...['x * x = xx', 'y * y = yy', 'x * y = xy', 's * s = ss', 'd * d = dd'],
      ...['2 xx + 2 yy - ss - dd = 0', '4 xy - ss + dd = 0'],
    ],
    target: 'x',
  },
  'a product that a comparison with an input hides': {
    outputs: ['q'],
    inputs: ['x', 'y', 'digest'],
    constraints: ['x * y = p', '(p + x) * (p + 3) = h', 'h * h = k', 'k - digest = 0', 'q * (x - y) = x - y'],
    target: 'q',
  },
  'bits after linear simplification': {
    inputs: ['x'],
    constraints: [
      ...bits('b', 253),
      `(x ${sum('b', 253).replaceAll('+', '-')}) * (x ${sum('b', 253).replaceAll('+', '-')} - ${1n << 253n}) = 0`,
    ],
    target: 'b3',
  },
}

/** Their corrected twins: nothing is free. */
const SOUND: Record<string, { outputs?: string[]; inputs: string[]; constraints: string[]; target: string }> = {
  'an output that is constrained': { outputs: ['out'], inputs: ['x'], constraints: ['x * x = out'], target: 'out' },
  'bits that cannot wrap': { inputs: ['x'], constraints: [...bits('b', 40), `${sum('b', 40)} - x = 0`], target: 'b0' },
  'a comparison with zero': {
    outputs: ['isZero'],
    inputs: ['x'],
    constraints: ['x * inverse = 1 - isZero', 'x * isZero = 0'],
    target: 'isZero',
  },
  'a division by one that is not zero': {
    outputs: ['c'],
    inputs: ['a', 'b'],
    constraints: ['c * b = a', 'b * inverse = 1'],
    target: 'c',
  },
  'a one-hot that is full': {
    outputs: ['h1'],
    inputs: ['i'],
    constraints: [...[0, 1, 2].map((k) => `h${k} * (i - ${k}) = 0`), 'h0 + h1 + h2 - 1 = 0'],
    target: 'h1',
  },
  'three equations in three unknowns': {
    outputs: ['x'],
    inputs: ['s'],
    constraints: ['x + y + z - s = 0', 'x - y + 2 z = 0', '3 x + y - z - 7 = 0'],
    target: 'x',
  },
}

describe('forging', () => {
  for (const [what, { target, ...system }] of Object.entries(BUGGY)) {
    it(`finds ${what}`, async () => {
      const { r1cs, wire } = smallSystem(system)
      const proven = new Uint8Array(r1cs.nWires)
      const forgery = await forge({ r1cs, proven, target: wire(target), timeout: 60_000, steps: 100_000 })
      assert.ok(forgery, 'no forgery found')
      assert.notEqual(forgery.first[wire(target)], forgery.second[wire(target)])
    })
  }

  for (const [what, { target, ...system }] of Object.entries(SOUND)) {
    it(`finds nothing against ${what}`, async () => {
      const { r1cs, wire } = smallSystem(system)
      const proven = new Uint8Array(r1cs.nWires)
      const options = { r1cs, proven, target: wire(target), timeout: 60_000, steps: 1_500 }
      assert.equal(await forge(options), undefined)
    })
  }

  const root = smallSystem({ outputs: ['root'], inputs: ['x'], constraints: ['root * root = x'] })
  const options = { r1cs: root.r1cs, proven: new Uint8Array(root.r1cs.nWires), timeout: 60_000 }
  const target = root.wire('root')

  it('begins with the given witness, and makes the same search for the same seed', async () => {
    const forgery = await forge({ ...options, target, witness: [1n, 3n, 9n] })
    assert.deepEqual(forgery, { first: [1n, 3n, 9n], second: [1n, FIELD - 3n, 9n], target })
    assert.deepEqual(await forge({ ...options, target, seed: 5n }), await forge({ ...options, target, seed: 5n }))
  })

  it('asks the given generator for other inputs, and trusts none of its answers', async () => {
    const { r1cs, wire } = smallSystem({ outputs: ['out'], inputs: ['x'], constraints: ['x * x = out'] })
    const asked = new Set<bigint>()
    const calculate = async ([x]: readonly bigint[]) => {
      asked.add(x!)
      return [1n, 5n, x!]
    }
    const proven = new Uint8Array(r1cs.nWires)
    const limits = { timeout: 60_000, steps: 500 }
    assert.equal(await forge({ r1cs, proven, target: wire('out'), calculate, ...limits }), undefined)
    assert.ok(asked.size > 5)
  })

  it('never changes a wire that is proven, nor an input', async () => {
    const proven = Uint8Array.from(options.proven).fill(1, target, target + 1)
    assert.equal(await forge({ ...options, proven, target }), undefined)
    assert.equal(await forge({ ...options, target: root.wire('x') }), undefined)
  })

  it('refuses a target that does not exist and a witness that breaks a constraint', async () => {
    await assert.rejects(forge({ ...options, target: 3 }), { code: 'INPUT_INVALID' })
    await assert.rejects(forge({ ...options, target: 0 }), { code: 'INPUT_INVALID' })
    await assert.rejects(forge({ ...options, target, witness: [1n, 3n, 8n] }), { code: 'INPUT_INVALID' })
  })

  it('ends after the same work on every machine, and says why it ended', async () => {
    const { r1cs, wire } = smallSystem({ outputs: ['out'], inputs: ['x'], constraints: ['x * x = out'] })
    const run = async (limits: ForgeLimits) => {
      const forger = new Forger({ r1cs, proven: new Uint8Array(r1cs.nWires) })
      const before = forger.work
      const { end, forgery } = await forger.forge(wire('out'), limits)
      assert.equal(forgery, undefined)
      return { end, work: forger.work - before }
    }
    const first = await run({ work: 5_000 })
    assert.equal(first.end, 'work')
    assert.ok(first.work >= 5_000 && first.work < 6_000, `${first.work}`)
    assert.deepEqual(await run({ work: 5_000 }), first)
    assert.equal((await run({ timeout: 0 })).end, 'time')
    assert.equal((await run({ steps: 10 })).end, 'work')
  })

  it('stops when aborted, and when its time is up', async () => {
    const system = smallSystem({ outputs: ['out'], inputs: ['x'], constraints: ['x * x = out'] })
    const sound = { r1cs: system.r1cs, proven: new Uint8Array(system.r1cs.nWires), target: system.wire('out') }
    const controller = new AbortController()
    const onProgress = ({ fraction }: { fraction: number }) => {
      assert.ok(fraction >= 0 && fraction <= 1)
      controller.abort()
    }
    const running = forge({ ...sound, timeout: 60_000, signal: controller.signal, onProgress })
    await assert.rejects(running, { code: 'ABORTED' })
    assert.equal(await forge({ ...sound, timeout: 30 }), undefined)
  })
})

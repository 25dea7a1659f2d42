import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { propagate } from '../../audit/propagate.ts'
import { findRanges } from '../../audit/range/find-ranges.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import { bit, booleans, powers, ranged, sum } from '../support/rule-systems.ts'
import { smallSystem } from '../support/small-system.ts'

interface Circuit {
  readonly outputs?: readonly string[]
  readonly inputs: readonly string[]
  readonly constraints: readonly string[]
}

const N = 8
const BASE = 1n << BigInt(N)
const MANY = Array.from({ length: 300 }, (_, i) => `t${i}`)

/** less = 1 iff a < b: bits of `a - b + 2^n`, of which the highest is read. */
const lessThan = (a: string, b: string, bits = 'c', out = 'less', n = N) => [
  ...booleans(bits, n + 1),
  `${a} - ${b} + ${1n << BigInt(n)} - v${out} = 0`,
  `${sum(bits, powers(n + 1))} - v${out} = 0`,
  `1 - ${bits}${n} - ${out} = 0`,
]
/** The most that circomlib's LessThan takes. */
const WIDEST = 252

async function rangesOf({ outputs = [], inputs, constraints }: Circuit) {
  const { r1cs, wire } = smallSystem({ outputs, inputs, constraints })
  const letters = [...constraints.join(' ').matchAll(/[a-z]\w*/gi)].map(([name]) => name)
  const names = [...new Set([...outputs, ...inputs, ...letters])]
  const text = names.map((name) => `${wire(name)},${wire(name)},0,main.${name}\n`).join('')
  const { ranges } = await audit({ r1cs, symbols: parseSymbols(text), targets: 'outputs', timeout: 60_000 })
  return { r1cs, wire, ranges }
}

type Value = (name: string) => bigint

describe('a gadget beyond its range', () => {
  /** What the gadget claims, as integers. */
  const found: Record<string, Circuit & { readonly isTrue: (value: Value) => boolean; readonly unbounded: string[] }> =
    {
      'is a comparison of two unbounded numbers': {
        outputs: ['less'],
        inputs: ['a', 'b'],
        constraints: lessThan('a', 'b'),
        isTrue: (v) => (v('less') === 1n) === v('a') < v('b'),
        unbounded: ['main.a', 'main.b'],
      },
      'is a comparison of a bounded number with an unbounded one': {
        outputs: ['less'],
        inputs: ['a', 'b'],
        constraints: [...lessThan('a', 'b'), ...ranged('b', N)],
        isTrue: (v) => (v('less') === 1n) === v('a') < v('b'),
        unbounded: ['main.a'],
      },
      'is a comparison of the widest numbers that can be compared': {
        outputs: ['less'],
        inputs: ['a', 'b'],
        constraints: [...lessThan('a', 'b', 'c', 'less', WIDEST), ...ranged('b', WIDEST)],
        isTrue: (v) => (v('less') === 1n) === v('a') < v('b'),
        unbounded: ['main.a'],
      },
      'is a comparison that has to come out true': {
        inputs: ['a', 'b'],
        constraints: [...lessThan('a', 'b'), ...ranged('b', N), 'less - 1 = 0'],
        isTrue: (v) => v('a') < v('b'),
        unbounded: ['main.a'],
      },
      'is a comparison without a signal for the difference, and with another sign': {
        outputs: ['less'],
        inputs: ['a', 'b'],
        constraints: [
          ...booleans('c', N + 1),
          `a - b + ${BASE} ${sum(
            'c',
            powers(N + 1).map((power) => -power),
          )} = 0`,
          `1 - c${N} - less = 0`,
        ],
        isTrue: (v) => (v('less') === 1n) === v('a') < v('b'),
        unbounded: ['main.a', 'main.b'],
      },
      'is a difference that is checked, with an unbounded term': {
        outputs: ['d'],
        inputs: ['a', 'b'],
        constraints: [...ranged('a', N), 'a - b - d = 0', ...ranged('d', N)],
        isTrue: (v) => v('a') - v('b') >= 0n,
        unbounded: ['main.b'],
      },
      'is a sum of very many unbounded terms': {
        inputs: MANY,
        constraints: [
          ...booleans('d', N),
          `${MANY.join(' + ')} ${sum(
            'd',
            powers(N).map((power) => -power),
          )} = 0`,
        ],
        isTrue: (v) => MANY.reduce((total, name) => total + v(name), 0n) < BASE,
        unbounded: MANY.map((name) => `main.${name}`).sort(),
      },
      'is a product that is checked, of unbounded factors': {
        outputs: ['p'],
        inputs: ['a', 'b'],
        constraints: ['a * b = p', ...ranged('p', N)],
        isTrue: (v) => v('a') * v('b') < BASE,
        unbounded: ['main.a', 'main.b'],
      },
      'is a product that is compared': {
        outputs: ['less'],
        inputs: ['a', 'b', 'limit'],
        constraints: [
          ...ranged('a', N),
          ...ranged('limit', N),
          ...booleans('c', N + 1),
          `a * b = v - ${BASE} + limit`,
          `${sum('c', powers(N + 1))} - v = 0`,
          `1 - c${N} - less = 0`,
        ],
        isTrue: (v) => (v('less') === 1n) === v('a') * v('b') < v('limit'),
        unbounded: ['main.b'],
      },
    }
  for (const [what, { isTrue, unbounded, ...circuit }] of Object.entries(found)) {
    it(what, async () => {
      const { r1cs, wire, ranges } = await rangesOf(circuit)
      assert.equal(ranges.length, 1)
      const [range] = ranges as [(typeof ranges)[number]]
      assert.deepEqual(findBrokenConstraints(r1cs, range.witness), [])
      assert.equal(
        isTrue((name) => range.witness[wire(name)]!),
        false,
      )
      assert.deepEqual([...range.unbounded].sort(), unbounded)
    })
  }

  it('is named by the number that it takes apart, or by its lowest bit where others take it apart too', async () => {
    const signals = async (...constraints: string[]) => {
      const { ranges } = await rangesOf({ outputs: ['o'], inputs: ['a', 'b'], constraints })
      return ranges.map(({ signal }) => signal).sort()
    }
    const difference = ['a - b - d = 0', 'a - o = 0']
    assert.deepEqual(await signals(...difference, ...ranged('d', N)), ['main.d'])
    const inBits = (bits: string, width: number) => [...booleans(bits, width), `${sum(bits, powers(width))} - d = 0`]
    assert.deepEqual(await signals(...difference, ...inBits('u', N), ...inBits('v', N - 1)), ['main.u0', 'main.v0'])
  })

  it('is looked for no longer than there is time, and what is found says so', async (t) => {
    const { r1cs, wire } = smallSystem({ inputs: ['a', 'b'], constraints: ['a - b - d = 0', ...ranged('d', N)] })
    const { facts } = await propagate(buildSystem(r1cs), [wire('a'), wire('b')])
    let now = 0
    t.mock.method(performance, 'now', () => now)
    const run = (passed: number) => {
      const calculate = async () => {
        now += passed
        return undefined
      }
      const symbols = parseSymbols('')
      return findRanges({ r1cs, symbols, facts, nameOf: String, calculate, deadline: now + 1_000 })
    }
    const done = await run(0)
    assert.deepEqual([done.findings.length, done.untried, done.ranOutOfTime], [1, 0, false])
    const late = await run(2_000)
    assert.deepEqual([late.findings.length, late.untried, late.ranOutOfTime], [0, 1, true])
  })

  const sound: Record<string, Circuit> = {
    'a comparison of numbers that are bounded elsewhere': {
      outputs: ['less'],
      inputs: ['a', 'b'],
      constraints: [...lessThan('a', 'b'), ...ranged('a', N), ...ranged('b', N)],
    },
    'a comparison of the widest numbers that can be compared, both bounded': {
      outputs: ['less'],
      inputs: ['a', 'b'],
      constraints: ['a', 'b'].flatMap((name) => ranged(name, WIDEST)).concat(lessThan('a', 'b', 'c', 'less', WIDEST)),
    },
    'a comparison of sums and products of bounded numbers': {
      outputs: ['less'],
      inputs: ['a', 'b'],
      constraints: [...ranged('a', 3), ...ranged('b', 3), 'a * b = p', 'a + b - s = 0', ...lessThan('p', 's')],
    },
    'a comparison of signed numbers, each checked with an offset': {
      outputs: ['less'],
      inputs: ['a', 'b'],
      constraints: [
        ...['a', 'b'].flatMap((name) => [...ranged(`${name}shifted`, 6), `${name} + 32 - ${name}shifted = 0`]),
        ...lessThan('a', 'b'),
      ],
    },
    'a number that has to be greater than a constant': {
      inputs: ['a'],
      constraints: [...lessThan('18', 'a'), 'less - 1 = 0'],
    },
    'a number between two constants': {
      inputs: ['a'],
      constraints: [...lessThan('18', 'a'), 'less - 1 = 0', ...lessThan('a', '66', 'd', 'young'), 'young - 1 = 0'],
    },
    'a number that has one of three values': {
      outputs: ['less'],
      inputs: ['a', 'b'],
      constraints: [...ranged('b', N), '(a - 1) * (a - 2) = t', 't * (a - 3) = 0', ...lessThan('a', 'b')],
    },
    'the sign of a number': {
      outputs: ['less'],
      inputs: ['a'],
      constraints: lessThan('a', '0'),
    },
    'a range check of one number': { inputs: ['a'], constraints: ranged('a', N) },
    'bits of a sum that are all read': {
      outputs: ['o'],
      inputs: ['a', 'b'],
      constraints: ['a - b - d = 0', ...ranged('d', 3), 'd0 + 2 d1 + 5 d2 - o = 0'],
    },
    'the chosen one of two numbers': {
      outputs: ['o'],
      inputs: ['s', 'a', 'b'],
      constraints: [bit('s'), 's * (a - b) = o - b', ...ranged('o', N)],
    },
    'a number and the same number, taken off again': {
      outputs: ['o'],
      inputs: ['a', 'b'],
      constraints: ['a - b - o = 0', 'b - 3 = 0', ...ranged('o', N)],
    },
  }
  for (const [what, circuit] of Object.entries(sound)) {
    it(`is not ${what}`, async () => {
      const { ranges } = await rangesOf(circuit)
      assert.deepEqual(
        ranges.map(({ assumption, shown }) => `${assumption}; ${shown}`),
        [],
      )
    })
  }
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { FIELD, mulDivUp } from '../../../protocol/numbers.ts'
import { BASIS_POINTS, BITS } from '../../../protocol/parameters.ts'

const DIVISOR = Number(BASIS_POINTS)
const divide = await gadget('DivideProbe', [DIVISOR, BITS.notional], { in: [] })
const quotient = await gadget('QuotientProbe', [40, 20], { in: [], divisor: [] })
const most = (1n << BigInt(BITS.notional)) - 1n

suite('lib/divide', () => {
  test('DivideUp rounds up, as the model does', () => {
    const agrees = (x: bigint) => {
      const { accepted, signal } = divide.evaluate({ in: x })
      assert.ok(accepted, `${x}`)
      assert.equal(signal('out'), mulDivUp(x, 1n, BASIS_POINTS))
    }
    for (const x of [0n, 1n, 9_999n, 10_000n, 10_001n, 20_000n, most * 10_000n, most * 10_000n - 9_999n]) agrees(x)
    fc.assert(fc.property(fc.bigInt(0n, most * 10_000n), agrees), { seed: 2, numRuns: 100 })
  })

  test('refuses what has no quotient of its width', () => {
    for (const x of [most * 10_000n + 1n, FIELD - 10_000n, FIELD - 20_001n, (FIELD - 1n) / 2n]) {
      assert.ok(!divide.evaluate({ in: x }).accepted, `${x}`)
    }
    // what is above -10^4 rounds up to 0
    for (const x of [FIELD - 1n, FIELD - 9_999n]) assert.equal(divide.evaluate({ in: x }).signal('out'), 0n)
  })

  test('refuses every quotient but the one, with whatever slack makes it fit', () => {
    for (const x of [0n, 1n, 9_999n, 10_000n, 10_001n, 123_456_789n]) {
      const honest = mulDivUp(x, 1n, BASIS_POINTS)
      const inverse = modularInverse(BASIS_POINTS)
      const fitting = [0n, 1n, 9_999n].map((slack) => ((x + slack) * inverse) % FIELD)
      for (const out of new Set([honest + 1n, honest + 2n, honest + FIELD - 1n, 0n, 1n, FIELD - 1n, ...fitting])) {
        const quotient = out % FIELD
        if (quotient === honest) continue
        const slack = (((quotient * BASIS_POINTS - x) % FIELD) + FIELD) % FIELD
        const forged = withRanges({ 'divide.out': quotient, out: quotient, 'divide.slack': slack })
        assert.ok(!divide.evaluate({ in: x }, forged).accepted, `${x} / 10^4 = ${quotient}`)
      }
    }
  })

  test('binds every signal', () => {
    for (const x of [0n, 1n, 10_000n, 98_765_432n]) assert.deepEqual(divide.freeSignals({ in: x }), [])
  })
})

suite('lib/divide: Divide', () => {
  const largest = (1n << 40n) - 1n

  test('rounds down, for every divisor up to its width', () => {
    for (const divisor of [1n, 2n, 999n, 1_000_000n, (1n << 20n) - 1n]) {
      for (const exact of [0n, 1n, 12_345n, largest].map((times) => times * divisor)) {
        for (const x of [exact, exact + divisor - 1n]) {
          const { accepted, signal } = quotient.evaluate({ in: x, divisor })
          assert.ok(accepted, `${x} / ${divisor}`)
          assert.equal(signal('out'), x / divisor)
        }
      }
    }
  })

  test('refuses a divisor of 0, and what has no quotient of its width', () => {
    assert.ok(!quotient.evaluate({ in: 0n, divisor: 0n }).accepted)
    for (const divisor of [1n, 3n, 1_000_000n]) {
      for (const x of [(largest + 1n) * divisor, FIELD - divisor, FIELD - 1n]) {
        assert.ok(!quotient.evaluate({ in: x, divisor }).accepted, `${x} / ${divisor}`)
      }
    }
  })

  for (const by of ['+ 1', '- 1']) {
    test(`finds no quotient that is wrong by ${by}`, async () => {
      const honest = 'out <-- divisor == 0 ? 0 : in \\ divisor;'
      const liar = await quotient.lying([honest, `out <-- in \\ divisor ${by};`])
      for (const divisor of [1n, 2n, 1_000_000n]) {
        for (const x of [0n, 1n, divisor - 1n, divisor, 5n * divisor]) {
          assert.ok(!liar.evaluate({ in: x, divisor }).accepted, `${x} / ${divisor}`)
        }
      }
    })
  }

  test('binds every signal', () => {
    for (const x of [0n, 999n, 98_765_432n]) assert.deepEqual(quotient.freeSignals({ in: x, divisor: 1_000n }), [])
  })
})

/** The forged numbers with the bits that their range checks would want, cut to the width they have. */
function withRanges(forged: Record<string, bigint>): Record<string, bigint> {
  const quotient = forged['divide.out']!
  const slack = forged['divide.slack']!
  const rest = (BASIS_POINTS - 1n - slack + FIELD) % FIELD
  const checked = [quotient, slack, rest]
  const all: Record<string, bigint> = { ...forged }
  for (const [i, path] of rangeChecks().entries()) {
    const value = checked[i]!
    all[`${path}.in`] = value
    all[`${path}.out`] = value
    for (const name of signalsUnder(path)) {
      const bit = /\.Num2Bits\w*\.out\[(\d+)\]$/.exec(name)?.[1]
      if (bit !== undefined) all[name] = (value >> BigInt(bit)) & 1n
      if (/\.Num2Bits\w*\.in$/.test(name)) all[name] = value
    }
  }
  return all
}

function allSignals(): string[] {
  return Array.from({ length: 400 }, (_, wire) => divide.symbols.names(wire)[0] ?? '')
}

/** Paths of the three AssertBits, in the order in which they stand in the template. */
function rangeChecks(): string[] {
  const paths = allSignals().flatMap((name) => /^(main\.divide\.AssertBits_\w+)\.in$/.exec(name)?.[1] ?? [])
  const position = (path: string) => Number(/_(\d+)$/.exec(path)![1])
  return paths.sort((a, b) => position(a) - position(b))
}

function signalsUnder(path: string): string[] {
  return allSignals().filter((name) => name.startsWith(`${path}.`))
}

function modularInverse(x: bigint): bigint {
  let result = 1n
  let base = x
  for (let exponent = FIELD - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % FIELD
    base = (base * base) % FIELD
  }
  return result
}

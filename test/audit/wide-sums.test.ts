import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { never } from '../../audit/clock.ts'
import { forge } from '../../audit/forge.ts'
import { propagate } from '../../audit/propagate.ts'
import { WideSums } from '../../audit/wide-sums.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { buildSystem } from '../../circom/system.ts'
import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { bitsOf, ranged, type Values } from '../support/rule-systems.ts'
import { smallSystem } from '../support/small-system.ts'

interface Case {
  readonly inputs: readonly string[]
  readonly constraints: readonly string[]
  readonly values: Values
}

async function prepare({ inputs, constraints, values }: Case) {
  const { r1cs, wire } = smallSystem({ inputs, constraints })
  const witness = new Array<bigint>(r1cs.nWires).fill(0n).with(0, 1n)
  for (const [name, value] of Object.entries(values)) witness[wire(name)] = reduce(value)
  assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
  const system = buildSystem(r1cs)
  const { facts } = await propagate(system, inputs.map(wire))
  const rangeOf = (one: number) => facts.interval(system.representative[one]!)
  const proven = Uint8Array.from({ length: r1cs.nWires }, (_, one) =>
    one === 0 || facts.isKnown(system.representative[one]!) ? 1 : 0,
  )
  return { r1cs, wire, witness, rangeOf, proven }
}

/** What some wires have in the other witnesses that are found without a search; all that is found has to be one. */
async function others(system: Case, names: readonly string[]): Promise<bigint[][]> {
  const { r1cs, wire, witness, rangeOf, proven } = await prepare(system)
  const sums = new WideSums({ r1cs, fixed: proven, rangeOf, tick: never })
  return [...sums.around(witness)].flatMap((changes) => {
    if (changes === undefined) return []
    const other = witness.slice()
    for (const [one, value] of changes) other[one] = value
    assert.deepEqual(findBrokenConstraints(r1cs, other), [])
    for (const name of system.inputs) assert.equal(other[wire(name)], witness[wire(name)])
    return [names.map((name) => other[wire(name)]!)]
  })
}

/** Whether the search finds two values of a wire within little work. */
async function isForged(system: Case, name: string): Promise<boolean> {
  const { wire, ...options } = await prepare(system)
  return (await forge({ ...options, target: wire(name), work: 50_000 })) !== undefined
}

const BASE = 1_000n
const WIDTH = 10

/** Digits below 1,000 of x by Horner's rule: x = d0 + 1000 * (d1 + 1000 * ..). */
function horner(count: number, x: bigint, most = BASE - 1n): Case {
  const digits = Array.from({ length: count }, (_, i) => `d${i}_`)
  const constraints = digits.flatMap((digit, i) => [
    ...ranged(digit, WIDTH),
    ...ranged(`${digit}t`, WIDTH),
    `${digit} + ${(1n << BigInt(WIDTH)) - 1n - most} - ${digit}t = 0`,
    i === count - 1 ? `${digit} - s${i} = 0` : `${BASE} s${i + 1} + ${digit} - s${i} = 0`,
  ])
  const values: Record<string, bigint> = { x }
  for (const [i, digit] of digits.entries()) {
    const value = (x / BASE ** BigInt(i)) % BASE
    Object.assign(values, bitsOf(digit, value, WIDTH), {
      ...bitsOf(`${digit}t`, value + (1n << BigInt(WIDTH)) - 1n - most, WIDTH),
      [`s${i}`]: x / BASE ** BigInt(i),
    })
  }
  return { inputs: ['x'], constraints: [...constraints, 's0 - x = 0'], values }
}

describe('digits below any base, by partial sums', () => {
  const names = Array.from({ length: 26 }, (_, i) => `d${i}_`)
  const numberOf = (digits: readonly bigint[]) => digits.reduceRight((sum, digit) => BASE * sum + digit, 0n)

  it('are those of the number and the field prime where they have room for it', async () => {
    // 1000^25 < r < 1000^26.
    const found = await others(horner(26, 1234n), names)
    assert.ok(found.length > 0)
    for (const digits of found) {
      assert.ok(digits.every((digit) => digit < BASE))
      assert.equal(numberOf(digits) % FIELD, 1234n)
      assert.notEqual(numberOf(digits), 1234n)
    }
    assert.ok(found.some((digits) => numberOf(digits) === 1234n + FIELD))
    assert.ok(await isForged(horner(26, 1234n), 'd0_'))
  })

  it('are no others where they have none', async () => {
    assert.deepEqual(await others(horner(25, 1234n), names.slice(0, 25)), [])
  })
})

const LIMB = 1n << 127n

/** Limbs of 127 bits of x0 + 2^127 * x1, the carry between the columns with as many bits as it is given, or with any value. */
function limbs(carryBits?: number): Case {
  const constraints = [
    ...ranged('a', 127),
    ...ranged('b', 127),
    ...(carryBits === undefined ? [] : ranged('c', carryBits)),
    `a + ${LIMB} c - x = 0`,
    'b - c - y = 0',
  ]
  const values = {
    x: LIMB + 5n,
    y: 6n,
    ...bitsOf('a', 5n, 127),
    ...bitsOf('b', 7n, 127),
    ...bitsOf('c', 1n, carryBits ?? 0),
  }
  return { inputs: ['x', 'y'], constraints, values }
}

describe('limbs with carries between their columns', () => {
  it('are those of the number and the field prime where nothing bounds the carry', async () => {
    const found = await others(limbs(), ['a', 'b'])
    assert.deepEqual(
      found.map(([a, b]) => a! + LIMB * b!),
      [5n + LIMB * 7n + FIELD],
    )
    assert.ok(await isForged(limbs(), 'a'))
    assert.ok(await isForged(limbs(), 'b'))
  })

  it('are no others where it has few bits', async () => {
    assert.deepEqual(await others(limbs(2), ['a', 'b']), [])
  })

  it('are those of quotient and remainder as a division with remainder has them', async () => {
    // q * d + r = n modulo the field prime, for limbs of 64 bits.
    const d = (1n << 127n) + 12_345n
    const B = 1n << 64n
    const constraints = [
      ...['q', 'p', 'r', 's'].flatMap((limb) => ranged(limb, 64)),
      'q * d = e',
      'p * d = f',
      'e + r - g = 0',
      `g + ${B} f + ${B} s - n = 0`,
    ]
    const values = {
      d,
      n: 3n * d + 5n,
      ...bitsOf('q', 3n, 64),
      ...bitsOf('p', 0n, 64),
      ...bitsOf('r', 5n, 64),
      ...bitsOf('s', 0n, 64),
      e: 3n * d,
      f: 0n,
      g: 3n * d + 5n,
    }
    const found = await others({ inputs: ['d', 'n'], constraints, values }, ['q', 'p', 'r', 's'])
    const n = values.n + FIELD
    assert.ok(
      found.some(([q, p, r, s]) => q! + B * p! === n / d && r! + B * s! === n % d),
      'the remainder is less than the divisor',
    )
  })
})

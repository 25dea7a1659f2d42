import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { audit } from '../../audit/audit.ts'
import type { Facts } from '../../audit/facts.ts'
import { literal } from '../../audit/implications.ts'
import { propagate } from '../../audit/propagate.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { FREE } from '../support/free-cases.ts'
import { PROVEN } from '../support/proven-cases.ts'
import { bit, type NearMiss, type RuleCase } from '../support/rule-systems.ts'
import { smallSystem } from '../support/small-system.ts'

const open = ({ inputs, out, constraints }: RuleCase) => smallSystem({ outputs: [out], inputs, constraints })

/** The facts about a system whose wires 2 and up are its inputs, as many as there are names. */
async function factsOf({ inputs, constraints }: Omit<RuleCase, 'out'>, outputs: readonly string[] = []) {
  const { r1cs, wire } = smallSystem({ outputs, inputs, constraints })
  const system = buildSystem(r1cs)
  const { facts } = await propagate(system, inputs.map(wire))
  return { facts, wire: (name: string) => system.representative[wire(name)]! }
}

/** What the audit forges of the one output. */
async function forged(r1cs: R1cs, witness?: readonly bigint[]): Promise<readonly bigint[][]> {
  const { targets } = await audit({ r1cs, symbols: parseSymbols(''), timeout: 600_000, witness })
  const [{ verdict, forgery }] = targets as [(typeof targets)[number]]
  assert.equal(verdict, 'FORGED')
  return [forgery!.first, forgery!.second]
}

async function assertFree({ witness, witnesses, ...one }: NearMiss): Promise<void> {
  const { r1cs, wire } = open(one)
  const named = (values: Readonly<Record<string, bigint>>) => {
    const list = new Array<bigint>(r1cs.nWires)
    list[0] = 1n
    for (const [name, value] of Object.entries(values)) list[wire(name)] = value
    return list
  }
  const { facts, wire: representativeOf } = await factsOf(one, [one.out])
  assert.ok(!facts.isKnown(representativeOf(one.out)))
  const [first, second] = witnesses?.map(named) ?? (await forged(r1cs, witness && named(witness)))
  for (const values of [first!, second!]) assert.deepEqual(findBrokenConstraints(r1cs, values), [])
  for (const name of one.inputs) assert.equal(first![wire(name)], second![wire(name)])
  assert.notEqual(first![1], second![1])
}

for (const [rule, cases] of Object.entries(PROVEN)) {
  describe(`the rule ${rule}`, () => {
    for (const [what, one] of Object.entries(cases)) {
      it(`proves ${what}`, async () => {
        const { facts, wire } = await factsOf(one, [one.out])
        assert.equal(facts.ruleOf(wire(one.out)), rule)
      })
    }
    for (const [what, one] of Object.entries(FREE[rule as keyof typeof FREE] ?? {})) {
      it(`does not prove ${what}, of which there are two witnesses`, () => assertFree(one))
    }
  })
}

describe('the rule radix, for bits that a lemma keeps below the field prime', () => {
  const n = 254
  const names = Array.from({ length: n }, (_, i) => `b${i}`)
  const prove = async (weightOf: (i: number) => bigint, places: ReadonlyMap<string, number>, last = bit('b253')) => {
    const sum = names.map((name, i) => `+ ${weightOf(i)} ${name}`).join(' ')
    const { r1cs, wire } = smallSystem({
      inputs: ['x'],
      constraints: [...names.slice(0, -1).map(bit), last, `${sum} - x = 0`],
    })
    const apply = (facts: Facts) => {
      facts.learnBelowField(new Map([...places].map(([name, place]) => [wire(name), place])))
      return true
    }
    const { facts } = await propagate(buildSystem(r1cs), [wire('x')], { lemmas: [{ apply }] })
    return facts.ruleOf(wire('b0'))
  }
  const straight = new Map(names.map((name, i) => [name, i]))

  it('proves the bits of a number', async () => {
    assert.equal(await prove((i) => 1n << BigInt(i), straight), 'radix')
    assert.equal(await prove((i) => (5n << BigInt(i)) % FIELD, straight), 'radix')
  })

  it('does not if some of the bits belong to another number, have other places or weights, or are not bits', async () => {
    assert.equal(await prove((i) => 1n << BigInt(i), new Map([...straight].slice(1))), undefined)
    const swapped = new Map([...straight, ['b252', 253] as const, ['b253', 252] as const])
    assert.equal(await prove((i) => 1n << BigInt(i), swapped), undefined)
    assert.equal(await prove((i) => (i === 100 ? 3n : 1n << BigInt(i)), straight), undefined)
    assert.equal(await prove((i) => 1n << BigInt(i), straight, 'b253 * (b253 - 2) = 0'), undefined)
  })
})

describe('what is learned of bits', () => {
  const bits = ['a', 'b', 'c']
  const cases: Record<string, { constraints: string[]; isBit: boolean }> = {
    'x * x = x': { constraints: ['x * x = x'], isBit: true },
    'x (2 - 2 x) = 0': { constraints: ['x * (2 - 2 x) = 0'], isBit: true },
    '(x + 2) (x - 1) = 2 x - 2': { constraints: ['(x + 2) * (x - 1) = 2 x - 2'], isBit: true },
    'x (x - 2) = 0': { constraints: ['x * (x - 2) = 0'], isBit: false },
    'x x = 2 x': { constraints: ['x * x = 2 x'], isBit: false },
    and: { constraints: ['a * b = x'], isBit: true },
    'and not': { constraints: ['a * (1 - b) = x'], isBit: true },
    or: { constraints: ['a * b = a + b - x'], isBit: true },
    'exclusive or': { constraints: ['2 a * b = a + b - x'], isBit: true },
    not: { constraints: ['1 - a - x = 0'], isBit: true },
    'twice a bit': { constraints: ['2 a - x = 0'], isBit: false },
    'half a product': { constraints: ['a * b = 2 x'], isBit: false },
    'a sum of two': { constraints: ['a + b - x = 0'], isBit: false },
    'a sum of two that exclude each other': { constraints: ['a * b = 0', 'a + b - x = 0'], isBit: true },
    'a sum of one and of the opposite of another': {
      constraints: ['a * (1 - b) = 0', 'a + 1 - b - x = 0'],
      isBit: true,
    },
    'a sum of two that are not both 0': { constraints: ['(1 - a) * (1 - b) = 0', 'a + b - x = 0'], isBit: false },
    'a difference of a bit and what implies it': { constraints: ['a * b = d', 'a - d - x = 0'], isBit: true },
    'a difference of what implies a bit and the bit': { constraints: ['a * b = d', 'd - a - x = 0'], isBit: false },
    'a difference of two': { constraints: ['a - b - x = 0'], isBit: false },
    'a sum of three of which each is in another pair': {
      constraints: ['a * b = 0', 'b * c = 0', 'a + b + c - x = 0'],
      isBit: false,
    },
    'a sum of three that exclude each other': {
      constraints: ['a * b = 0', 'b * c = 0', 'a * c = 0', 'a + b + c - x = 0'],
      isBit: true,
    },
    'a sum of three that add up to 1': { constraints: ['a + b + c - 1 = 0', 'a + c - x = 0'], isBit: true },
    'a sum of three that add up to 2': { constraints: ['a + b + c - 2 = 0', 'a + c - x = 0'], isBit: false },
    'a difference of what two make and one of them': {
      constraints: [bit('d'), 'a + b - d = 0', 'd - a - x = 0'],
      isBit: true,
    },
    'twice a difference of what two make and one of them': {
      constraints: [bit('d'), 'a + b - d = 0', '2 d - 2 a - x = 0'],
      isBit: false,
    },
    'twice a difference of a bit and what is left of it': {
      constraints: [bit('d'), 'a - b - d = 0', '2 a - 2 d - x = 0'],
      isBit: false,
    },
    'a sum of two that are two others': { constraints: [bit('d'), 'a + b - c - d = 0', 'a + b - x = 0'], isBit: false },
    'a sum of two that are both 1': { constraints: ['a * b = 1', 'a + b - x = 0'], isBit: false },
    'a sum of a bit and of what implies it': { constraints: ['(2 - b) * a = c', 'c + b - x = 0'], isBit: false },
    'a choice of two': { constraints: ['c * (a - b) = x - b'], isBit: true },
    'a choice by half a bit': { constraints: ['2 c * (a - b) = x - b'], isBit: false },
  }
  for (const [what, { constraints, isBit }] of Object.entries(cases)) {
    it(`${what} is ${isBit ? '' : 'not '}one`, async () => {
      const { facts, wire } = await factsOf({ inputs: ['y'], constraints: [...bits.map(bit), ...constraints] })
      assert.equal(facts.isBoolean(wire('x')), isBit)
    })
  }

  it('equal numbers have the bits of 2^n in their comparator', async () => {
    const comparator = [...[0, 1, 2, 3].map((i) => bit(`t${i}`)), 't0 + 2 t1 + 4 t2 + 8 t3 - sum = 0']
    const implied = async (constraints: string[], sum = comparator) => {
      const { facts, wire } = await factsOf({ inputs: ['a', 'b'], constraints: [...sum, ...constraints] })
      return [0, 1, 2, 3].map((i) =>
        [true, false].map((one) => facts.implications.of(wire('z')).has(literal(wire(`t${i}`), one))),
      )
    }
    const zeros = [false, true]
    const eight = [zeros, zeros, zeros, [true, false]]
    const nothing = [0, 1, 2, 3].map(() => [false, false])
    const plusOne = ['(x + 1) * i = 1 - z', '(x + 1) * z = 0']
    const test = ['a - b - x = 0', 'x * i = 1 - z', 'x * z = 0']
    assert.deepEqual(await implied(['8 + a - b - sum = 0', ...test]), eight)
    assert.deepEqual(await implied(['8 + b - a - sum = 0', ...test]), eight)
    assert.deepEqual(await implied(['7 + a - b - sum = 0', ...test]), [...[0, 1, 2].map(() => [true, false]), zeros])
    assert.deepEqual(await implied(['8 + a + b - sum = 0', ...test]), nothing)
    assert.deepEqual(await implied(['8 + 2 a - b - sum = 0', ...test]), nothing)
    assert.deepEqual(await implied(['8 + a - b - sum = 0', 'a - b - x = 0', ...plusOne]), nothing)
    assert.deepEqual(
      await implied(['8 + a - b - sum = 0', 'a - b - x = 0', 'x * i = 1 - z', 'x * (1 - z) = 0']),
      nothing,
    )
    assert.deepEqual(await implied(['8 + a - b - sum = 0', ...test], comparator.slice(1)), nothing)
    // A number that also has other bits, those of itself and r.
    const more = Array.from({ length: 250 }, (_, i) => `u${i}`)
    const weights = more.map((name, i) => `+ ${16n << BigInt(i)} ${name}`).join(' ')
    const alias = [...comparator.slice(0, 4), ...more.map(bit), `t0 + 2 t1 + 4 t2 + 8 t3 ${weights} - sum = 0`]
    assert.deepEqual(await implied(['8 + a - b - sum = 0', ...test], alias), nothing)
    assert.deepEqual(
      await implied(['8 + a - b - sum = 0', ...test], alias.with(-1, alias.at(-1)!.replace(/ \+ \d+ u249/, ''))),
      eight,
    )
    // z is 1 where the numbers differ.
    assert.deepEqual(await implied(['8 + a - b - sum = 0', 'a - b - x = 0', 'x * i = z', 'x * (1 - z) = 0']), nothing)
  })
})

describe('intervals', () => {
  const interval = async (constraints: string[], inputs = ['y']) => {
    const { facts, wire } = await factsOf({ inputs, constraints: [bit('a'), bit('b'), ...constraints] })
    return facts.interval(wire('x'))
  }

  it('of sums reach from the least to the most that they can be', async () => {
    assert.deepEqual(await interval(['a + 2 b + 5 - x = 0']), { low: 5n, high: 8n })
    assert.deepEqual(await interval(['x - 3 a - 4 b = 0']), { low: 0n, high: 7n })
    assert.deepEqual(await interval(['10 - a - 2 b - x = 0']), { low: 7n, high: 10n })
    assert.equal(await interval(['a + 2 b - 3 x = 0']), undefined)
    assert.equal(await interval(['a + y - x = 0']), undefined)
  })

  it('that wrap say nothing, unless they end before 0', async () => {
    assert.equal(await interval(['a - b - x = 0']), undefined)
    assert.deepEqual(await interval(['a - x - 2 = 0']), { low: FIELD - 2n, high: FIELD - 1n })
  })

  it('of choices hold both', async () => {
    assert.deepEqual(await interval(['a * (3 + b) = x - 7']), { low: 7n, high: 11n })
    assert.equal(await interval(['a * (3 - x) = x - y']), undefined)
    assert.deepEqual(await interval(['(a + 1) * (b - 4) = x - 20']), { low: 12n, high: 17n })
  })

  it('are the two roots of a quadratic equation, however far apart', async () => {
    assert.deepEqual(await interval([`(x - 7) * (x - 3) = 0`]), { low: 3n, high: 7n })
    assert.deepEqual(await interval([`(x + 1) * (x - 3) = 0`]), { low: 3n, high: FIELD - 1n })
  })
})

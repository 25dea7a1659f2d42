import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Facts, Rule } from '../../audit/facts.ts'
import { propagate } from '../../audit/propagate.ts'
import type { Affine } from '../../circom/affine.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { buildSystem, type System } from '../../circom/system.ts'
import { reduce } from '../../protocol/field.ts'
import { Random } from '../../protocol/random.ts'
import { SHAPES } from '../support/planted-shapes.ts'
import { type Planted, Plot } from '../support/planted-systems.ts'

const NAMES = Object.keys(SHAPES)

/** A random system that two witnesses satisfy, mostly of a few shapes, so that they meet. */
function plant(seed: bigint): Planted {
  const random = new Random(seed)
  const plot = new Plot(random)
  SHAPES.value!(plot)
  const focus = Array.from({ length: 3 }, () => random.pick(NAMES))
  for (let left = random.between(2n, 8n); left > 0n; left--)
    SHAPES[random.pick(random.chance(70) ? focus : NAMES)]!(plot)
  return plot.finish()
}

/** Takes it for proven on paper that the numbers of the system's `belowField` are below the field prime, as they are. */
function lemmasOf({ belowField }: Planted, { representative, constants }: System) {
  return belowField.map((bits) => ({
    apply(facts: Facts) {
      const open = [...bits].map(([wire, at]) => [representative[wire]!, at] as const)
      const places = new Map(open.filter(([wire]) => !constants.has(wire)))
      if (!open.every(([wire]) => facts.isBoolean(wire))) return false
      if (places.size === open.filter(([wire]) => !constants.has(wire)).length) facts.learnBelowField(places)
      return true
    },
  }))
}

/** At most the one constraint of a harmless hint is broken by another value of it. */
function assertHarmless({ r1cs, representative }: System, hint: number, witness: readonly bigint[]): void {
  const changed = witness.map((value, wire) => (representative[wire] === hint ? reduce(value + 1n) : value))
  assert.ok(findBrokenConstraints(r1cs, changed).length <= 1, 'a hint is not harmless')
}

/** Two values of a wire differ by a multiple of its stride. */
function assertStrides(system: System, facts: Facts, [first, second]: Planted['witnesses']): void {
  for (const wire of new Set(system.representative)) {
    assert.equal((first[wire]! - second[wire]!) % facts.strideOf(wire), 0n, 'a stride is wrong')
  }
}

/** Everything that the facts say must be true of both witnesses. */
function assertTrue(system: System, facts: Facts, witness: readonly bigint[]): void {
  const value = (form: Affine) =>
    form.wires.reduce((sum, wire, i) => sum + form.coefficients[i]! * witness[wire]!, form.constant)
  for (const wire of new Set(system.representative)) {
    if (wire === 0) continue
    const interval = facts.interval(wire)
    if (interval !== undefined)
      assert.ok(interval.low <= witness[wire]! && witness[wire]! <= interval.high, 'an interval is wrong')
    if (witness[wire] !== 1n) continue
    for (const lit of facts.implications.of(wire))
      assert.equal(witness[lit >> 1], lit % 2 === 0 ? 1n : 0n, 'an implication is wrong')
  }
  for (const row of system.rows) {
    for (const form of row.kind === 'product' ? [row.a, row.b, row.c] : []) {
      if (facts.isNonZero(form)) assert.notEqual(reduce(value(form)), 0n, 'a form is 0 that never is')
    }
  }
}

async function check(seed: bigint, proven: Map<Rule, number>): Promise<void> {
  const planted = plant(seed)
  const { r1cs, witnesses, inputs } = planted
  const [first, second] = witnesses
  const system = buildSystem(r1cs)
  const { facts, harmless } = await propagate(system, inputs, { lemmas: lemmasOf(planted, system) })
  for (let wire = 1; wire < r1cs.nWires; wire++) {
    const rule = facts.ruleOf(system.representative[wire]!)
    if (rule === undefined) continue
    assert.equal(first[wire], second[wire], `PROVEN by ${rule} although two witnesses differ; seed ${seed}`)
    assert.ok(!harmless.has(system.representative[wire]!))
    proven.set(rule, (proven.get(rule) ?? 0) + 1)
  }
  for (const witness of witnesses) {
    assertTrue(system, facts, witness)
    for (const hint of harmless) assertHarmless(system, hint, witness)
  }
  assertStrides(system, facts, witnesses)
}

describe('propagation over random systems with two planted witnesses', () => {
  it('never proves a wire in which they differ, nor believes what one of them refutes', async () => {
    const proven = new Map<Rule, number>()
    for (let seed = 1n; seed <= 2000n; seed++) await check(seed, proven)
    // The systems are such that every rule has its say.
    const rules: Rule[] = [
      'input',
      'constant',
      'linear',
      'factor',
      'zero-test',
      'radix',
      'one-hot',
      'decoder',
      'division',
      'limb-division',
    ]
    for (const rule of [...rules, 'square-root', 'elimination'] as const) assert.ok((proven.get(rule) ?? 0) >= 10, rule)
  })
})

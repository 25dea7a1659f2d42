import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Multiples } from '../../audit/curve/multiples.ts'
import type { Facts } from '../../audit/facts.ts'
import { CURVE } from '../../audit/lemmas/curve.ts'
import { propagate } from '../../audit/propagate.ts'
import type { Affine } from '../../circom/affine.ts'
import { buildSystem, type System } from '../../circom/system.ts'
import { smallOrderPoint } from '../../lab/instances/raw-signature.ts'
import { isOnCurve, multiplyPoint, type Point, SUBGROUP_ORDER } from '../../protocol/crypto/baby-jubjub.ts'
import { divide, reduce } from '../../protocol/field.ts'
import { Random } from '../../protocol/random.ts'
import { r1csOf } from '../support/constraint-rows.ts'
import type { PlantedPoint, PlantedStep } from '../support/planted-ladder.ts'
import { plantedLadder } from '../support/planted-ladders.ts'

type Witness = readonly bigint[]

function lemmaOf({ template, wires }: PlantedStep, { representative }: System) {
  const lemma = CURVE.find((one) => one.template === template)!
  const named = Object.entries(wires).map(([name, wire]) => [name, representative[wire]!] as const)
  const byName = new Map(named)
  const gadget = { wires: named, wire: (name: string) => byName.get(name)! }
  // As applierOf has it: of points, more may follow later.
  return {
    apply(facts: Facts) {
      const done = lemma.apply(facts, gadget)
      return done && lemma.isOfPoints === undefined
    },
  }
}

/** The point in Edwards form; undefined if it is not on the curve. */
function pointIn(witness: Witness, { form, wires }: PlantedPoint): Point | undefined {
  const [first, second] = wires.map((wire) => witness[wire]!) as [bigint, bigint]
  if (form === 'edwards') return isOnCurve({ x: first, y: second }) ? { x: first, y: second } : undefined
  if (reduce(second * second - (first * first + 168_698n * first + 1n) * first) !== 0n) return undefined
  if (second === 0n) return { x: 0n, y: reduce(-1n) }
  return { x: divide(first, second), y: divide(reduce(first - 1n), reduce(first + 1n)) }
}

const nameOf = ({ x, y }: Point) => `${x} ${y}`

/** The points of order 1, 2, 4 and 8, by the number of factors 2. */
const small = new Map<string, number>()
for (let multiple = 8n; multiple > 0n; multiple--) {
  const point = multiplyPoint(smallOrderPoint(8), multiple)
  small.set(nameOf(point), multiple === 8n ? 0 : multiple === 4n ? 1 : multiple % 2n === 0n ? 2 : 3)
}

const orderBits = new Map<string, number>()

function orderBit(point: Point): number {
  const name = nameOf(point)
  const twos = small.get(name)
  if (twos !== undefined) return 1 << twos
  const known = orderBits.get(name) ?? 1 << (small.get(nameOf(multiplyPoint(point, SUBGROUP_ORDER)))! + 4)
  orderBits.set(name, known)
  return known
}

/** Of many multiples, this many are tried at most. */
const MOST_TRIED = 40

function isMultiple(point: Point, base: Point, multiples: Multiples): boolean {
  const numbers: bigint[] = []
  for (const { low, high, step } of multiples) {
    for (let c = low; c <= high; c += step || 1n) {
      numbers.push(c)
      if (numbers.length > MOST_TRIED) return true
    }
  }
  const negative = { x: reduce(-base.x), y: base.y }
  return numbers.some((c) => {
    const product = c < 0n ? multiplyPoint(negative, -c) : multiplyPoint(base, c)
    return product.x === point.x && product.y === point.y
  })
}

/** What the name of a base stands for: coordinates that are wires, or constants. */
function baseIn(witness: Witness, name: string): Point {
  const [, x, y] = /^edwards\((=?\d+), (=?\d+)\)$/.exec(name)!
  const [first, second] = [x!, y!].map((text) =>
    text.startsWith('=') ? BigInt(text.slice(1)) : witness[Number(text)]!,
  )
  return { x: first!, y: second! }
}

function assertTrue(system: System, facts: Facts, points: readonly PlantedPoint[], witness: Witness): number {
  const value = (form: Affine) =>
    reduce(form.wires.reduce((sum, wire, i) => sum + form.coefficients[i]! * witness[wire]!, form.constant))
  for (const row of system.rows) {
    for (const form of row.kind === 'product' ? [row.a, row.b, row.c] : []) {
      if (facts.isNonZero(form)) assert.notEqual(value(form), 0n, 'a form is 0 that never is')
    }
  }
  let found = 0
  for (const { form, wires } of points) {
    const [first, second] = wires.map((wire) => system.representative[wire]!) as [number, number]
    const known = facts.points.find(form, first, second)
    if (known === undefined) continue
    found++
    const point = pointIn(witness, { form, wires })
    assert.ok(point !== undefined, 'what is off the curve is taken for a point')
    assert.ok((known.orders & orderBit(point)) !== 0, 'a point has an order that it is said not to have')
    for (const [base, multiples] of known.multiples) {
      assert.ok(isMultiple(point, baseIn(witness, base), multiples), 'a point is another multiple')
    }
  }
  return found
}

async function check(seed: bigint) {
  const random = new Random(seed)
  const { plot, steps, points, given, free } = plantedLadder(random)
  const r1cs = r1csOf({ nWires: plot.values.length, constraints: plot.constraints })
  const [first, second] = [0, 1].map((side) => plot.values.map((two) => two[side as 0 | 1])) as unknown as [
    Witness,
    Witness,
  ]
  const inputs = given.filter((wire) => first[wire] === second[wire])
  const system = buildSystem(r1cs)
  const { facts } = await propagate(system, inputs, { lemmas: steps.map((step) => lemmaOf(step, system)) })
  let byLemma = 0
  for (let wire = 1; wire < r1cs.nWires; wire++) {
    if (!facts.isKnown(system.representative[wire]!)) continue
    assert.equal(first[wire], second[wire], `PROVEN although two witnesses differ; seed ${seed}`)
  }
  for (const { template, wires } of steps) {
    const result = wires.lamda ?? wires['out[1]']
    if (template !== 'MultiMux2(2)' && result !== undefined && facts.isKnown(system.representative[result]!)) byLemma++
  }
  let found = 0
  for (const witness of [first, second]) found += assertTrue(system, facts, points, witness)
  return { byLemma, found, free }
}

describe('the lemmas of the curve over random ladders with two planted witnesses', () => {
  it('never prove what differs, nor believe of a point what is not so', async () => {
    const sum = { byLemma: 0, found: 0, free: 0 }
    for (let seed = 1n; seed <= 300n; seed++) {
      const { byLemma, found, free } = await check(seed)
      sum.byLemma += byLemma
      sum.found += found
      sum.free += free
    }
    // Much is proved, and much is free: a lemma that says too much is caught.
    assert.ok(sum.byLemma >= 150 && sum.found >= 1500 && sum.free >= 300, JSON.stringify(sum))
  })
})

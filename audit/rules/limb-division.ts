import type { Row } from '../../circom/system.ts'
import type { Tick } from '../clock.ts'
import type { Facts } from '../facts.ts'
import { passedOnIn, type Sum } from '../limbs/carries.ts'
import { eliminateOver } from '../limbs/integers.ts'
import { isBelow, isLess, isPositive, type Limbs } from '../limbs/order.ts'
import { comparedBy, isDigit, type Relation, relationsNear } from '../limbs/relations.ts'
import { commonDivisor, magnitude } from '../whole-numbers.ts'

/**
 * Division of integers in limbs, q * d + r = known with known d and 0 <= r < d, all in limbs and with carries: for two
 * witnesses, (q - q') * d = r' - r, which is less than d, so that both sides are 0; and a number has one representation in
 * limbs that do not overlap. The columns of the product with their carries are equations of bounded numbers, which hold over
 * the integers; together they are the one equation in which no carry is left. The divisor may be constant: then its product
 * is in no row of its own, and what is compared with constants is the remainder. If the remainder is known, it is enough that
 * the divisor is not 0. Returns whether it found anything.
 */
export function solveLimbDivisions(facts: Facts, tick: Tick): boolean {
  const seen = new Set<number>()
  const before = facts.knownCount
  for (const [index, row] of facts.system.rows.entries()) {
    if (facts.unknownCountOf(index) < 2 || seen.has(index)) continue
    tick()
    if (!isBeginning(facts, row)) continue
    const near = relationsNear(facts, index, seen, tick)
    if (near === undefined) continue
    const isFactor = new Set<number>()
    for (const relation of near.relations) {
      for (const [wire, coefficients] of relation) if (isForm(coefficients)) isFactor.add(wire)
    }
    const columns = columnsOf(near)
    if (isFactor.size === 0) {
      solveConstantDivision(facts, columns, near.compared)
      continue
    }
    const isKept = (wire: number) => isFactor.has(wire) || near.compared.has(wire)
    for (const relation of eliminateOver(columns, isKept)) solveDivisionOf(facts, relation)
  }
  return facts.knownCount > before
}

/** A product of digits and something known, or a digit that is compared with a constant. */
function isBeginning(facts: Facts, row: Row): boolean {
  if (row.kind === 'linear') return row.form.wires.length === 2 && comparedBy(facts, row).length > 0
  const isKnown = [row.a, row.b].map((form) => facts.isKnownForm(form))
  if (isKnown[0] === isKnown[1]) return false
  return facts.unknownIn(isKnown[0] ? row.b : row.a).every((wire) => isDigit(facts, wire))
}

/** For relations in which all coefficients are constant. */
function constantTerms(relation: Relation): Sum {
  return new Map([...relation].map(([wire, coefficients]) => [wire, coefficients.get(0)!]))
}

function isForm(coefficients: ReadonlyMap<number, bigint>): boolean {
  return coefficients.size > 1 || !coefficients.has(0)
}

/** The relations that do not only say of a compared number what the comparator's is. */
function columnsOf({ relations, compared }: { relations: readonly Relation[]; compared: ReadonlySet<number> }) {
  return relations.filter((relation) => {
    const wires = [...relation.keys()]
    return wires.length !== 2 || !wires.every((wire) => compared.has(wire))
  })
}

function solveDivisionOf(facts: Facts, relation: Relation): void {
  const quotient = new Map<number, ReadonlyMap<number, bigint>>()
  const remainder = new Map<number, bigint>()
  for (const [wire, coefficients] of relation) {
    if (isForm(coefficients)) quotient.set(wire, coefficients)
    else remainder.set(wire, coefficients.get(0)!)
  }
  const split = splitQuotient(quotient, remainder)
  if (split === undefined) return
  const { weights, divisor, rest } = split
  if (![weights, rest].every((limbs) => areDigits(facts, limbs))) return
  if (rest.size === 0 ? !isPositive(facts, divisor) : !isLess(facts, rest, divisor)) return
  for (const wire of relation.keys()) facts.know(wire, 'limb-division')
}

/** Where a limb of the divisor is 1, limbs of the quotient have coefficient 1, as carries have: then only these are eliminated. */
function solveConstantDivision(facts: Facts, columns: readonly Relation[], compared: ReadonlySet<number>): void {
  const before = facts.knownCount
  for (const relation of eliminateOver(columns, (wire) => compared.has(wire))) {
    solveConstantDivisionOf(facts, relation, compared)
  }
  if (facts.knownCount > before) return
  const passedOn = passedOnIn(columns.map(constantTerms))
  for (const relation of eliminateOver(columns, (wire) => compared.has(wire) || !passedOn.has(wire))) {
    solveConstantDivisionOf(facts, relation, compared)
  }
}

/**
 * The same with a constant divisor, in which all coefficients are constant: those of what is compared are the weights of the
 * remainder's limbs, and all others have the divisor as a common divisor. So the remainders of two witnesses differ by a
 * multiple of it.
 */
function solveConstantDivisionOf(facts: Facts, relation: Relation, compared: ReadonlySet<number>): void {
  const weights = new Map<number, bigint>()
  const remainder = new Map<number, bigint>()
  for (const [wire, weight] of constantTerms(relation)) {
    const limbs = compared.has(wire) ? remainder : weights
    limbs.set(wire, weight)
  }
  if (weights.size === 0 || remainder.size === 0) return
  const divisor = [...weights.values()].map(magnitude).reduce(commonDivisor)
  const common = [divisor, ...[...remainder.values()].map(magnitude)].reduce(commonDivisor)
  const [quotient, rest] = [positive(weights, divisor), positive(remainder, common)]
  if (quotient === undefined || rest === undefined) return
  if (![quotient, rest].every((limbs) => areDigits(facts, limbs)) || !isBelow(facts, rest, divisor / common)) return
  for (const wire of relation.keys()) facts.know(wire, 'limb-division')
}

/** The quotient as limbs, times the divisor in limbs, and the remainder in limbs; all weights positive, without a common one. */
function splitQuotient(quotient: ReadonlyMap<number, ReadonlyMap<number, bigint>>, remainder: Limbs) {
  const [least] = [...quotient.values()].sort((a, b) => (size(a) < size(b) ? -1 : 1))
  if (least === undefined || least.has(0)) return undefined
  const weights = new Map<number, bigint>()
  for (const [wire, coefficients] of quotient) {
    const weight = multiple(least, coefficients)
    if (weight === undefined) return undefined
    weights.set(wire, weight)
  }
  // Of either sign: only the size of the remainder counts.
  const common = [...least.values(), ...remainder.values()].map(magnitude).reduce(commonDivisor)
  const [divisor, rest] = [positive(least, common), positive(remainder, common)]
  return divisor === undefined || rest === undefined ? undefined : { weights, divisor, rest }
}

/** All weights divided by a common divisor and made positive; undefined if they differ in their signs. */
function positive(limbs: Limbs, common: bigint): Limbs | undefined {
  const signs = new Set([...limbs.values()].map((weight) => weight > 0n))
  if (signs.size > 1) return undefined
  return new Map([...limbs].map(([wire, weight]) => [wire, magnitude(weight) / common]))
}

/** The integer k with other = k * form, k > 0. */
function multiple(form: ReadonlyMap<number, bigint>, other: ReadonlyMap<number, bigint>): bigint | undefined {
  if (form.size !== other.size) return undefined
  const [[wire, coefficient]] = [...form] as [[number, bigint]]
  const k = (other.get(wire) ?? 0n) / coefficient
  return k > 0n && [...form].every(([at, value]) => other.get(at) === k * value) ? k : undefined
}

function size(coefficients: ReadonlyMap<number, bigint>): bigint {
  return [...coefficients.values()].map(magnitude).reduce((sum, one) => sum + one, 0n)
}

/** Limbs from 0 up that do not overlap: each weight exceeds what is below it. */
function areDigits(facts: Facts, limbs: Limbs): boolean {
  const ascending = [...limbs].sort(([, a], [, b]) => (a < b ? -1 : 1))
  let below = 0n
  for (const [wire, weight] of ascending) {
    const interval = facts.interval(wire)
    if (interval === undefined || weight <= below) return false
    below += weight * interval.high
  }
  return true
}

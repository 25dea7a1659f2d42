import type { Affine } from '../../circom/affine.ts'
import { Elimination } from '../../circom/elimination.ts'
import type { LinearForm } from '../../circom/linear-form.ts'
import type { Row } from '../../circom/system.ts'
import { FIELD, fromField } from '../../protocol/numbers.ts'
import type { Tick } from '../clock.ts'
import type { Facts } from '../facts.ts'
import { rowsNear } from '../rows-near.ts'
import { commonDivisor, magnitude } from '../whole-numbers.ts'
import { passedOnIn } from './carries.ts'

/**
 * How unknown wires differ between two witnesses with equal inputs, over the integers: for each of them its coefficient, which
 * is an integer combination of known wires and of the constant one (wire 0). The sum of differences times coefficients is 0.
 */
export type Relation = ReadonlyMap<number, ReadonlyMap<number, bigint>>

export interface Relations {
  readonly relations: readonly Relation[]
  /** Unknown wires that are compared with known ones, and the numbers of their comparators. */
  readonly compared: ReadonlySet<number>
}

/** Rows of one cluster, and rows of one wire, beyond which it is given up. */
const MOST_ROWS = 2048
const MOST_ROWS_OF_WIRE = 256
/** Terms of a row once it is reduced. */
const MOST_TERMS = 2048

/**
 * The relations between bounded unknown wires near a row. A row that is linear in what is unknown, with coefficients that are
 * forms of known wires, holds for the differences, without what is known alone. What has no digits of its own (products,
 * columns, values of polynomials at points) is eliminated over the field. What is left holds over the integers if the greatest
 * it can be is less than r.
 */
export function relationsNear(facts: Facts, start: number, seen: Set<number>, tick: Tick): Relations | undefined {
  const found = cluster(facts, start, seen)
  if (found === undefined) return undefined
  const isOpen = openTest(facts)
  const rows = inOrder(facts, start, found, isOpen)
  const elimination = new Elimination(tick)
  const left: LinearForm[] = []
  const compared = new Set<number>()
  const base = facts.system.r1cs.nWires
  for (const row of rows) {
    tick()
    for (const wire of comparedBy(facts, row)) compared.add(wire)
    const reduced = elimination.reduce({ constant: 0n, terms: differences(facts, row) })
    if (reduced.terms.size > MOST_TERMS) return undefined
    const pivot = [...reduced.terms.keys()].find((key) => key < base && isOpen(key))
    if (pivot === undefined) left.push(reduced)
    else elimination.keep(reduced, pivot)
  }
  const relations = left.flatMap((form) => integerRelation(facts, elimination.reduce(form)) ?? [])
  return { relations, compared }
}

/** Whether a wire has no digits of its own; each is looked into once. */
function openTest(facts: Facts): (wire: number) => boolean {
  const known = new Map<number, boolean>()
  return (wire) => {
    const isOpen = known.get(wire) ?? !isDigit(facts, wire)
    known.set(wire, isOpen)
    return isOpen
  }
}

/**
 * The rows in the order in which they are reduced. First those that give a number without digits by one with digits and a
 * constant, such as a carry of either sign, which its sum with a power of two keeps in range: so that it is this sum that goes
 * into the columns. For a constant divisor, the columns come last: what gives them, such as the values of a polynomial, stands
 * in rows that no carry is in. (From a product, the rows come in this order by themselves.)
 */
function inOrder(facts: Facts, start: number, rows: readonly Row[], isOpen: (wire: number) => boolean): Row[] {
  const shifts = new Set(rows.filter((row) => isShift(facts, row, isOpen)))
  const others = rows.filter((row) => !shifts.has(row))
  if (facts.system.rows[start]!.kind === 'product') return [...shifts, ...others]
  const shifted = new Set([...shifts].flatMap((row) => facts.unknownOf(row)))
  const isCarried = (wire: number) => shifted.has(wire) || !isOpen(wire)
  // A number and that of its comparator are none of a column.
  const sums = others
    .map((row) => unknownTerms(facts, row))
    .filter(({ size }, i) => size > 2 || comparedBy(facts, others[i]!).length === 0)
  const passedOn = passedOnIn(sums)
  const isColumn = (row: Row) => facts.unknownOf(row).some((wire) => passedOn.has(wire) && isCarried(wire))
  return [...shifts, ...others.filter((row) => !isColumn(row)), ...others.filter(isColumn)]
}

function isShift(facts: Facts, row: Row, isOpen: (wire: number) => boolean): boolean {
  const terms = [...unknownTerms(facts, row)]
  if (terms.length !== 2) return false
  const [[one, own], [other, coefficient]] = terms as [[number, bigint], [number, bigint]]
  return magnitude(own) === magnitude(coefficient) && isOpen(one) !== isOpen(other)
}

/** What is unknown in a linear row; nothing of others. */
function unknownTerms(facts: Facts, row: Row): Map<number, bigint> {
  if (row.kind === 'product') return new Map()
  const terms = row.form.wires.map((wire, i) => [wire, fromField(row.form.coefficients[i]!)] as const)
  return new Map(terms.filter(([wire]) => !facts.isKnown(wire)))
}

/** The rows that unknown wires connect with one, as far as they are linear in what is unknown; not those of single bits. */
function cluster(facts: Facts, start: number, seen: Set<number>): Row[] | undefined {
  const found = new Set([start])
  const wires = new Set<number>()
  for (const index of found) {
    seen.add(index)
    for (const wire of facts.unknownOf(facts.system.rows[index]!)) {
      if (wires.has(wire)) continue
      wires.add(wire)
      const rows = facts.system.rowsOf(wire)
      if (rows.length > MOST_ROWS_OF_WIRE) continue
      for (const next of rows)
        if (!found.has(next) && isLinearInUnknown(facts, facts.system.rows[next]!)) found.add(next)
    }
    if (found.size > MOST_ROWS) return undefined
  }
  return [...found].map((index) => facts.system.rows[index]!)
}

function isLinearInUnknown(facts: Facts, row: Row): boolean {
  if (row.kind === 'product') return facts.isKnownForm(row.a) || facts.isKnownForm(row.b)
  // A number and its bits say nothing but what the number's interval says.
  const unknown = facts.unknownIn(row.form)
  const bits = unknown.filter((wire) => facts.isBoolean(wire)).length
  return unknown.length > 0 && (bits < 3 || unknown.length - bits > 1)
}

/** What a row says of differences: terms by unknown wire, or by known wire * number of wires + unknown wire. */
function differences(facts: Facts, row: Row): Map<number, bigint> {
  const base = facts.system.r1cs.nWires
  const terms = new Map<number, bigint>()
  const add = (key: number, coefficient: bigint) => {
    const sum = ((((terms.get(key) ?? 0n) + coefficient) % FIELD) + FIELD) % FIELD
    if (sum === 0n) terms.delete(key)
    else terms.set(key, sum)
  }
  const addUnknown = (
    form: { wires: readonly number[]; coefficients: readonly bigint[] },
    known: number,
    by: bigint,
  ) => {
    for (const [i, wire] of form.wires.entries()) {
      if (!facts.isKnown(wire)) add(known * base + wire, form.coefficients[i]! * by)
    }
  }
  if (row.kind === 'linear') {
    addUnknown(row.form, 0, 1n)
    return terms
  }
  const [known, unknown] = facts.isKnownForm(row.a) ? [row.a, row.b] : [row.b, row.a]
  if (known.constant !== 0n) addUnknown(unknown, 0, known.constant)
  for (const [i, wire] of known.wires.entries()) addUnknown(unknown, wire, known.coefficients[i]!)
  addUnknown(row.c, 0, -1n)
  return terms
}

/**
 * A number and that of its comparator: the one is the other less a known number and a constant, or a constant alone, and both
 * have digits. (A carry and its sum with what makes it positive differ by a constant, too; but only the sum is given in bits.)
 */
export function comparedBy(facts: Facts, row: Row): number[] {
  if (row.kind === 'product' || row.form.constant === 0n) return []
  const { wires, coefficients } = row.form
  const unknown = facts.unknownIn(row.form)
  if (unknown.length !== 2) return []
  const isNumber = (wire: number) => !facts.isBoolean(wire) && isGivenInBits(facts, wire)
  if (wires.length === 2 && !unknown.every(isNumber)) return []
  const areUnits = unknown.every((wire) => magnitude(fromField(coefficients[wires.indexOf(wire)]!)) === 1n)
  return areUnits && unknown.every((wire) => isDigit(facts, wire)) ? unknown : []
}

/** Whether a wire is a digit: a bit, or what a row gives in bits, itself or with a constant. */
export function isDigit(facts: Facts, wire: number): boolean {
  if (facts.interval(wire) === undefined) return false
  if (facts.isBoolean(wire)) return true
  return isGivenInBits(facts, wire) || wiresApart(facts, wire).some((other) => isGivenInBits(facts, other))
}

function isGivenInBits(facts: Facts, wire: number): boolean {
  return linearFormsOf(facts, wire).some(({ wires }) =>
    isInBits(
      facts,
      wires.filter((one) => one !== wire),
    ),
  )
}

function isInBits(facts: Facts, wires: readonly number[]): boolean {
  return wires.length > 0 && wires.every((wire) => facts.isBoolean(wire))
}

/** Wires that are the wire, or its opposite, and a constant. */
function wiresApart(facts: Facts, wire: number): number[] {
  return linearFormsOf(facts, wire).flatMap(({ wires, coefficients }) => {
    const [one, other] = coefficients.map((coefficient) => magnitude(fromField(coefficient)))
    return wires.length === 2 && one === other ? wires.filter((another) => another !== wire) : []
  })
}

function linearFormsOf(facts: Facts, wire: number): Affine[] {
  return Array.from(rowsNear(facts.system, wire, MOST_ROWS_OF_WIRE)).flatMap((index) => {
    const row = facts.system.rows[index]!
    return row.kind === 'linear' ? [row.form] : []
  })
}

/** The relation over the integers, if it cannot wrap, without a common divisor. */
function integerRelation(facts: Facts, { terms }: LinearForm): Relation | undefined {
  const base = facts.system.r1cs.nWires
  const relation = new Map<number, Map<number, bigint>>()
  let most = 0n
  for (const [key, coefficient] of terms) {
    const [known, wire] = [Math.floor(key / base), key % base]
    const [own, factor] = [facts.interval(wire), known === 0 ? ONE : facts.interval(known)]
    if (own === undefined || factor === undefined) return undefined
    most += magnitude(fromField(coefficient)) * (own.high - own.low) * factor.high
    if (most >= FIELD) return undefined
    const coefficients = relation.get(wire) ?? new Map<number, bigint>()
    relation.set(wire, coefficients.set(known, fromField(coefficient)))
  }
  return relation.size === 0 ? undefined : withoutDivisor(relation)
}

function withoutDivisor(relation: Relation): Relation {
  const all = [...relation.values()].flatMap((coefficients) => [...coefficients.values()])
  const divisor = all.map(magnitude).reduce(commonDivisor)
  if (divisor === 1n) return relation
  const divided = (coefficients: ReadonlyMap<number, bigint>) =>
    new Map([...coefficients].map(([known, coefficient]) => [known, coefficient / divisor]))
  return new Map([...relation].map(([wire, coefficients]) => [wire, divided(coefficients)]))
}

const ONE = { low: 1n, high: 1n }

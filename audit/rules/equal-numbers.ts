import { type Affine, addScaled, affine, coefficientOf, isConstant, scale, signed } from '../../circom/affine.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { Facts } from '../facts.ts'
import { type Literal, literal } from '../implications.ts'
import type { ZeroTest } from './zero-test.ts'

/** Wires in more rows are not looked up: an index that is compared with thousands of constants would take the square of that. */
const MOST_ROWS = 256

/**
 * What the bits of a difference are where a zero test says that there is none. A comparator decomposes 2^n + a - b, and an
 * equality test asks whether a - b is 0: if it is, the comparator's bits are those of 2^n. Followed through the linear rows
 * that define the tested wire and the number that is decomposed.
 */
export function implyBitsOfZero(facts: Facts, { tested, result, values }: ZeroTest): void {
  if (values[0] !== 1n || values[1] !== 0n || !facts.isBoolean(result)) return
  const literals = zeroForms(facts, tested).flatMap((zero) => literalsWhere(facts, zero))
  if (literals.length > 0) facts.implications.imply(result, literals)
}

/** Forms that are 0 together with the tested one: itself, and what is left of the linear rows of a wire that is 0. */
function zeroForms(facts: Facts, tested: Affine): Affine[] {
  const [wire] = tested.wires
  if (tested.wires.length !== 1 || tested.constant !== 0n) return [tested]
  const without = (form: Affine) => addScaled(form, affine(0n, [[wire!, 1n]]), -coefficientOf(form, wire!))
  return linearFormsOf(facts, wire!).map(without)
}

function literalsWhere(facts: Facts, zero: Affine): Literal[] {
  const [wire] = zero.wires
  if (wire === undefined || zero.wires.length > 3) return []
  return linearFormsOf(facts, wire).flatMap((form) => {
    const rest = addScaled(form, zero, -coefficientOf(form, wire) * invert(coefficientOf(zero, wire)))
    if (isConstant(rest)) return []
    if (rest.wires.length > 1) return bitsOf(facts, rest)
    const number = rest.wires[0]!
    const value = reduce(-rest.constant * invert(rest.coefficients[0]!))
    return linearFormsOf(facts, number).flatMap((sum) =>
      bitsOf(facts, addScaled(sum, affine(value, [[number, -1n]]), coefficientOf(sum, number))),
    )
  })
}

/** The one solution of constant + sum(c_i * bit_i) = 0 if the c_i are powers of two up to a common sign. */
function bitsOf(facts: Facts, form: Affine): Literal[] {
  if (form.wires.length < 2 || !form.wires.every((wire) => facts.isBoolean(wire))) return []
  for (const sign of [1n, -1n]) {
    const { constant, wires, coefficients } = scale(form, sign)
    const places = coefficients.map((c) => (signed(c) > 0n && (c & (c - 1n)) === 0n ? c : 0n))
    if (places.includes(0n) || new Set(places).size < places.length) continue
    const total = places.reduce((sum, place) => sum + place)
    const value = reduce(-constant)
    if (total >= FIELD || value > total || places.reduce((sum, place) => sum + (value & place), 0n) !== value) continue
    return wires.map((wire, i) => literal(wire, (value & places[i]!) !== 0n))
  }
  return []
}

function linearFormsOf(facts: Facts, wire: number): Affine[] {
  const rows = facts.system.rowsOf(wire)
  if (rows.length > MOST_ROWS) return []
  return Array.from(rows, (index) => facts.system.rows[index]!).flatMap((row) =>
    row.kind === 'linear' ? [row.form] : [],
  )
}

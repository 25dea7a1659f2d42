import { type Affine, addScaled, affine, coefficientOf, isConstant, scale } from '../../circom/affine.ts'
import type { System } from '../../circom/system.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

/** A coordinate of a point: a constant, a representative, or the negative of one. */
export type Coordinate =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'wire'; readonly wire: number; readonly isNegative: boolean }

export function coordinateOf(system: System, wire: number): Coordinate {
  const value = system.constants.get(wire)
  return value === undefined ? { kind: 'wire', wire, isNegative: false } : { kind: 'constant', value }
}

export function negated(coordinate: Coordinate): Coordinate {
  if (coordinate.kind === 'constant') return { kind: 'constant', value: reduce(-coordinate.value) }
  return { ...coordinate, isNegative: !coordinate.isNegative }
}

/** A coordinate that takes one of two values, by a wire that is 0 or 1. */
export interface Choice {
  readonly selector: number
  readonly values: readonly [if0: Coordinate, if1: Coordinate]
}

const ZERO = affine(0n, [])

/** Wires in more rows than this are not looked up: no coordinate is read so often, and it would take long. */
const MOST_ROWS = 64

/** Wires of which the wire is the negative, by a row wire + other = 0. */
export function negativesOf(system: System, wire: number): number[] {
  return rowsOf(system, wire).flatMap((row) => {
    if (row.kind !== 'linear' || row.form.wires.length !== 2 || row.form.constant !== 0n) return []
    const [x, y] = row.form.wires
    const [a, b] = row.form.coefficients
    return a === b ? [x === wire ? y! : x!] : []
  })
}

/**
 * Rows f(s) * x = c, or linear ones, that say what the wire is for s = 0 and for s = 1: a coordinate each. Whether s is one of
 * the two is for the caller to know.
 */
export function choicesOf(system: System, wire: number): Choice[] {
  return rowsOf(system, wire).flatMap((row) => {
    if (row.kind === 'linear') {
      const [selector, ...more] = row.form.wires.filter((one) => one !== wire)
      return selector === undefined || more.length > 0 ? [] : chosenBy(selector, wire, [ZERO, ZERO, row.form])
    }
    return [[row.a, row.b] as const, [row.b, row.a] as const].flatMap(([factor, other]) => {
      const [selector] = factor.wires
      const isSelected = factor.wires.length === 1 && selector !== wire && coefficientOf(other, wire) === 0n
      return isSelected ? chosenBy(selector!, wire, [factor, other, row.c]) : []
    })
  })
}

/** The choice in factor * other = c, where the factor depends on the selector alone, and only c on the wire. */
function chosenBy(
  selector: number,
  wire: number,
  forms: readonly [factor: Affine, other: Affine, c: Affine],
): Choice[] {
  const own = coefficientOf(forms[2], wire)
  if (own === 0n) return []
  const valueAt = (bit: bigint) => {
    const [factor, other, c] = forms.map((form) => substitute(form, selector, bit)) as [Affine, Affine, Affine]
    // own * wire = factor * other - (c - own * wire), where the factor is a constant.
    const rest = addScaled(c, affine(0n, [[wire, own]]), -1n)
    return readCoordinate(scale(addScaled(scale(other, factor.constant), rest, -1n), invert(own)))
  }
  const [if0, if1] = [valueAt(0n), valueAt(1n)]
  return if0 === undefined || if1 === undefined ? [] : [{ selector, values: [if0, if1] }]
}

/** Whether a row says that the wire is not 0 where the selector has the value: wire * .. = c with c other than 0 there. */
export function isNonZeroIf(system: System, wire: number, selector: number, value: bigint): boolean {
  return rowsOf(system, wire).some(
    (row) =>
      row.kind === 'product' &&
      [row.a, row.b].some((form) => form.constant === 0n && form.wires.length === 1 && form.wires[0] === wire) &&
      row.c.wires.every((one) => one === selector) &&
      substitute(row.c, selector, value).constant !== 0n,
  )
}

function rowsOf(system: System, wire: number) {
  const indices = system.rowsOf(wire)
  return indices.length > MOST_ROWS ? [] : Array.from(indices, (index) => system.rows[index]!)
}

function substitute(form: Affine, wire: number, value: bigint): Affine {
  const coefficient = coefficientOf(form, wire)
  if (coefficient === 0n) return form
  return addScaled(form, affine(-value, [[wire, 1n]]), -coefficient)
}

function readCoordinate(form: Affine): Coordinate | undefined {
  if (isConstant(form)) return { kind: 'constant', value: form.constant }
  const [coefficient] = form.coefficients
  const isSingle = form.wires.length === 1 && form.constant === 0n
  if (!isSingle || (coefficient !== 1n && coefficient !== FIELD - 1n)) return undefined
  return { kind: 'wire', wire: form.wires[0]!, isNegative: coefficient !== 1n }
}

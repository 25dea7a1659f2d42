import { invert, reduce } from '../../../protocol/field.ts'
import { coefficientOf, scale, signed } from '../../affine.ts'
import { type Derivation, linearSide, monic, without } from '../derivation.ts'
import { NOWHERE } from '../instructions.ts'
import type { ReadRow } from '../known-rows.ts'

/** Below 2^253 < r a number has its bits in one way only. */
const MOST_BITS = 253

/** A known value that is the sum of unknown bits, each times another power of two. */
export function solveBits(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  const form = linearSide(derivation, row)
  if (form === undefined) return false
  const bits = derivation.unknownIn(form)
  if (bits.length < 2 || !bits.every((wire) => derivation.rows.isBit[wire])) return false
  const coefficients = bits.map((wire) => coefficientOf(form, wire))
  for (const unit of unitsOf(coefficients)) {
    const to = placesOf(bits, scaled(coefficients, unit))
    if (to === undefined) continue
    const value = derivation.solve(row, unit)
    if (value === undefined) return false
    derivation.isMet[index] = 1
    derivation.add({ kind: 'bits', value, to })
    return true
  }
  return solveOneHot(derivation, index, row, bits)
}

/** The coefficients that may be that of bit 0: 1, -1, or the least. */
function unitsOf(coefficients: readonly bigint[]): Set<bigint> {
  const magnitude = (c: bigint) => (signed(c) < 0n ? -signed(c) : signed(c))
  const least = coefficients.reduce((one, other) => (magnitude(other) < magnitude(one) ? other : one))
  return new Set([1n, reduce(-1n), least])
}

function scaled(coefficients: readonly bigint[], unit: bigint): bigint[] {
  const factor = unit === 1n ? 1n : invert(unit)
  return coefficients.map((coefficient) => reduce(coefficient * factor))
}

/** The wires by the exponents of their weights; undefined unless these are different powers of two below the limit. */
function placesOf(wires: readonly number[], weights: readonly bigint[]): number[] | undefined {
  const places: number[] = []
  for (const [at, weight] of weights.entries()) {
    if ((weight & (weight - 1n)) !== 0n) return undefined
    const exponent = weight.toString(2).length - 1
    if (exponent >= MOST_BITS || places[exponent] !== undefined) return undefined
    places[exponent] = wires[at]!
  }
  return Array.from(places, (wire) => wire ?? NOWHERE)
}

/**
 * Bits that add up to a known count, and whose places, each bit times its own, add up to a known place. Where the count is 0 or 1 at most one
 * is 1, and the place says which. Both rows are checked afterwards, so any other count fails.
 */
function solveOneHot(derivation: Derivation, index: number, row: ReadRow, bits: readonly number[]): boolean {
  for (const wire of bits.slice(0, 2)) {
    for (const other of derivation.rows.rowsOf(wire)) {
      if (other === index || derivation.rows.loose[other] !== 0) continue
      const read = derivation.rows.read(other)
      if (countAndPlace(derivation, row, read) || countAndPlace(derivation, read, row)) return true
    }
  }
  return false
}

function countAndPlace(derivation: Derivation, counting: ReadRow, placing: ReadRow): boolean {
  const [counted, placed] = [linearSide(derivation, counting), linearSide(derivation, placing)]
  if (counted === undefined || placed === undefined) return false
  const to = derivation.unknownIn(counted)
  const unit = coefficientOf(counted, to[0]!)
  if (to.length < 2 || !to.every((wire) => coefficientOf(counted, wire) === unit)) return false
  if (!derivation.unknownIn(placed).every((wire) => to.includes(wire))) return false
  const places = to.map((wire) => coefficientOf(placed, wire))
  if (new Set(places).size < places.length) return false
  const count = derivation.solve(counting, unit)
  const place = derivation.solve(placing, 1n)
  if (count === undefined || place === undefined) return false
  derivation.add({ kind: 'one-hot', count, place, to, places })
  return true
}

/** The wires of a row that are bits and spell a wire: x = sum of bits. Gives how many bits x has. */
export function widthOf(derivation: Derivation, wire: number): number | undefined {
  for (const index of derivation.rows.rowsOf(wire)) {
    const form = monic(derivation.rows.read(index), wire)
    if (form === undefined) continue
    const bits = scale(without(form, wire), reduce(-1n))
    const isSpelled =
      bits.constant === 0n && bits.wires.length > 0 && bits.wires.every((bit) => derivation.rows.isBit[bit])
    const places = isSpelled ? placesOf(bits.wires, bits.coefficients) : undefined
    if (places !== undefined) return places.length
  }
  return undefined
}

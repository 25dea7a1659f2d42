import { invert, reduce } from '../../../protocol/field.ts'
import { type Affine, coefficientOf, isConstant, scale } from '../../affine.ts'
import { type Derivation, monic, without } from '../derivation.ts'
import { widthOf } from './bits.ts'

/**
 * x * power = raised with known x, where power is a product of factors 2^(2^i) that bits choose, and k bits spell raised - 2^k: the
 * bits say by how many places x is to be shifted up to be in [2^k, 2^(k + 1)). No two powers of 2 do that to an integer x that
 * is below 2^(k + 1); that it is so short is what other constraints say (`Logarithm`).
 */
export function solvePlaces(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  if (row.kind === 'linear') return false
  const [raised] = derivation.unknownIn(row.c)
  if (raised === undefined || row.c.wires.length !== 1 || row.c.constant !== 0n) return false
  for (const [factor, value] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [power] = factor.wires
    if (factor.wires.length !== 1 || factor.constant !== 0n || !derivation.isKnownForm(value)) continue
    if (isConstant(value) || derivation.isKnown(power!)) continue
    const bits = bitsOfPower(derivation, power!)
    const top = topOf(derivation, raised)
    if (bits === undefined || top === undefined || top >= 2 ** bits.length) continue
    const whole = scale(value, reduce(factor.coefficients[0]! * invert(row.c.coefficients[0]!)))
    const places = derivation.valueOf((to) => ({ kind: 'places', to, value: whole, top }))
    derivation.add({ kind: 'bits', value: places, to: bits })
    return true
  }
  return false
}

/** The k of a wire that is raised - 2^k and has k bits. */
function topOf(derivation: Derivation, raised: number): number | undefined {
  for (const index of derivation.rows.rowsOf(raised)) {
    const form = monic(derivation.rows.read(index), raised)
    if (form === undefined) continue
    const [wire, ...more] = without(form, raised).wires
    if (wire === undefined || more.length > 0 || coefficientOf(form, wire) !== reduce(-1n)) continue
    const width = widthOf(derivation, wire)
    if (width !== undefined && form.constant === reduce(-(1n << BigInt(width)))) return width
  }
  return undefined
}

/** The bits, lowest first, of the exponent of a power of 2 that is a product of 2^(2^i), or 1, for each of them. */
function bitsOfPower(derivation: Derivation, power: number): number[] | undefined {
  const bits: number[] = []
  for (let wire: number | undefined = power; wire !== undefined; ) {
    const found = givenBy(derivation, wire)
    const chosen = found && chosenBit(derivation, found.factor)
    if (found === undefined || chosen === undefined || bits[chosen.place] !== undefined) return undefined
    bits[chosen.place] = chosen.bit
    wire = found.before
  }
  const all = Array.from(bits)
  return all.every((bit) => bit !== undefined) ? all : undefined
}

/** What a wire is: another times a factor, or a factor. */
function givenBy(derivation: Derivation, wire: number): { before?: number; factor: Affine } | undefined {
  for (const index of derivation.rows.rowsOf(wire)) {
    const row = derivation.rows.read(index)
    if (row.kind === 'linear') {
      const form = monic(row, wire)
      const factor = form && scale(without(form, wire), reduce(-1n))
      if (factor !== undefined && chosenBit(derivation, factor) !== undefined) return { factor }
      continue
    }
    if (row.c.wires.length !== 1 || row.c.wires[0] !== wire || row.c.constant !== 0n) continue
    for (const [other, factor] of [
      [row.a, row.b],
      [row.b, row.a],
    ] as const) {
      if (other.wires.length !== 1 || other.constant !== 0n) continue
      const unit = reduce(other.coefficients[0]! * invert(row.c.coefficients[0]!))
      return { before: other.wires[0]!, factor: scale(factor, unit) }
    }
  }
  return undefined
}

/** The bit b of a form 1 + (2^(2^i) - 1) * b, and i. */
function chosenBit(derivation: Derivation, form: Affine): { bit: number; place: number } | undefined {
  const [bit, ...more] = form.wires
  if (bit === undefined || more.length > 0 || form.constant !== 1n || !derivation.rows.isBit[bit]) return undefined
  for (let place = 0; place < 7; place++) {
    if (form.coefficients[0] === (1n << (1n << BigInt(place))) - 1n) return { bit, place }
  }
  return undefined
}

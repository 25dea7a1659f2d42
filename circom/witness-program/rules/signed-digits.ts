import { invert, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { affine, coefficientOf, isConstant, scale } from '../../affine.ts'
import type { Derivation } from '../derivation.ts'

/** Fewer digits than this are no challenge's. */
const FEWEST = 64

/** A row that may spell a number in signed digits, and how many they are: each has a row for its square. */
interface Spelling {
  readonly row: number
  readonly digits: number
}

export function findSignedDigits(derivation: Derivation): Spelling[] {
  const { rows } = derivation
  const { nWires, nConstraints, offsets } = rows.r1cs
  const isSquared = new Uint8Array(nWires)
  for (let row = 0; row < nConstraints; row++) {
    if (offsets[3 * row + 1]! - offsets[3 * row]! !== 1 || rows.unknown[row] !== 2) continue
    const read = rows.read(row)
    if (read.kind === 'linear' || read.a.wires[0] !== read.b.wires[0]) continue
    if (read.a.wires.length === 1 && read.c.wires.length === 1) isSquared[read.a.wires[0]!] = 1
  }
  const found: Spelling[] = []
  for (let row = 0; row < nConstraints; row++) {
    if (offsets[3 * row + 3]! - offsets[3 * row + 2]! < FEWEST || offsets[3 * row]! === offsets[3 * row + 1]!) continue
    const read = rows.read(row)
    const digits = read.kind === 'product' ? read.c.wires.filter((wire) => isSquared[wire]).length : 0
    if (digits >= FEWEST) found.push({ row, digits })
  }
  return found
}

/**
 * unit * (2 * (x + offset) - all) = sum(2^k * digit_k), each digit unit or -unit, all = sum(2^k): the digits are the bits of
 * x + offset. That they are those of the integer, and of no other that is congruent to it, is what the template's other
 * constraints say (`TimesChallenge`); every one is checked.
 */
export function solveSignedDigits(derivation: Derivation, { row: index, digits }: Spelling): boolean {
  if (derivation.rows.unknown[index] !== digits) return false
  const row = derivation.rows.read(index)
  if (row.kind === 'linear') return false
  const to = derivation.unknownIn(row.c)
  if (to.length !== digits) return false
  for (const [unit, number] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    if (unit.wires.length !== 1 || unit.constant !== 0n || !isConstant(restOf(row.c, to))) continue
    const ordered = inOrder(row.c, to)
    if (ordered === undefined) continue
    // (unit_c * u) * number = c_0 * sum(2^k d_k), so number * unit_c / c_0 is 2 x + (2 offset - all).
    const factor = reduce(unit.coefficients[0]! * invert(coefficientOf(row.c, ordered[0]!)))
    const form = scale(number, factor)
    const all = (1n << BigInt(to.length)) - 1n
    const half = (FIELD + 1n) / 2n
    const offset = reduce((form.constant + all) * half)
    const x = scale({ ...form, constant: 0n }, half)
    derivation.add({ kind: 'signed-digits', unit: affine(0n, [[unit.wires[0]!, 1n]]), number: x, offset, to: ordered })
    return true
  }
  return false
}

function restOf(form: { readonly constant: bigint; readonly wires: readonly number[] }, to: readonly number[]) {
  const wires = form.wires.filter((wire) => !to.includes(wire))
  return { constant: form.constant, wires, coefficients: wires.map(() => 1n) }
}

/** The digits by their weights, if these are a constant times 1, 2, 4 and so on. */
function inOrder(form: Parameters<typeof coefficientOf>[0], to: readonly number[]): number[] | undefined {
  const byWeight = new Map(to.map((wire) => [coefficientOf(form, wire), wire]))
  for (const unit of [1n, reduce(-1n)]) {
    const ordered = to.map((_, place) => byWeight.get(reduce(unit << BigInt(place))))
    if (ordered.every((wire) => wire !== undefined)) return ordered
  }
  return undefined
}

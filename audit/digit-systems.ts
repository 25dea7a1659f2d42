import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { FIELD } from '../protocol/numbers.ts'
import { upperBounds } from './bounds.ts'
import type { Tick } from './clock.ts'
import type { Interval } from './facts.ts'

/** The interval of the canonical values of a wire, in whatever witness; undefined if none is known. */
export type RangeOf = (wire: number) => Interval | undefined

/** Ranges by what bits say, and sums of them. */
export function rangesByBits(r1cs: R1cs): RangeOf {
  const bounds = upperBounds(r1cs)
  return (wire) => {
    const high = bounds.get(wire)
    return high === undefined ? undefined : { low: 0n, high }
  }
}

export interface DigitOptions {
  readonly r1cs: R1cs
  /** 1 for each wire that never changes. */
  readonly fixed: Uint8Array
  readonly rangeOf: RangeOf
  readonly tick: Tick
}

/** Rows of one system, and rows of one wire, beyond which it is given up. */
const MOST_ROWS = 4096
const MOST_ROWS_OF_WIRE = 256
/** Longer rows are not looked at. */
const MOST_TERMS = 1024
/** Terms that are passed over in the time in which one constraint is looked at. */
const TERMS_PER_CONSTRAINT = 64

/** Which wires are digits, of whatever base, and which rows add them up. A guide where to look, no proof. */
export class DigitSystems {
  readonly #options: DigitOptions
  readonly #digits = new Map<number, boolean>()
  #systems: readonly (readonly number[])[] | undefined

  constructor(options: DigitOptions) {
    this.#options = options
  }

  /**
   * Systems of rows that are linear in what is not fixed, and that wires without digits connect, such as partial sums and
   * carries: those whose digits have room for r numbers. In each, the rows with the fewest wires come first.
   */
  get all(): readonly (readonly number[])[] {
    this.#systems ??= this.#find()
    return this.#systems
  }

  /** Whether a wire has a range and is a bit, or a sum gives it in bits. */
  isDigit(wire: number): boolean {
    const known = this.#digits.get(wire) ?? (this.isBit(wire) || this.sumsOfBits(wire).length > 0)
    this.#digits.set(wire, known)
    return known
  }

  isBit(wire: number): boolean {
    return (this.#options.rangeOf(wire)?.high ?? FIELD) <= 1n
  }

  /** The rows that give a wire with a range in bits. */
  sumsOfBits(wire: number): number[] {
    const { r1cs, rangeOf } = this.#options
    if (rangeOf(wire) === undefined) return []
    return [...rowsOf(rowIndex(r1cs), wire).subarray(0, MOST_ROWS_OF_WIRE)].filter((row) => {
      if (this.#isLong(row)) return false
      const others = this.#wiresOf(row).filter((other) => other !== wire)
      return others.length > 0 && this.#isLinear(row) && others.every((other) => this.isBit(other))
    })
  }

  #find(): number[][] {
    const { r1cs } = this.#options
    const systems: number[][] = []
    const seen = new Set<number>()
    for (let row = 0; row < r1cs.nConstraints; row++) {
      if (seen.has(row) || !this.#isSum(row) || this.#isOfTwoDigits(row)) continue
      const system = this.#connected(row)
      for (const one of system) seen.add(one)
      if (system.length <= MOST_ROWS && this.#isWide(system)) systems.push(system)
    }
    return systems
  }

  #connected(start: number): number[] {
    const { r1cs } = this.#options
    const rows = new Set([start])
    const wires = new Set<number>()
    for (const row of rows) {
      for (const wire of this.#wiresOf(row)) {
        if (wires.has(wire)) continue
        wires.add(wire)
        const next = rowsOf(rowIndex(r1cs), wire)
        if (next.length > MOST_ROWS_OF_WIRE) continue
        const isDigit = this.isDigit(wire)
        for (const one of next) if (this.#isSum(one) && (!isDigit || this.#isOfTwoDigits(one))) rows.add(one)
      }
      if (rows.size > MOST_ROWS) break
    }
    const sizes = new Map([...rows].map((row) => [row, this.#wiresOf(row).length]))
    return [...rows].sort((a, b) => sizes.get(a)! - sizes.get(b)!)
  }

  /** Whether a row says of two digits how they differ, as where a comparator or a range check takes one apart once more. */
  #isOfTwoDigits(row: number): boolean {
    const wires = this.#wiresOf(row)
    return wires.length === 2 && wires.every((wire) => this.isDigit(wire))
  }

  #isWide(system: readonly number[]): boolean {
    const digits = new Set(system.flatMap((row) => this.#wiresOf(row)).filter((wire) => this.isDigit(wire)))
    let room = 1n
    for (const wire of digits) {
      const { low, high } = this.#options.rangeOf(wire)!
      room *= high - low + 1n
      if (room > FIELD) return true
    }
    return false
  }

  /** Whether a row is linear in what is not fixed, and not the bits of one number, which follow from it. */
  #isSum(row: number): boolean {
    if (this.#isLong(row) || !this.#isLinear(row)) return false
    const wires = this.#wiresOf(row)
    const bits = wires.filter((wire) => this.isBit(wire)).length
    return wires.length > 1 && (bits < 3 || wires.length - bits > 1)
  }

  #isLinear(row: number): boolean {
    const { r1cs, fixed } = this.#options
    return [0, 1].some((part) => {
      const factor = r1cs.wires.subarray(r1cs.offsets[3 * row + part], r1cs.offsets[3 * row + part + 1])
      return factor.every((wire) => fixed[wire])
    })
  }

  #isLong(row: number): boolean {
    const { r1cs, tick } = this.#options
    tick()
    return r1cs.offsets[3 * row + 3]! - r1cs.offsets[3 * row]! > MOST_TERMS
  }

  /** The wires of a row that are not fixed. */
  #wiresOf(row: number): number[] {
    const { r1cs, fixed, tick } = this.#options
    const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
    tick(Math.ceil(wires.length / TERMS_PER_CONSTRAINT))
    return [...new Set(wires)].filter((wire) => !fixed[wire])
  }
}

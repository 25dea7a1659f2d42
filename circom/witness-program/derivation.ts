import { invert, reduce } from '../../protocol/field.ts'
import { type Affine, affine, coefficientOf, isConstant, restrict, scale } from '../affine.ts'
import type { R1cs } from '../r1cs.ts'
import { type Instruction, written } from './instructions.ts'
import { KnownRows, type ReadRow } from './known-rows.ts'

/** What is computed so far: steps in order, and the rows that they make true. */
export class Derivation {
  readonly rows: KnownRows
  readonly steps: Instruction[] = []
  /** 1 for rows that hold because of a step, and need no check. */
  readonly isMet: Uint8Array
  /** Rows with one unknown wire, or with unknown wires that are all 0 or 1; to be looked at. */
  readonly open: number[] = []
  /** Rows that were left with two unknown wires. */
  readonly pairs: number[] = []
  /** Rows that were left with three. */
  readonly triples: number[] = []
  #next: number

  constructor(r1cs: R1cs, inputs: readonly number[]) {
    const isInput = new Set(inputs)
    this.rows = new KnownRows(r1cs, (wire) => isInput.has(wire))
    this.isMet = new Uint8Array(r1cs.nConstraints)
    this.#next = r1cs.nWires
    for (let row = 0; row < r1cs.nConstraints; row++) this.#look(row)
    for (const wire of inputs) this.rows.know(wire, this.#look)
  }

  /** How many values there are: wires, and those that only the program has. */
  get valueCount(): number {
    return this.#next
  }

  readonly #look = (row: number): void => {
    const { unknown, loose } = this.rows
    if (unknown[row] === 1 || (unknown[row]! > 1 && loose[row] === 0)) this.open.push(row)
    if (unknown[row] === 2) this.pairs.push(row)
    if (unknown[row] === 3) this.triples.push(row)
  }

  /** Adds a step; what it writes is known then. */
  add(step: Instruction): void {
    this.steps.push(step)
    for (const wire of written(step)) if (wire < this.rows.r1cs.nWires) this.rows.know(wire, this.#look)
  }

  /** A wire as a form of known wires: a constant or another wire takes its place where it is no more than that. */
  define(wire: number, form: Affine): void {
    if (isConstant(form)) {
      this.rows.constants.set(wire, form.constant)
      this.rows.know(wire, this.#look)
    } else if (form.constant === 0n && form.wires.length === 1 && form.coefficients[0] === 1n) {
      this.rows.know(wire, this.#look)
      this.rows.alias(wire, form.wires[0]!)
    } else {
      this.add({ kind: 'sum', to: wire, form })
    }
  }

  /** A value that only the program has. */
  newValue(): number {
    return this.#next++
  }

  /** What a step writes, as a value of the program's own. */
  valueOf(make: (to: number) => Instruction): Affine {
    const to = this.newValue()
    this.steps.push(make(to))
    return affine(0n, [[to, 1n]])
  }

  /** The wires of all rows that are not known. */
  unknownWires(): number[] {
    const { r1cs, unknown } = this.rows
    const found = new Set<number>()
    for (let row = 0; row < r1cs.nConstraints; row++) {
      if (unknown[row] === 0) continue
      for (const wire of r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])) {
        if (wire !== 0 && !this.isKnown(wire)) found.add(wire)
      }
    }
    return [...found]
  }

  unknownIn(form: Affine): number[] {
    return form.wires.filter((wire) => !this.isKnown(wire))
  }

  isKnown(wire: number): boolean {
    return wire >= this.rows.r1cs.nWires || this.rows.isKnown(wire)
  }

  isKnownForm(form: Affine): boolean {
    return form.wires.every((wire) => this.isKnown(wire))
  }

  knownPart(form: Affine): Affine {
    return restrict(form, (wire) => this.isKnown(wire))
  }

  /**
   * What the unknown part of a row's linear side comes to, for rows whose other factors are known: unknown = value. The value
   * is scaled by `unit`, so that a wire with that coefficient has 1.
   */
  solve(row: ReadRow, unit: bigint): Affine | undefined {
    const factor = unit === 1n ? 1n : invert(unit)
    if (row.kind === 'linear') return scale(this.knownPart(row.form), reduce(-factor))
    if (!this.isKnownForm(row.a) || !this.isKnownForm(row.b)) return undefined
    const { a, b } = row
    const rest = scale(this.knownPart(row.c), reduce(-factor))
    return this.valueOf((to) => ({ kind: 'product', to, factor, a, b, rest }))
  }
}

/** The side of a row that is linear in what is unknown: all of it, or c where a and b are known. */
export function linearSide(derivation: Derivation, row: ReadRow): Affine | undefined {
  if (row.kind === 'linear') return row.form
  return derivation.isKnownForm(row.a) && derivation.isKnownForm(row.b) ? row.c : undefined
}

/** A linear row's form with coefficient 1 for a wire; undefined if that has cancelled out, or the row is none. */
export function monic(row: ReadRow, wire: number): Affine | undefined {
  if (row.kind === 'product') return undefined
  const own = coefficientOf(row.form, wire)
  return own === 0n ? undefined : scale(row.form, invert(own))
}

export function without(form: Affine, wire: number): Affine {
  return restrict(form, (other) => other !== wire)
}

import { reduce } from '../../protocol/field.ts'
import { type Affine, addScaled, affine, isConstant, scale } from '../affine.ts'
import type { R1cs } from '../r1cs.ts'

/** A constraint over representatives, constants put in: form = 0, or a * b = c with neither a nor b constant. */
export type ReadRow =
  | { readonly kind: 'linear'; readonly form: Affine }
  | { readonly kind: 'product'; readonly a: Affine; readonly b: Affine; readonly c: Affine }

/**
 * A constraint system while its wires become known one after another. Equal wires are taken together, but two inputs never
 * are. Typed arrays throughout: a large circuit has millions of terms.
 */
export class KnownRows {
  readonly r1cs: R1cs
  /** How many different wires of a row are not known yet. */
  readonly unknown: Int32Array
  /** How many of those are not known to be 0 or 1. */
  readonly loose: Int32Array
  readonly constants = new Map<number, bigint>()
  /** 1 for wires that a constraint of their own makes 0 or 1. */
  readonly isBit: Uint8Array
  readonly #known: Uint8Array
  readonly #parent: Uint32Array
  readonly #starts: Uint32Array
  readonly #rows: Uint32Array

  constructor(r1cs: R1cs, isInput: (wire: number) => boolean) {
    this.r1cs = r1cs
    this.#parent = Uint32Array.from({ length: r1cs.nWires }, (_, wire) => wire)
    this.#known = new Uint8Array(r1cs.nWires)
    this.#known[0] = 1
    this.isBit = new Uint8Array(r1cs.nWires)
    this.#unite(isInput)
    this.unknown = new Int32Array(r1cs.nConstraints)
    this.loose = new Int32Array(r1cs.nConstraints)
    this.#starts = new Uint32Array(r1cs.nWires + 1)
    this.#visit((wire, row) => {
      this.#starts[wire + 1]!++
      this.unknown[row]!++
    })
    for (let wire = 0; wire < r1cs.nWires; wire++) this.#starts[wire + 1]! += this.#starts[wire]!
    const next = this.#starts.slice()
    this.#rows = new Uint32Array(this.#starts[r1cs.nWires]!)
    this.#visit((wire, row) => {
      this.#rows[next[wire]!++] = row
    })
    for (let row = 0; row < r1cs.nConstraints; row++) {
      const bit = this.unknown[row] === 1 ? this.bitOf(row) : undefined
      if (bit !== undefined) this.isBit[bit] = 1
    }
    this.#visit((wire, row) => {
      if (!this.isBit[wire]) this.loose[row]!++
    })
  }

  /** What stands for a wire. */
  find(wire: number): number {
    let root = wire
    while (this.#parent[root] !== root) root = this.#parent[root]!
    for (let at = wire; at !== root; ) {
      const next = this.#parent[at]!
      this.#parent[at] = root
      at = next
    }
    return root
  }

  isKnown(wire: number): boolean {
    return this.#known[this.find(wire)] === 1
  }

  /** The constraints in which a representative stood before any wire was known. */
  rowsOf(wire: number): Uint32Array {
    return this.#rows.subarray(this.#starts[wire], this.#starts[wire + 1])
  }

  /** Marks a representative as known; `onRow` hears of each row that has one unknown wire less. */
  know(wire: number, onRow: (row: number) => void): void {
    this.#known[wire] = 1
    for (const row of this.rowsOf(wire)) {
      this.unknown[row]!--
      if (!this.isBit[wire]) this.loose[row]!--
      onRow(row)
    }
  }

  /** Makes a known wire stand for another, which becomes known by it. */
  alias(wire: number, known: number): void {
    this.#parent[wire] = known
  }

  read(row: number): ReadRow {
    const [a, b, c] = [this.#form(3 * row), this.#form(3 * row + 1), this.#form(3 * row + 2)]
    if (isConstant(a)) return { kind: 'linear', form: addScaled(scale(b, a.constant), c, -1n) }
    if (isConstant(b)) return { kind: 'linear', form: addScaled(scale(a, b.constant), c, -1n) }
    return { kind: 'product', a, b, c }
  }

  /** The wire that a row makes 0 or 1, saying nothing else. */
  bitOf(row: number): number | undefined {
    const read = this.read(row)
    if (read.kind === 'linear') return undefined
    const { a, b, c } = read
    const wire = a.wires[0]!
    const isAlone = ({ wires }: Affine) => wires.length === 0 || (wires.length === 1 && wires[0] === wire)
    if (![a, b, c].every(isAlone)) return undefined
    const holds = (x: bigint) => {
      const [u, v, w] = [a, b, c].map((form) => form.constant + (form.coefficients[0] ?? 0n) * x)
      return (u! * v! - w!) % this.r1cs.prime === 0n
    }
    return holds(0n) && holds(1n) ? wire : undefined
  }

  #form(part: number): Affine {
    const { offsets, wires, coefficientOf, coefficients } = this.r1cs
    const [from, to] = [offsets[part]!, offsets[part + 1]!]
    let constant = 0n
    const roots: number[] = []
    const factors: bigint[] = []
    let ascends = true
    for (let term = from; term < to; term++) {
      const coefficient = coefficients[coefficientOf[term]!]!
      const wire = wires[term]!
      if (wire === 0) {
        constant += coefficient
        continue
      }
      const root = this.find(wire)
      const value = this.constants.get(root)
      if (value !== undefined) {
        constant += coefficient * value
        continue
      }
      ascends &&= root > (roots.at(-1) ?? 0)
      roots.push(root)
      factors.push(coefficient)
    }
    if (ascends) return { constant: reduce(constant), wires: roots, coefficients: factors }
    return affine(
      constant,
      roots.map((root, at) => [root, factors[at]!] as const),
    )
  }

  /** Takes the wires of every row x = y together. */
  #unite(isInput: (wire: number) => boolean): void {
    const { nConstraints, offsets, wires, coefficientOf, coefficients, prime } = this.r1cs
    for (let row = 0; row < nConstraints; row++) {
      const from = offsets[3 * row + 2]!
      if (offsets[3 * row]! < from || offsets[3 * row + 3]! - from !== 2) continue
      const [one, other] = [wires[from]!, wires[from + 1]!]
      if (one === 0 || other === 0) continue
      if ((coefficients[coefficientOf[from]!]! + coefficients[coefficientOf[from + 1]!]!) % prime !== 0n) continue
      const [x, y] = [this.find(one), this.find(other)]
      if (x === y || (isInput(x) && isInput(y))) continue
      // An input stands for what equals it, else the lower wire.
      const stays = isInput(x) || (!isInput(y) && x < y)
      if (stays) this.#parent[y] = x
      else this.#parent[x] = y
    }
  }

  /** Visits every row with each of its different representatives. */
  #visit(each: (wire: number, row: number) => void): void {
    const { nWires, nConstraints, offsets, wires } = this.r1cs
    const seenIn = new Int32Array(nWires).fill(-1)
    for (let row = 0; row < nConstraints; row++) {
      for (let term = offsets[3 * row]!; term < offsets[3 * row + 3]!; term++) {
        const wire = wires[term]!
        if (wire === 0) continue
        const root = this.find(wire)
        if (seenIn[root] === row) continue
        seenIn[root] = row
        each(root, row)
      }
    }
  }
}

import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { isLoose, upperBounds } from './bounds.ts'
import { never, type Tick } from './clock.ts'
import { unmatchedWires } from './free-wires.ts'

/** In which order wires can be computed from what is fixed, by the shape of constraints alone. A guide, no proof. */
export interface DefinitionOrder {
  /** The place of each wire: later ones follow from earlier ones. 0 for what is fixed. */
  readonly rank: Uint32Array
  /** The constraint that gives each wire, or -1 for those that are fixed or free. */
  readonly definition: Int32Array
  /** Wires that nothing gives: degrees of freedom, if the constraints mean what they seem to. */
  readonly sources: readonly number[]
  /** Wires that a constraint gives among some other values: a root of a quadratic, bits of a sum. */
  readonly branches: ReadonlySet<number>
}

/** Wires of a row of which each is tried as the free one. */
const MOST_TRIED = 8
/** Wires that such a try follows, and steps that all tries may take together. */
const MOST_FOLLOWED = 500
const MOST_STEPS = 2_000_000

/** Orders the wires of a system, in time about proportional to its terms. */
export function definitionOrder(r1cs: R1cs, fixed: Uint8Array, tick: Tick = never): DefinitionOrder {
  const ordering = new Ordering(r1cs, fixed, tick)
  ordering.run()
  return ordering
}

class Ordering implements DefinitionOrder {
  readonly rank: Uint32Array
  readonly definition: Int32Array
  readonly sources: number[] = []
  readonly branches = new Set<number>()
  readonly #r1cs: R1cs
  readonly #tick: Tick
  readonly #index
  readonly #bounds
  readonly #known: Uint8Array
  /** Unknown wires of each row, and those among them that are no bits. */
  readonly #unknown: Uint32Array
  readonly #loose: Uint32Array
  readonly #single: number[] = []
  readonly #bits: number[] = []
  /** Rows by the number of their unknown wires, with entries that are out of date. */
  readonly #few: number[][] = Array.from({ length: MOST_TRIED + 1 }, () => [])
  #next = 1
  #steps = MOST_STEPS

  constructor(r1cs: R1cs, fixed: Uint8Array, tick: Tick) {
    this.#r1cs = r1cs
    this.#tick = tick
    this.#index = rowIndex(r1cs)
    this.#bounds = upperBounds(r1cs, tick)
    this.rank = new Uint32Array(r1cs.nWires)
    this.definition = new Int32Array(r1cs.nWires).fill(-1)
    this.#known = fixed.slice()
    this.#known[0] = 1
    this.#unknown = new Uint32Array(r1cs.nConstraints)
    this.#loose = new Uint32Array(r1cs.nConstraints)
    for (let wire = 0; wire < r1cs.nWires; wire++) {
      tick()
      if (this.#known[wire]) continue
      const loose = isLoose(this.#bounds, wire) ? 1 : 0
      for (const row of rowsOf(this.#index, wire)) {
        this.#unknown[row]!++
        this.#loose[row]! += loose
      }
    }
    for (let row = 0; row < r1cs.nConstraints; row++) this.#file(row)
  }

  run(): void {
    this.#followAll()
    // Bits follow together once their sum is known: they are no sources for want of a row each.
    for (const wire of unmatchedWires(this.#r1cs, this.#known, this.#tick))
      if (isLoose(this.#bounds, wire)) this.#free(wire)
    // Rows that give their wires only together.
    for (;;) {
      this.#followAll()
      const row = this.#fewest()
      if (row === undefined) break
      this.#free(this.#bestSource(this.#unknownOf(row)))
    }
    for (let wire = 1; wire < this.#r1cs.nWires; wire++) if (!this.#known[wire]) this.#free(wire)
  }

  /** Learns what rows with one unknown wire say, and what rows say of which all unknown wires are bits. */
  #followAll(): void {
    for (;;) {
      this.#follow()
      const row = this.#bits.pop()
      if (row === undefined) return
      if (this.#loose[row] === 0) for (const bit of this.#unknownOf(row)) this.#branch(bit, row)
    }
  }

  #file(row: number): void {
    const count = this.#unknown[row]!
    if (count === 1) this.#single.push(row)
    if (count < 2) return
    if (this.#loose[row] === 0) this.#bits.push(row)
    if (count <= MOST_TRIED) this.#few[count]!.push(row)
  }

  #free(wire: number): void {
    this.sources.push(wire)
    this.#learn(wire, -1)
  }

  #branch(wire: number, row: number): void {
    this.branches.add(wire)
    this.#learn(wire, row)
  }

  #learn(wire: number, row: number): void {
    this.rank[wire] = this.#next++
    this.definition[wire] = row
    this.#setKnown(wire, 1)
    for (const at of rowsOf(this.#index, wire)) this.#file(at)
  }

  #setKnown(wire: number, known: 0 | 1): void {
    this.#tick()
    this.#known[wire] = known
    const change = known ? -1 : 1
    const loose = isLoose(this.#bounds, wire) ? change : 0
    for (const row of rowsOf(this.#index, wire)) {
      this.#unknown[row]! += change
      this.#loose[row]! += loose
    }
  }

  #follow(): void {
    for (let row = this.#single.pop(); row !== undefined; row = this.#single.pop()) {
      const found = this.#givenBy(row)
      if (found === undefined) continue
      if (found.isRoot) this.#branch(found.wire, row)
      else this.#learn(found.wire, row)
    }
  }

  /** The only unknown wire of a row, unless the row mentions no other wire: then it only says what values it may have. */
  #givenBy(row: number): { wire: number; isRoot: boolean } | undefined {
    if (this.#unknown[row] !== 1) return undefined
    const { offsets, wires } = this.#r1cs
    let unknown = 0
    let others = 0
    let factors = 0
    for (let part = 0; part < 3; part++) {
      for (let term = offsets[3 * row + part]!; term < offsets[3 * row + part + 1]!; term++) {
        const wire = wires[term]!
        if (this.#known[wire]) {
          if (wire !== 0) others++
          continue
        }
        unknown = wire
        if (part < 2) factors++
      }
    }
    if (factors > 1 && others === 0) return undefined
    return { wire: unknown, isRoot: factors > 1 }
  }

  #unknownOf(row: number): number[] {
    const { offsets, wires } = this.#r1cs
    const all = wires.subarray(offsets[3 * row], offsets[3 * row + 3])
    return [...new Set(all)].filter((wire) => !this.#known[wire])
  }

  #fewest(): number | undefined {
    for (const [count, rows] of this.#few.entries()) {
      for (let row = rows.pop(); row !== undefined; row = rows.pop()) if (this.#unknown[row] === count) return row
    }
    return undefined
  }

  /** The wire from which most others follow. */
  #bestSource(wires: readonly number[]): number {
    let best = wires[0]!
    let most = -1
    for (const wire of wires) {
      const count = this.#steps > 0 ? this.#countFollowing(wire) : rowsOf(this.#index, wire).length
      if (count <= most) continue
      most = count
      best = wire
    }
    return best
  }

  #countFollowing(start: number): number {
    const learnt = [start]
    this.#setKnown(start, 1)
    for (const wire of learnt) {
      for (const row of rowsOf(this.#index, wire)) {
        this.#steps--
        if (this.#unknown[row] !== 1 || learnt.length > MOST_FOLLOWED) continue
        const found = this.#givenBy(row)
        if (found === undefined || found.isRoot) continue
        this.#setKnown(found.wire, 1)
        learnt.push(found.wire)
      }
    }
    for (const wire of learnt) this.#setKnown(wire, 0)
    return learnt.length
  }
}

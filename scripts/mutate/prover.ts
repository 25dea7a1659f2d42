import type { R1cs } from '../../prover/r1cs.ts'
import type { Program } from './program.ts'

/** Computes what follows when some signals of an honest witness take other values. */
export class Prover {
  readonly program: Program
  readonly #r1cs: R1cs
  readonly #rowsOf: readonly (readonly number[])[]

  constructor(r1cs: R1cs, program: Program) {
    this.#r1cs = r1cs
    this.program = program
    const rowsOf: number[][] = Array.from({ length: r1cs.nWires }, () => [])
    for (let row = 0; row < r1cs.nConstraints; row++) {
      for (const wire of new Set(r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])))
        rowsOf[wire]!.push(row)
    }
    this.#rowsOf = rowsOf
  }

  /** The witness that follows from inputs, by wire; nothing is checked. */
  witness(inputs: ReadonlyMap<number, bigint>): bigint[] {
    const values = new Array<bigint>(this.#r1cs.nWires).fill(0n)
    values[0] = 1n
    for (const [wire, value] of inputs) values[wire] = value
    for (const { to, compute } of this.program.steps) {
      const made = compute((wire) => values[wire]!)
      for (const [i, wire] of to.entries()) values[wire] = made[i]!
    }
    return values
  }

  /** `told` keep their values, whatever follows from the others; the rest is computed from them. */
  follow(honest: readonly bigint[], told: ReadonlyMap<number, bigint>): Map<number, bigint> {
    const { steps, readers } = this.program
    const changed = new Map<number, bigint>()
    const queue = new Heap()
    const value = (wire: number) => changed.get(wire) ?? honest[wire]!
    const set = (wire: number, to: bigint) => {
      if (value(wire) === to) return
      changed.set(wire, to)
      for (const reader of readers[wire]!) queue.push(reader)
    }
    for (const [wire, to] of told) set(wire, to)
    for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
      const { to, compute } = steps[step]!
      const made = compute(value)
      for (const [i, wire] of to.entries()) if (!told.has(wire)) set(wire, made[i]!)
    }
    return changed
  }

  /** Whether the constraints that are broken once some values are others are among these, and there are any. */
  breaksOnly(honest: readonly bigint[], changed: ReadonlyMap<number, bigint>, rows: ReadonlySet<number>): boolean {
    const broken = this.broken(honest, changed, (row) => !rows.has(row))
    return broken.length > 0 && broken.every((row) => rows.has(row))
  }

  /** The constraints that an honest witness breaks once some values are others; looks no further where `stop` says so. */
  broken(
    honest: readonly bigint[],
    changed: ReadonlyMap<number, bigint>,
    stop: (row: number) => boolean = () => false,
  ): number[] {
    const { offsets, wires, coefficientOf, coefficients, prime } = this.#r1cs
    const rows = new Set<number>()
    const broken: number[] = []
    const sum = (part: number) => {
      let total = 0n
      for (let term = offsets[part]!; term < offsets[part + 1]!; term++) {
        const wire = wires[term]!
        total += coefficients[coefficientOf[term]!]! * (changed.get(wire) ?? honest[wire]!)
      }
      return total
    }
    for (const wire of changed.keys()) {
      for (const row of this.#rowsOf[wire]!) {
        if (rows.has(row)) continue
        rows.add(row)
        if ((sum(3 * row) * sum(3 * row + 1) - sum(3 * row + 2)) % prime === 0n) continue
        broken.push(row)
        if (stop(row)) return broken
      }
    }
    return broken
  }
}

/** Step numbers, least first, each once. */
class Heap {
  readonly #items: number[] = []
  readonly #queued = new Set<number>()

  push(item: number): void {
    if (this.#queued.has(item)) return
    this.#queued.add(item)
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent]! <= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const least = items[0]
    if (least === undefined) return undefined
    this.#queued.delete(least)
    const item = items.pop()!
    if (items.length > 0) {
      let at = 0
      for (;;) {
        let child = 2 * at + 1
        if (child >= items.length) break
        if (child + 1 < items.length && items[child + 1]! < items[child]!) child++
        if (items[child]! >= item) break
        items[at] = items[child]!
        at = child
      }
      items[at] = item
    }
    return least
  }
}

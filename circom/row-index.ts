import type { R1cs } from './r1cs.ts'

/** The constraints that mention each wire. */
export interface RowIndex {
  /** Length nWires + 1. */
  readonly starts: Uint32Array
  /** Those of wire w, each once and ascending, from `starts[w]` to `starts[w + 1]`. */
  readonly rows: Uint32Array
}

const indices = new WeakMap<R1cs, RowIndex>()

/** The index of a system, made at the first call: time and memory are proportional to the number of terms. */
export function rowIndex(r1cs: R1cs): RowIndex {
  const known = indices.get(r1cs)
  if (known !== undefined) return known
  const { nWires, nConstraints, offsets, wires } = r1cs
  const lastRow = new Int32Array(nWires).fill(-1)
  const starts = new Uint32Array(nWires + 1)
  const visit = (each: (wire: number, row: number) => void) => {
    lastRow.fill(-1)
    for (let row = 0; row < nConstraints; row++) {
      for (let term = offsets[3 * row]!; term < offsets[3 * row + 3]!; term++) {
        const wire = wires[term]!
        if (lastRow[wire] === row) continue
        lastRow[wire] = row
        each(wire, row)
      }
    }
  }
  visit((wire) => {
    starts[wire + 1]!++
  })
  for (let wire = 0; wire < nWires; wire++) starts[wire + 1]! += starts[wire]!
  const next = starts.slice()
  const rows = new Uint32Array(starts[nWires]!)
  visit((wire, row) => {
    rows[next[wire]!++] = row
  })
  const index = { starts, rows }
  indices.set(r1cs, index)
  return index
}

/** The constraints that mention a wire, ascending. */
export function rowsOf({ starts, rows }: RowIndex, wire: number): Uint32Array {
  return rows.subarray(starts[wire], starts[wire + 1])
}

import type { R1cs } from '../circom/r1cs.ts'
import { isLoose, upperBounds } from './bounds.ts'
import { never, type Tick } from './clock.ts'

/**
 * The wires that are left over when every constraint gives one wire at most, as many as possible being given: the degrees of
 * freedom, if no constraint follows from others. A maximal matching of rows with wires in which they are linear: first each
 * with the wire that it seems to assign, then by augmenting paths; a search that fails marks what it saw, which no later one
 * can use, so that the whole stays cheap.
 */
export function unmatchedWires(r1cs: R1cs, known: Uint8Array, tick: Tick = never): number[] {
  const rowOf = match({ r1cs, known, leastWires: 2, tick })
  const left: number[] = []
  for (let wire = 1; wire < r1cs.nWires; wire++) if (!known[wire] && !rowOf.has(wire)) left.push(wire)
  return left
}

/**
 * Inputs that constraints give which are left over once all others have given a wire each, as `root === computed` gives a
 * root: a witness has them from the other inputs. The nearest ones to each such constraint. Bits count as given by a sum
 * that says nothing else.
 */
export function givenInputs(r1cs: R1cs, { from, to }: { from: number; to: number }, tick: Tick = never): number[] {
  const bounds = upperBounds(r1cs, tick)
  const known = Uint8Array.from({ length: r1cs.nWires }, (_, wire) => (wire > 0 && isLoose(bounds, wire) ? 0 : 1))
  const isBit = known.slice()
  isBit[0] = 0
  known.fill(1, from, to)
  const rowOf = match({ r1cs, known, leastWires: 1, tick })
  for (let wire = from; wire < to; wire++) known[wire] = isBit[wire]!
  const edges = edgesOf({ r1cs, known, leastWires: 1, tick })
  const matched = new Set(rowOf.values())
  for (const row of edges.keys()) {
    const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
    if (!matched.has(row) && wires.some((wire) => isBit[wire])) edges.delete(row)
  }
  augmentAll({ edges, rowOf, dead: new Set(), tick })
  return Array.from({ length: to - from }, (_, i) => from + i).filter((wire) => rowOf.has(wire))
}

interface Rows {
  readonly r1cs: R1cs
  readonly known: Uint8Array
  /** Wires of the shortest rows that count: those in one wire alone say what value it has. */
  readonly leastWires: number
  readonly tick: Tick
}

/** The row that gives each wire, for as many wires as there can be. */
function match(rows: Rows): Map<number, number> {
  const rowOf = new Map<number, number>()
  const edges = edgesOf(rows)
  for (const row of edges.keys()) {
    const assigned = assignedWires(rows.r1cs, rows.known, row)
    if (assigned.length === 1 && !rowOf.has(assigned[0]!)) rowOf.set(assigned[0]!, row)
  }
  augmentAll({ edges, rowOf, dead: new Set(), tick: rows.tick })
  return rowOf
}

function edgesOf({ r1cs, known, leastWires, tick }: Rows): Map<number, readonly number[]> {
  const edges = new Map<number, readonly number[]>()
  for (let row = 0; row < r1cs.nConstraints; row++) {
    tick()
    const wires = solvableWires(r1cs, { known, leastWires }, row)
    if (wires.length > 0) edges.set(row, wires)
  }
  return edges
}

/** Gives rows that have no wire one, where that can be done. */
function augmentAll(matching: Matching): void {
  const matched = new Set(matching.rowOf.values())
  for (const row of matching.edges.keys()) if (!matched.has(row)) augment(row, matching)
}

interface Matching {
  readonly edges: ReadonlyMap<number, readonly number[]>
  readonly rowOf: Map<number, number>
  readonly dead: Set<number>
  readonly tick: Tick
}

/** Gives a row a wire by moving others, if that can be done. */
function augment(start: number, { edges, rowOf, dead, tick }: Matching): void {
  /** The row from which each wire was reached. */
  const from = new Map<number, number>()
  /** The wire that each row has now. */
  const wireOf = new Map<number, number>()
  const rows = [start]
  for (const row of rows) {
    tick()
    for (const wire of edges.get(row)!) {
      if (from.has(wire) || dead.has(wire)) continue
      from.set(wire, row)
      const next = rowOf.get(wire)
      if (next !== undefined) {
        wireOf.set(next, wire)
        rows.push(next)
        continue
      }
      for (let at: number | undefined = wire; at !== undefined; ) {
        const giver: number = from.get(at)!
        rowOf.set(at, giver)
        at = wireOf.get(giver)
      }
      return
    }
  }
  for (const wire of from.keys()) dead.add(wire)
}

/** The unknown wires of a row that stand in one factor only, so that the row gives them; none if it mentions too few wires. */
function solvableWires(
  { offsets, wires }: R1cs,
  { known, leastWires }: Pick<Rows, 'known' | 'leastWires'>,
  row: number,
): number[] {
  const [start, middle, rest, end] = [0, 1, 2, 3].map((part) => offsets[3 * row + part]!) as [
    number,
    number,
    number,
    number,
  ]
  const inFirst = new Set(wires.subarray(start, middle))
  const inBoth = new Set([...wires.subarray(middle, rest)].filter((wire) => inFirst.has(wire)))
  const all = new Set(wires.subarray(start, end))
  all.delete(0)
  if (all.size < leastWires) return []
  return [...all].filter((wire) => !known[wire] && !inBoth.has(wire))
}

/** circom writes `x <== a * b` and `x <== a + b` with the coefficient -1 for x in the third part. */
function assignedWires({ prime, offsets, wires, coefficients, coefficientOf }: R1cs, known: Uint8Array, row: number) {
  const found: number[] = []
  for (let term = offsets[3 * row + 2]!; term < offsets[3 * row + 3]!; term++) {
    if (!known[wires[term]!] && coefficients[coefficientOf[term]!] === prime - 1n) found.push(wires[term]!)
  }
  return found
}

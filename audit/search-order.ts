import { reduceRow } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { Random } from '../protocol/random.ts'
import { upperBounds } from './bounds.ts'
import type { DefinitionOrder } from './definition-order.ts'
import { quadraticRoots } from './field.ts'
import { elementUpTo } from './forge-inputs.ts'
import { inputWires } from './input-wires.ts'

/** Constraints of a wire that are asked which values it may have. */
const MOST_ROWS = 64
/** Rows with more wires than this connect everything with everything: neighbours are not looked for in them. */
const WIDEST_ROW = 2_000

/** Wires that are not fixed, by their distance from the target in constraints, the target first; at most `limit`. */
export function neighbours(r1cs: R1cs, fixed: Uint8Array, target: number, limit: number): number[] {
  const index = rowIndex(r1cs)
  const found = new Set([target])
  const rowsSeen = new Set<number>()
  for (const wire of found) {
    for (const row of rowsOf(index, wire)) {
      if (rowsSeen.has(row)) continue
      rowsSeen.add(row)
      const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
      if (wires.length > WIDEST_ROW) continue
      for (const other of wires) {
        if (fixed[other] || other === 0) continue
        if (found.size >= limit) return [...found]
        found.add(other)
      }
    }
  }
  return [...found]
}

/** Values other than its own that a wire may take next to a witness, those that constraints name first. */
export function candidates(
  r1cs: R1cs,
  values: readonly bigint[],
  fixed: Uint8Array,
  wire: number,
  random: Random,
): bigint[] {
  const own = values[wire]!
  const bound = upperBounds(r1cs).get(wire)
  const allowed = namedValues(r1cs, values, fixed, wire)
  const tried = allowed ?? specialValues(own, bound, random)
  const inRange = tried.filter((value) => value !== own && (bound === undefined || value <= bound))
  return [...new Set(inRange)]
}

/** The values that are left to a wire by the constraints in which all else is fixed; undefined if there are none such. */
function namedValues(r1cs: R1cs, values: readonly bigint[], fixed: Uint8Array, wire: number): bigint[] | undefined {
  let allowed: bigint[] | undefined
  for (const row of rowsOf(rowIndex(r1cs), wire).subarray(0, MOST_ROWS)) {
    if (!isAlone(r1cs, fixed, row, wire)) continue
    const reduced = reduceRow(r1cs, row, values, fixed)
    const [a, b, c] = [reduced.a, reduced.b, reduced.c].map(({ constant, terms }) => ({
      constant,
      slope: terms.get(wire) ?? 0n,
    })) as [Line, Line, Line]
    const roots = quadraticRoots(
      a.slope * b.slope,
      a.constant * b.slope + a.slope * b.constant - c.slope,
      a.constant * b.constant - c.constant,
    )
    if (roots === 'every') continue
    allowed = allowed?.filter((value) => roots.includes(value)) ?? roots
  }
  return allowed
}

interface Line {
  readonly constant: bigint
  readonly slope: bigint
}

function isAlone(r1cs: R1cs, fixed: Uint8Array, row: number, wire: number): boolean {
  for (let term = r1cs.offsets[3 * row]!; term < r1cs.offsets[3 * row + 3]!; term++) {
    const other = r1cs.wires[term]!
    if (other !== wire && other !== 0 && !fixed[other]) return false
  }
  return true
}

/** Values at which circuits go wrong, for a wire that has `own`; within [0, bound] if there is one. */
export function specialValues(own: bigint, bound: bigint | undefined, random: Random): bigint[] {
  if (bound === 1n) return [1n - own]
  if (bound !== undefined)
    return [own + 1n, own - 1n, 0n, bound, elementUpTo(bound, random)].filter((x) => x >= 0n && x <= bound)
  const power = 1n << BigInt(Number(random.next() % 253n))
  const half = (FIELD + 1n) / 2n
  const fixedValues = [own + 1n, 0n, 1n, FIELD - own, own - 1n, 2n, FIELD - 1n, own * 2n, half, power]
  return [...fixedValues, elementUpTo(FIELD - 1n, random)].map((value) => (value + FIELD) % FIELD)
}

/** The order in which the wires of a stuck constraint change: those that follow from others first, inputs last. */
export function wireOrder(r1cs: R1cs, { rank }: DefinitionOrder): (wires: Iterable<number>) => number[] {
  const { from, mostTo } = inputWires(r1cs)
  const place = (wire: number) => (wire >= from && wire < mostTo ? -1 : rank[wire]!)
  return (wires) => [...wires].sort((a, b) => place(b) - place(a))
}

/**
 * Wires whose change may change the target, at most `limit`: itself, then those by which it is free as far as the order of
 * definitions tells, in turn with those that are near.
 */
export function seedsOf(
  r1cs: R1cs,
  fixed: Uint8Array,
  order: DefinitionOrder,
  target: number,
  limit: number,
): number[] {
  const near = neighbours(r1cs, fixed, target, limit)
  const deep = origins(r1cs, fixed, order, target, limit)
  const seeds = new Set([target])
  for (let i = 0; i < limit; i++) for (const wire of [deep[i], near[i]]) if (wire !== undefined) seeds.add(wire)
  return [...seeds].slice(0, limit)
}

/** The sources, then the branches, from which a wire follows. */
function origins(r1cs: R1cs, fixed: Uint8Array, order: DefinitionOrder, target: number, limit: number): number[] {
  const { definition, branches } = order
  const all = followedFrom(r1cs, fixed, order, target)
  const sources = all.filter((wire) => definition[wire] === -1)
  return [...sources, ...all.filter((wire) => branches.has(wire))].slice(0, limit)
}

/**
 * Wires other than the target that are not fixed and from which it follows, at most `limit`: first those that are free as far
 * as the order of definitions tells, then those that follow from what is fixed alone, then the others.
 */
export function ancestorsOf(
  r1cs: R1cs,
  fixed: Uint8Array,
  order: DefinitionOrder,
  target: number,
  limit: number,
): number[] {
  const { rank } = order
  const all = followedFrom(r1cs, fixed, order, target)
  const early = all.toSorted((a, b) => rank[a]! - rank[b]!)
  const free = origins(r1cs, fixed, order, target, limit)
  return [...new Set([...free, ...early])].filter((wire) => wire !== target).slice(0, limit)
}

/** The target, and the wires that are not fixed from which it follows. */
function followedFrom(r1cs: R1cs, fixed: Uint8Array, { definition, rank }: DefinitionOrder, target: number): number[] {
  const found = new Set([target])
  for (const wire of found) {
    const row = definition[wire]!
    if (row < 0) continue
    for (const other of r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])) {
      if (!fixed[other] && other !== 0 && rank[other]! < rank[wire]!) found.add(other)
    }
  }
  return [...found]
}

import { invert, reduce } from '../protocol/field.ts'
import { type Affine, addScaled, affine, isConstant, scale } from './affine.ts'
import type { R1cs } from './r1cs.ts'

/** A constraint over representatives: form = 0, or a * b = c with neither a nor b constant. */
export type Row =
  | { readonly kind: 'linear'; readonly index: number; readonly form: Affine }
  | { readonly kind: 'product'; readonly index: number; readonly a: Affine; readonly b: Affine; readonly c: Affine }

/**
 * An R1CS with signals that are forced to be equal, or constant, taken together: each wire has one representative, and the
 * rows speak of representatives only. Solutions are the same; nothing else is simplified.
 */
export interface System {
  readonly r1cs: R1cs
  /** The representative of each wire. Wire 0 represents itself. */
  readonly representative: Uint32Array
  /** Representatives that can have one value only, whatever the inputs. */
  readonly constants: ReadonlyMap<number, bigint>
  readonly rows: readonly Row[]
  /** The rows in which a representative occurs, as indices into `rows`. */
  rowsOf(wire: number): Uint32Array
  /** Rows that nothing can satisfy, by constraint number: then the circuit accepts no witness at all. */
  readonly contradictions: readonly number[]
}

/**
 * Reads a constraint system as rows over representatives; time proportional to its terms. `tick` is called for every row that
 * is read, and may throw to end it.
 */
export function buildSystem(r1cs: R1cs, tick: () => void = () => undefined): System {
  const merged = mergeEqualWires(r1cs, tick)
  const { find, constants } = merged
  const read = rowReader(r1cs, find, constants)
  const rows: Row[] = []
  const contradictions: number[] = []
  for (let index = 0; index < r1cs.nConstraints; index++) {
    tick()
    const row = read(index)
    if (row.kind === 'product' || !isConstant(row.form)) rows.push(row)
    else if (row.form.constant !== 0n) contradictions.push(index)
  }
  const representative = Uint32Array.from({ length: r1cs.nWires }, (_, wire) => find(wire))
  const rowsOf = invertIndex(r1cs.nWires, rows.length, (index, each) => {
    const row = rows[index]!
    if (row.kind === 'linear') row.form.wires.forEach(each)
    else for (const form of [row.a, row.b, row.c]) form.wires.forEach(each)
  })
  return { r1cs, representative, constants, rows, rowsOf, contradictions }
}

/** The distinct wires of a row. */
export function wiresOf(row: Row): readonly number[] {
  if (row.kind === 'linear') return row.form.wires
  return [...new Set([...row.a.wires, ...row.b.wires, ...row.c.wires])]
}

/** Longer rows are not tried as equalities: they nearly never are, and reading them again and again costs most. */
const MOST_TERMS = 16

/** Applies x = y and x = constant until no row says so any more. */
function mergeEqualWires(r1cs: R1cs, tick: () => void) {
  const parent = Uint32Array.from({ length: r1cs.nWires }, (_, wire) => wire)
  const constants = new Map<number, bigint>()
  const find = (wire: number) => {
    let root = wire
    while (parent[root] !== root) root = parent[root]!
    for (let at = wire; at !== root; ) {
      const next = parent[at]!
      parent[at] = root
      at = next
    }
    return root
  }
  // The wires that each representative stands for, itself left out.
  const others = new Map<number, number[]>()
  const rowsOf = shortRowsByWire(r1cs)
  const queue: number[] = []
  const waiting = new Uint8Array(r1cs.nConstraints)
  const read = rowReader(r1cs, find, constants)
  const wake = (wires: readonly number[]) => {
    for (const wire of wires) {
      for (const index of rowsOf(wire)) {
        if (waiting[index]) continue
        waiting[index] = 1
        queue.push(index)
      }
    }
  }
  const isVariable = (wire: number) => wire !== 0 && !constants.has(find(wire))
  const apply = (index: number) => {
    tick()
    if (hasOneTerm(r1cs, 3 * index, isVariable) && hasOneTerm(r1cs, 3 * index + 1, isVariable)) return
    const row = read(index)
    if (row.kind === 'product') return
    const { wires, coefficients, constant } = row.form
    const [x, y] = wires
    if (x === undefined) return
    if (y === undefined) {
      constants.set(x, reduce(-constant * invert(coefficients[0]!)))
      wake([x, ...(others.get(x) ?? [])])
    } else if (wires.length === 2 && constant === 0n && reduce(coefficients[0]! + coefficients[1]!) === 0n) {
      // Wires ascend: the lower one stays, so that reports speak of inputs and outputs.
      parent[y] = x
      const moved = [y, ...(others.get(y) ?? [])]
      const kept = others.get(x)
      if (kept === undefined) others.set(x, moved.slice())
      else for (const wire of moved) kept.push(wire)
      others.delete(y)
      wake(moved)
    }
  }

  for (let index = 0; index < r1cs.nConstraints; index++) {
    if (isShort(r1cs, index)) apply(index)
  }
  for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
    waiting[index] = 0
    apply(index)
  }
  return { find, constants }
}

/** Whether one term of a part is no constant: the part is none then either, while two may cancel out. */
function hasOneTerm({ offsets, wires }: R1cs, part: number, isVariable: (wire: number) => boolean): boolean {
  let count = 0
  for (let term = offsets[part]!; term < offsets[part + 1]!; term++) if (isVariable(wires[term]!)) count++
  return count === 1
}

function isShort({ offsets }: R1cs, index: number): boolean {
  return offsets[3 * index + 3]! - offsets[3 * index]! <= MOST_TERMS
}

/**
 * Reads constraints over representatives. Coefficients stay the bigints of the system's table, or of the table of their
 * negatives, wherever terms need not be added up: a system has millions of terms, and few coefficients.
 */
function rowReader(
  r1cs: R1cs,
  find: (wire: number) => number,
  constants: ReadonlyMap<number, bigint>,
): (index: number) => Row {
  const negatives = r1cs.coefficients.map((coefficient) => reduce(-coefficient))
  const read = (part: number, coefficients = r1cs.coefficients) => readForm(r1cs, coefficients, part, find, constants)
  return (index) => {
    const [a, b] = [read(3 * index), read(3 * index + 1)]
    if (isZero(a) || isZero(b)) return { kind: 'linear', index, form: read(3 * index + 2, negatives) }
    const c = read(3 * index + 2)
    if (isConstant(a)) return { kind: 'linear', index, form: addScaled(scale(b, a.constant), c, -1n) }
    if (isConstant(b)) return { kind: 'linear', index, form: addScaled(scale(a, b.constant), c, -1n) }
    return { kind: 'product', index, a, b, c }
  }
}

function isZero(form: Affine): boolean {
  return isConstant(form) && form.constant === 0n
}

const NONE: readonly never[] = []
const ZERO: Affine = { constant: 0n, wires: NONE, coefficients: NONE }

/** One part of a constraint. */
function readForm(
  { offsets, wires, coefficientOf }: R1cs,
  coefficients: readonly bigint[],
  part: number,
  find: (wire: number) => number,
  constants: ReadonlyMap<number, bigint>,
): Affine {
  const [from, to] = [offsets[part]!, offsets[part + 1]!]
  if (from === to) return ZERO
  let constant = 0n
  let isAscending = true
  let last = 0
  const roots: number[] = []
  const factors: bigint[] = []
  for (let term = from; term < to; term++) {
    const coefficient = coefficients[coefficientOf[term]!]!
    if (coefficient === 0n) continue
    const wire = wires[term]!
    const root = wire === 0 ? 0 : find(wire)
    const value = wire === 0 ? 1n : constants.get(root)
    if (value !== undefined) {
      constant += coefficient * value
      continue
    }
    isAscending &&= root > last
    last = root
    roots.push(root)
    factors.push(coefficient)
  }
  if (!isAscending) {
    return affine(
      constant,
      roots.map((root, i) => [root, factors[i]!]),
    )
  }
  // A list that grew has room for more: what stays is a copy of its length.
  const [kept, keptFactors] = roots.length === 0 ? [NONE, NONE] : [roots.slice(), factors.slice()]
  return { constant: constant === 0n ? 0n : reduce(constant), wires: kept, coefficients: keptFactors }
}

function shortRowsByWire(r1cs: R1cs): (wire: number) => Uint32Array {
  return invertIndex(r1cs.nWires, r1cs.nConstraints, (index, each) => {
    if (!isShort(r1cs, index)) return
    for (let term = r1cs.offsets[3 * index]!; term < r1cs.offsets[3 * index + 3]!; term++) each(r1cs.wires[term]!)
  })
}

/** For lists of wires, which `visit` goes through: the numbers of the lists in which each wire stands, each once. */
function invertIndex(
  nWires: number,
  nLists: number,
  visit: (list: number, each: (wire: number) => void) => void,
): (wire: number) => Uint32Array {
  const starts = new Uint32Array(nWires + 1)
  const last = new Int32Array(nWires)
  const visitAll = (put: (wire: number, list: number) => void) => {
    last.fill(-1)
    for (let list = 0; list < nLists; list++) {
      visit(list, (wire) => {
        if (last[wire] === list) return
        last[wire] = list
        put(wire, list)
      })
    }
  }
  visitAll((wire) => {
    starts[wire + 1]!++
  })
  for (let wire = 0; wire < nWires; wire++) starts[wire + 1]! += starts[wire]!
  const next = starts.slice()
  const entries = new Uint32Array(starts[nWires]!)
  visitAll((wire, list) => {
    entries[next[wire]!++] = list
  })
  return (wire) => entries.subarray(starts[wire], starts[wire + 1])
}

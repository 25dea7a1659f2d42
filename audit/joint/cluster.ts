import { asLinear, type Constraint, reduceRow, wiresOf } from '../../circom/linear-form.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../../circom/row-index.ts'
import { type Bounds, isLoose } from '../bounds.ts'
import { never, type Tick } from '../clock.ts'

export interface ClusterOptions {
  readonly r1cs: R1cs
  readonly bounds: Bounds
  readonly values: readonly bigint[]
  /** 1 for wires that keep their value. */
  readonly committed: Uint8Array
  readonly tick?: Tick | undefined
}

/** A few constraints and the wires in them that are not committed. */
export interface Cluster {
  readonly equations: readonly Constraint[]
  readonly wires: readonly number[]
  /** Whether there are as many equations as wires: they may have few solutions. */
  readonly isClosed: boolean
}

const MOST_WIRES = 9
/** Bits are enumerated elsewhere. */
const MOST_BITS = 2
/** Constraints of one wire that are looked at, and terms in one. */
const MOST_ROWS = 24
const MOST_TERMS = 96

/**
 * The constraints around some that have to hold, as many as it takes until there is one for each wire: first those in the
 * same wires, then those with one wire more, such as x2 = x * x around 3 x2 + 2 x = 0. Undefined if there is nothing to
 * solve together, or nothing but linear constraints.
 */
export function clusterAround(
  options: ClusterOptions,
  start: readonly Constraint[],
  startRows: Iterable<number>,
): Cluster | undefined {
  const wires = new Set(start.flatMap(wiresOf))
  if (wires.size === 0 || wires.size > MOST_WIRES) return undefined
  if ([...wires].filter((wire) => !isLoose(options.bounds, wire)).length > MOST_BITS) return undefined
  const given = new Set(wires)
  const nearby = new Nearby(options, startRows)
  for (const wire of wires) nearby.look(wire)
  const equations = [...start, ...nearby.take(wires)]
  while (!isClosed(equations, wires.size) && wires.size < MOST_WIRES) {
    const next = nearby.bestNext(wires)
    if (next === undefined) break
    wires.add(next)
    nearby.look(next)
    equations.push(...nearby.take(wires))
  }
  if (isClosed(equations, wires.size)) return { equations, wires: [...wires], isClosed: true }
  const kept = withoutLooseEnds(equations, start.length, given)
  if (kept.length < 2 || kept.every((equation) => asLinear(equation) !== undefined)) return undefined
  return { equations: kept, wires: [...new Set(kept.flatMap(wiresOf))], isClosed: false }
}

function isClosed(equations: readonly Constraint[], wires: number): boolean {
  return equations.length > 1 && equations.length >= wires && equations.some((one) => asLinear(one) === undefined)
}

/** Takes away what only says what one more wire is. */
function withoutLooseEnds(equations: readonly Constraint[], first: number, given: ReadonlySet<number>): Constraint[] {
  let kept = [...equations]
  for (;;) {
    const counts = new Map<number, number>()
    for (const wire of kept.flatMap(wiresOf)) counts.set(wire, (counts.get(wire) ?? 0) + 1)
    const isEnd = (wire: number) => counts.get(wire) === 1 && !given.has(wire)
    const fewer = kept.filter((equation, at) => at < first || !wiresOf(equation).some(isEnd))
    if (fewer.length === kept.length) return kept
    kept = fewer
  }
}

/** Constraints of wires that were looked at, until they are taken. */
class Nearby {
  readonly #options: ClusterOptions
  readonly #seen: Set<number>
  readonly #open = new Map<number, { constraint: Constraint; wires: readonly number[] }>()

  constructor(options: ClusterOptions, taken: Iterable<number>) {
    this.#options = options
    this.#seen = new Set(taken)
  }

  look(wire: number): void {
    const { r1cs, values, committed, tick = never } = this.#options
    for (const row of rowsOf(rowIndex(r1cs), wire).subarray(0, MOST_ROWS)) {
      if (this.#seen.has(row)) continue
      this.#seen.add(row)
      if (r1cs.offsets[3 * row + 3]! - r1cs.offsets[3 * row]! > MOST_TERMS) continue
      tick()
      const constraint = reduceRow(r1cs, row, values, committed)
      this.#open.set(row, { constraint, wires: wiresOf(constraint) })
    }
  }

  /** Those in the given wires alone. */
  take(wires: ReadonlySet<number>): Constraint[] {
    const taken: Constraint[] = []
    for (const [row, one] of this.#open) {
      if (!one.wires.every((wire) => wires.has(wire))) continue
      this.#open.delete(row)
      taken.push(one.constraint)
    }
    return taken
  }

  /** The wire that most constraints lack, and no other. */
  bestNext(wires: ReadonlySet<number>): number | undefined {
    const counts = new Map<number, number>()
    for (const one of this.#open.values()) {
      const [wire, ...more] = one.wires.filter((wire) => !wires.has(wire))
      if (wire === undefined || more.length > 0 || !isLoose(this.#options.bounds, wire)) continue
      counts.set(wire, (counts.get(wire) ?? 0) + 1)
    }
    let best: number | undefined
    for (const [wire, count] of counts) if (best === undefined || count > counts.get(best)!) best = wire
    return best
  }
}

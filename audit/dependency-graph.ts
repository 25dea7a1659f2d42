import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'

/** Signals and constraints around what is not PROVEN, as far as a picture can show them. */
export interface DependencyGraph {
  readonly signals: readonly GraphSignal[]
  readonly constraints: readonly GraphConstraint[]
  /** Whether there is more of it. */
  readonly isCut: boolean
}

export interface GraphSignal {
  readonly name: string
  /** A verdict, or INPUT. */
  readonly verdict: string
  /** Constraints between it and the nearest signal that the graph is about. */
  readonly distance: number
}

export interface GraphConstraint {
  readonly constraint: number
  /** Distance of the signal that led to it. */
  readonly distance: number
  /** Its signals, as indices into those of the graph. */
  readonly signals: readonly number[]
  /** How many more it has. */
  readonly others: number
}

export interface GraphOptions {
  /** The wires that the graph is about. */
  readonly starts: readonly number[]
  /** Whether the graph goes on from a wire. */
  readonly isOpen: (wire: number) => boolean
  readonly describe: (wire: number) => Pick<GraphSignal, 'name' | 'verdict'>
}

const MOST_STARTS = 8
const MOST_SIGNALS = 64
const MOST_CONSTRAINTS = 48
/** Settled signals of one constraint that are shown. */
const MOST_SETTLED = 4

/** From the given wires over constraints to wires that are open, and to the settled ones beside them. */
export function dependencyGraph(r1cs: R1cs, { starts, isOpen, describe }: GraphOptions): DependencyGraph {
  const index = rowIndex(r1cs)
  const distances = new Map(starts.slice(0, MOST_STARTS).map((wire) => [wire, 0]))
  const constraints = new Map<number, { distance: number; wires: readonly number[]; others: number }>()
  let isCut = starts.length > MOST_STARTS
  const queue = [...distances.keys()]
  for (const wire of queue) {
    const distance = distances.get(wire)!
    for (const row of rowsOf(index, wire)) {
      if (constraints.has(row)) continue
      if (constraints.size >= MOST_CONSTRAINTS) {
        isCut = true
        break
      }
      const all = wiresOf(r1cs, row)
      const open = all.filter((one) => distances.has(one) || isOpen(one))
      const settled = all.filter((one) => !open.includes(one)).slice(0, MOST_SETTLED)
      const shown = [...open, ...settled].filter((one) => distances.has(one) || distances.size < MOST_SIGNALS)
      for (const one of shown) {
        if (distances.has(one)) continue
        if (distances.size >= MOST_SIGNALS) {
          isCut = true
          continue
        }
        distances.set(one, distance + 1)
        if (isOpen(one)) queue.push(one)
      }
      const wires = shown.filter((one) => distances.has(one))
      constraints.set(row, { distance, wires, others: all.length - wires.length })
    }
  }
  const places = new Map([...distances.keys()].map((wire, place) => [wire, place]))
  return {
    signals: [...distances].map(([wire, distance]) => ({ ...describe(wire), distance })),
    constraints: [...constraints].map(([constraint, { distance, wires, others }]) => {
      return { constraint, distance, signals: wires.map((wire) => places.get(wire)!), others }
    }),
    isCut,
  }
}

function wiresOf(r1cs: R1cs, row: number): number[] {
  const wires = new Set(r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3]))
  wires.delete(0)
  return [...wires]
}

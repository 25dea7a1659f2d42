import { type Constraint, type LinearForm, readConstraint, wiresOf } from '../../circom/linear-form.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../../circom/row-index.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { fromField } from '../../protocol/numbers.ts'
import type { NamedSystem } from '../circuits/named-system.ts'
import type { Attribution } from '../tracing/attribution.ts'
import { hintsOf, isSolvedBy } from './assigned-hints.ts'

/** One thing that a prover computes: `to` from `from`. */
export interface Step {
  readonly from: readonly number[]
  readonly to: readonly number[]
  compute(value: (wire: number) => bigint): readonly bigint[]
}

/** All that follows from the inputs, in an order in which it can be computed. */
export interface Program {
  readonly steps: readonly Step[]
  /** The inputs of the main component, also those that adaptations compute. */
  readonly inputs: ReadonlySet<number>
  /** By wire, the steps that read it. */
  readonly readers: readonly (readonly number[])[]
  /**
   * By step, the constraints whose signals are all known after it, no earlier; without those that a step solves, which hold
   * unless its signal is told otherwise.
   */
  readonly checks: ReadonlyMap<number, readonly number[]>
  /** By wire, the step that computes it; -1 for inputs and the constant. */
  readonly writer: Int32Array
}

/**
 * Finds out what each signal of a system without simplification is computed from. Our own assignments are known by their
 * targets, and the quotients of ours by `isSolvedBy`. The library's are the constraints that are left with one unknown signal, which they determine; what `<--` computes
 * otherwise is found by `hintsOf`; `adaptations` compute inputs. Throws if something cannot be computed.
 */
export function programOf(system: NamedSystem, { origins }: Attribution, adaptations: readonly Step[] = []): Program {
  const { r1cs, symbols } = system
  const { nWires, nConstraints, nOutputs, nPublicInputs, nPrivateInputs } = r1cs
  const writer = new Int32Array(nWires).fill(-2)
  const steps: Step[] = []
  const isSolved = new Uint8Array(nConstraints)
  const index = rowIndex(r1cs)
  const wiresIn = Array.from({ length: nConstraints }, (_, row) => distinctWires(r1cs, row))
  const unknowns = Int32Array.from(wiresIn, ({ length }) => length)
  const hints: Step[] = [...adaptations, ...hintsOf(system, origins)]
  const waiting: number[] = hints.map(({ from }) => from.length)
  const hintsOfWire = new Map<number, number[]>()
  for (const [index, { from }] of hints.entries()) {
    for (const wire of from) hintsOfWire.set(wire, [...(hintsOfWire.get(wire) ?? []), index])
  }
  const hinted = new Set(hints.flatMap(({ to }) => to))

  const ready: number[] = []
  let next = 0
  const learn = (wires: readonly number[], step: number) => {
    const fresh: Step[] = []
    for (const wire of wires) {
      writer[wire] = step
      for (const row of rowsOf(index, wire)) if (--unknowns[row]! === 1) ready.push(row)
      for (const hint of hintsOfWire.get(wire) ?? []) if (--waiting[hint]! === 0) fresh.push(hints[hint]!)
    }
    for (const hint of fresh) learn(hint.to, steps.push(hint) - 1)
  }
  const inputs = Array.from({ length: nPublicInputs + nPrivateInputs }, (_, i) => 1 + nOutputs + i)
  learn(
    inputs.filter((wire) => !hinted.has(wire)),
    -1,
  )
  // Constraints on one signal alone, such as `x <== 1`.
  for (let row = 0; row < nConstraints; row++) if (unknowns[row] === 1) ready.push(row)
  while (next < ready.length) {
    const row = ready[next++]!
    if (unknowns[row] !== 1) continue
    const origin = origins[row]
    const wire = wiresIn[row]!.find((each) => writer[each] === -2)!
    const isAssigned =
      origin === undefined
        ? determines(r1cs, row, wire)
        : origin.target === wire || isSolvedBy(origin, symbols.names(wire)[0]!)
    if (hinted.has(wire) || !isAssigned) continue
    if (origin === undefined && wiresIn[row]!.length === 1 && symbols.names(wire)[0]!.endsWith('.out')) continue
    const constraint = readConstraint(r1cs, row)
    // A quotient solves nothing where the divisor is 0.
    if (constraint.c.terms.has(wire)) isSolved[row] = 1
    learn([wire], steps.push(solve(constraint, wire)) - 1)
  }
  writer[0] = -1
  const unknown = writer.indexOf(-2)
  if (unknown >= 0) throw new Error(`nothing computes ${symbols.names(unknown)[0]}`)

  const readers: number[][] = Array.from({ length: nWires }, () => [])
  for (const [index, { from }] of steps.entries()) for (const wire of from) readers[wire]!.push(index)
  const checks = new Map<number, number[]>()
  for (const [row, wires] of wiresIn.entries()) {
    if (isSolved[row]) continue
    const last = Math.max(0, ...wires.map((wire) => writer[wire]!))
    checks.set(last, [...(checks.get(last) ?? []), row])
  }
  return { steps, inputs: new Set(inputs), readers, checks, writer }
}

/** Whether a constraint of the library is there to determine the wire, all others being known: a check has no C. */
function determines({ offsets, wires }: R1cs, row: number, wire: number): boolean {
  const [a, b, c, end] = [0, 1, 2, 3].map((i) => offsets[3 * row + i]!)
  const inside = (from: number, to: number) => wires.subarray(from, to).includes(wire)
  if (c === end) return false
  return inside(c!, end!) ? !inside(a!, c!) : inside(a!, b!) !== inside(b!, c!)
}

/** The step that solves a constraint for a signal that occurs in one of its three parts only; 0 where it cannot be. */
export function solve({ a, b, c }: Constraint, target: number): Step {
  const own = (form: LinearForm) => fromField(form.terms.get(target) ?? 0n)
  const [sumA, sumB, sumC] = [a, b, c].map((form) => adder(form, target)) as [Sum, Sum, Sum]
  const inC = own(c)
  const inverse = inC === 0n || inC === 1n || inC === -1n ? inC : invert(inC)
  const inFactor = own(a) + own(b)
  const [sumFree, sumFactor] = own(a) !== 0n ? [sumA, sumB] : [sumB, sumA]
  return {
    from: wiresOf({ a, b, c }).filter((wire) => wire !== target),
    to: [target],
    compute(value) {
      if (inC !== 0n) {
        return [reduce((sumA(value) * sumB(value) - sumC(value)) * inverse)]
      }
      const factor = sumFactor(value)
      const divisor = reduce(factor * inFactor)
      if (divisor === 0n) return [0n]
      return [reduce(reduce(sumC(value) - sumFree(value) * factor) * invert(divisor))]
    },
  }
}

/** The value of a form as an integer, not reduced. */
type Sum = (value: (wire: number) => bigint) => bigint

/** Sums up a form but for one wire: most of what following up a lie takes. */
function adder({ constant, terms }: LinearForm, left: number): Sum {
  const wires: number[] = []
  const coefficients: bigint[] = []
  for (const [wire, coefficient] of terms) {
    if (wire === left) continue
    wires.push(wire)
    coefficients.push(fromField(coefficient))
  }
  const start = fromField(constant)
  return (value) => {
    let sum = start
    for (let i = 0; i < wires.length; i++) {
      const own = value(wires[i]!)
      const coefficient = coefficients[i]!
      if (coefficient === 1n) sum += own
      else if (coefficient === -1n) sum -= own
      else sum += coefficient * own
    }
    return sum
  }
}

function distinctWires({ offsets, wires }: R1cs, row: number): number[] {
  const distinct = new Set(wires.subarray(offsets[3 * row], offsets[3 * row + 3]))
  distinct.delete(0)
  return [...distinct]
}

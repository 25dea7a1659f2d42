import type { R1cs } from '../../circom/r1cs.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { Attribution, System } from '../tracing/attribution.ts'
import { hintsOf } from './assigned-hints.ts'

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
 * targets. The library's are the constraints that are left with one unknown signal, which they determine; what `<--` computes
 * otherwise is found by `hintsOf`; `adaptations` compute inputs. Throws if something cannot be computed.
 */
export function programOf(system: System, { origins }: Attribution, adaptations: readonly Step[] = []): Program {
  const { r1cs, symbols } = system
  const { nWires, nConstraints, nOutputs, nPublicInputs, nPrivateInputs } = r1cs
  const writer = new Int32Array(nWires).fill(-2)
  const steps: Step[] = []
  const isSolved = new Uint8Array(nConstraints)
  const rowsOf: number[][] = Array.from({ length: nWires }, () => [])
  const unknowns = new Int32Array(nConstraints)
  const wiresIn = Array.from({ length: nConstraints }, (_, row) => wiresOf(r1cs, row))
  for (const [row, wires] of wiresIn.entries()) {
    unknowns[row] = wires.length
    for (const wire of wires) rowsOf[wire]!.push(row)
  }
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
      for (const row of rowsOf[wire]!) if (--unknowns[row]! === 1) ready.push(row)
      for (const index of hintsOfWire.get(wire) ?? []) if (--waiting[index]! === 0) fresh.push(hints[index]!)
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
    if (hinted.has(wire) || (origin === undefined ? !determines(r1cs, row, wire) : origin.target !== wire)) continue
    if (origin === undefined && wiresIn[row]!.length === 1 && symbols.names(wire)[0]!.endsWith('.out')) continue
    const terms = rowTerms(r1cs, row)
    // A quotient solves nothing where the divisor is 0.
    if (terms[2]!.some((term) => term.wire === wire)) isSolved[row] = 1
    learn([wire], steps.push(solve(terms, wire)) - 1)
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

/** The terms of the three parts of a constraint. */
export type Terms = readonly (readonly { readonly wire: number; readonly coefficient: bigint }[])[]

function rowTerms({ offsets, wires, coefficientOf, coefficients }: R1cs, row: number): Terms {
  return [0, 1, 2].map((part) => {
    const [start, end] = [offsets[3 * row + part]!, offsets[3 * row + part + 1]!]
    return Array.from({ length: end - start }, (_, i) => {
      return { wire: wires[start + i]!, coefficient: coefficients[coefficientOf[start + i]!]! }
    })
  })
}

/** The step that solves a constraint for a signal that occurs in one of its three parts only; 0 where it cannot be. */
export function solve(constraint: Terms, target: number): Step {
  const parts = constraint.map((terms) => {
    let own = 0n
    const others: { wire: number; coefficient: bigint }[] = []
    for (const { wire, coefficient } of terms) {
      const signed = coefficient > FIELD / 2n ? coefficient - FIELD : coefficient
      if (wire === target) own += signed
      else others.push({ wire, coefficient: signed })
    }
    return { others, own }
  })
  const sum = (part: number, value: (wire: number) => bigint) => {
    let total = 0n
    for (const { wire, coefficient } of parts[part]!.others) total += coefficient * value(wire)
    return total
  }
  const [a, b, c] = parts.map(({ own }) => own) as [bigint, bigint, bigint]
  const inverse = c === 0n || c === 1n || c === -1n ? c : invert(c)
  const [free, other] = a !== 0n ? [0, 1] : [1, 0]
  return {
    from: [...new Set(parts.flatMap(({ others }) => others.map(({ wire }) => wire)))].filter((wire) => wire !== 0),
    to: [target],
    compute(value) {
      if (c !== 0n) return [reduce((sum(0, value) * sum(1, value) - sum(2, value)) * inverse)]
      const divisor = reduce(sum(other!, value) * (a + b))
      if (divisor === 0n) return [0n]
      const dividend = sum(2, value) - sum(free!, value) * sum(other!, value)
      return [reduce(reduce(dividend) * invert(divisor))]
    },
  }
}

function wiresOf({ offsets, wires }: R1cs, row: number): number[] {
  const distinct = new Set(wires.subarray(offsets[3 * row], offsets[3 * row + 3]))
  distinct.delete(0)
  return [...distinct]
}

import { type Constraint, holds } from '../../circom/linear-form.ts'
import type { Laboratory } from '../dishonesty/laboratory.ts'
import { type Step, solve } from '../dishonesty/program.ts'

import type { Mutant } from './mutants.ts'
import type { Observation } from './observations.ts'

/** An assignment that follows from inputs, and what it breaks of the real circuit. */
interface Case {
  readonly witness: readonly bigint[]
  readonly broken: readonly number[]
}

/** The cases among observations of a circuit, one at a time: an assignment in which a test changed other signals is none. */
function* casesOf(laboratory: Laboratory, observations: Iterable<Observation>): Generator<Case> {
  const { traced, prover, witnesses } = laboratory
  for (let index = 0; index < witnesses; index++) yield { witness: laboratory.witness(index), broken: [] }
  const { nConstraints } = traced.system.r1cs
  for (const { circuit, constraints, broken, inputs } of observations) {
    if (circuit !== traced.name || inputs === undefined) continue
    // The simplified circuit has the same inputs, and accepts them or not.
    if (constraints !== nConstraints && broken.length > 0) continue
    const told = new Map([...prover.program.inputs].map((wire) => [wire, BigInt(inputs[wire] ?? 0)]))
    const own = prover.assign(told)
    const isTold = own.broken.length === broken.length && own.broken.every((row) => broken.includes(row))
    if (isTold) yield { witness: own.values, broken: own.broken }
  }
}

/**
 * Which altered instructions turn an honest prover away, accept what tests expect to be refused, or come to other outputs.
 * Exact: everything that follows from the altered expression is computed anew, in every place of the circuit at once.
 */
export function scoreAlterations(
  laboratory: Laboratory,
  observations: Iterable<Observation>,
  mutants: readonly Mutant[],
): Set<Mutant> {
  const left = new Map(mutants.map((mutant) => [mutant, alterationOf(laboratory, mutant)]))
  const killed = new Set<Mutant>()
  for (const each of casesOf(laboratory, observations)) {
    for (const [mutant, alteration] of left) {
      if (!tells(laboratory, each, alteration)) continue
      killed.add(mutant)
      left.delete(mutant)
    }
    if (left.size === 0) break
  }
  return killed
}

/** What a mutant computes and demands instead. */
interface Alteration {
  readonly steps: ReadonlyMap<number, Step>
  readonly constraints: readonly Constraint[]
  /** The constraints that it has no more. */
  readonly replaced: ReadonlySet<number>
}

function alterationOf({ traced, prover }: Laboratory, mutant: Mutant): Alteration {
  const { variants } = mutant.places.get(traced.name)!
  const steps = new Map<number, Step>()
  for (const { row, constraint } of variants) {
    const { target } = traced.attribution.origins[row]!
    if (target !== undefined) steps.set(prover.program.writer[target]!, solve(constraint, target))
  }
  const constraints = variants.map(({ constraint }) => constraint)
  return { steps, constraints, replaced: new Set(variants.map(({ row }) => row)) }
}

/** Whether the mutant refuses what should be accepted, accepts what should be refused, or comes to another output. */
function tells(
  { traced, prover }: Laboratory,
  { witness, broken }: Case,
  { steps, constraints, replaced }: Alteration,
): boolean {
  const told = new Map([...prover.program.inputs].map((wire) => [wire, witness[wire]!]))
  const changed = prover.follow(witness, told, { altered: steps })!
  const value = (wire: number) => changed.get(wire) ?? witness[wire]!
  const asked = new Set([...broken, ...prover.broken(witness, changed)])
  const accepted =
    [...asked].every((row) => replaced.has(row) || prover.holds(row, value)) &&
    constraints.every((constraint) => holds(constraint, value))
  if (accepted !== (broken.length === 0)) return true
  if (!accepted) return false
  for (let output = 1; output <= traced.system.r1cs.nOutputs; output++) if (changed.has(output)) return true
  return false
}

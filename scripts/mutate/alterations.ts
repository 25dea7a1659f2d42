import type { Bench } from './bench.ts'
import type { Laboratory } from './laboratory.ts'
import type { Mutant } from './mutants.ts'
import type { Observation } from './observations.ts'
import { type Step, solve } from './program.ts'
import { holds, type Row } from './rows.ts'

/** An assignment that follows from inputs, and whether the real circuit accepts it. */
export interface Case {
  readonly witness: readonly bigint[]
  readonly broken: readonly number[]
}

/** The cases among observations of a bench: an assignment in which a test changed other signals is none. */
export function casesOf(
  bench: Bench,
  { prover, witnesses, witness: honest }: Laboratory,
  observations: Iterable<Observation>,
): Case[] {
  const cases: Case[] = Array.from({ length: witnesses }, (_, i) => ({ witness: honest(i), broken: [] }))
  const { nConstraints } = bench.system.r1cs
  for (const { circuit, constraints, broken, inputs } of observations) {
    if (circuit !== bench.name || inputs === undefined) continue
    // The simplified circuit has the same inputs, and accepts them or not.
    if (constraints !== nConstraints && broken.length > 0) continue
    const told = new Map([...prover.program.inputs].map((wire) => [wire, BigInt(inputs[wire] ?? 0)]))
    const witness = prover.plainWitness(told)
    const own = prover.broken(witness, new Map(witness.entries()))
    if (own.length === broken.length && own.every((row) => broken.includes(row))) cases.push({ witness, broken: own })
  }
  return cases
}

/**
 * Which altered statements turn an honest prover away, accept what tests expect to be refused, or come to other outputs.
 * Exact: everything that follows from the altered expression is computed anew, in every place of the bench at once.
 */
export function scoreAlterations(
  bench: Bench,
  { prover }: Laboratory,
  cases: readonly Case[],
  mutants: readonly Mutant[],
): Set<Mutant> {
  const { r1cs } = bench.system
  const { inputs, writer } = prover.program
  const killed = new Set<Mutant>()
  for (const mutant of mutants) {
    const { variants } = mutant.places.get(bench.name)!
    const altered = new Map<number, Step>()
    for (const { row, constraint } of variants) {
      const { target } = bench.attribution.origins[row]!
      if (target !== undefined) altered.set(writer[target]!, solve(terms(constraint), target))
    }
    const replaced = new Set(variants.map(({ row }) => row))
    const isKilled = cases.some(({ witness, broken }) => {
      const told = new Map([...inputs].map((wire) => [wire, witness[wire]!]))
      const changed = prover.follow(witness, told, { altered })!
      const value = (wire: number) => changed.get(wire) ?? witness[wire]!
      const now = new Set([...broken, ...prover.broken(witness, changed)])
      const stillBroken = [...now].filter((row) => !replaced.has(row) && !prover.holds(row, value))
      const accepted =
        stillBroken.length === 0 && variants.every(({ constraint }) => holds(constraint, value, r1cs.prime))
      if (accepted !== (broken.length === 0)) return true
      if (!accepted) return false
      for (let output = 1; output <= r1cs.nOutputs; output++) if (changed.has(output)) return true
      return false
    })
    if (isKilled) killed.add(mutant)
  }
  return killed
}

function terms(constraint: Row) {
  return constraint.map((part) => [...part].map(([wire, coefficient]) => ({ wire, coefficient })))
}

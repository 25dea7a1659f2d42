import { holds } from '../../circom/linear-form.ts'
import type { RangeCheck } from '../tracing/range-checks.ts'
import type { TracedCircuit } from '../tracing/traced-circuit.ts'
import type { Mutant, Place } from './mutants.ts'
import type { Observation } from './observations.ts'

/** An assignment that tests refuse and the mutant does not. */
export interface Kill {
  readonly circuit: string
  readonly broken: readonly number[]
}

/**
 * Which mutants let an assignment pass that a test expects to be refused. Exact, without running anything again: the
 * assignment breaks these constraints and no others, so a mutant accepts it iff it does away with all of them.
 */
export function scoreRefusals(
  circuits: readonly TracedCircuit[],
  mutants: readonly Mutant[],
  observations: Iterable<Observation>,
): Map<Mutant, Kill> {
  const byCircuit = new Map(circuits.map((traced) => [traced.name, { traced, index: indexOf(traced, mutants) }]))
  const kills = new Map<Mutant, Kill>()
  for (const { circuit, constraints, broken, values } of observations) {
    const known = byCircuit.get(circuit)
    if (known === undefined || broken.length === 0 || constraints !== known.traced.system.r1cs.nConstraints) continue
    const { prime } = known.traced.system.r1cs
    const value = (wire: number) => (wire === 0 ? 1n : BigInt(values[wire] ?? 0))
    const hasValues = Object.keys(values).length > 0
    for (const { mutant, place } of known.index.get(broken[0]!) ?? []) {
      if (kills.has(mutant)) continue
      const accepted = broken.every((row) => {
        if (place.rows.has(row)) return true
        if (!hasValues) return false
        const check = place.checks.get(row)
        if (check !== undefined) return isInWidened(check, value(check.number), prime)
        // What else an altered `<==` changes is not known here: those are computed anew.
        if (mutant.instruction.kind === '<==') return false
        const variants = place.variants.filter((variant) => variant.row === row)
        return variants.length > 0 && variants.every(({ constraint }) => holds(constraint, value))
      })
      if (accepted) kills.set(mutant, { circuit, broken })
    }
  }
  return kills
}

/**
 * Whether the decomposition has no room for the number, and would have with one bit more. Where it has room, the bits are wrong, and
 * the mutant refuses them too.
 */
function isInWidened({ bits, signed }: RangeCheck, number: bigint, prime: bigint): boolean {
  if (number < 1n << BigInt(bits)) return false
  const offset = signed ? 1n << BigInt(bits - 1) : 0n
  return (number + offset) % prime < 1n << BigInt(bits + 1)
}

/** By constraint, the mutants that do something about it. */
function indexOf({ name }: TracedCircuit, mutants: readonly Mutant[]) {
  const index = new Map<number, { mutant: Mutant; place: Place }[]>()
  for (const mutant of mutants) {
    const place = mutant.places.get(name)
    if (place === undefined) continue
    for (const row of new Set([
      ...place.rows,
      ...place.checks.keys(),
      ...place.variants.map((variant) => variant.row),
    ])) {
      const list = index.get(row) ?? []
      index.set(row, list)
      list.push({ mutant, place })
    }
  }
  return index
}

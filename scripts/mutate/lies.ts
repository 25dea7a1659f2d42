import { reduce } from '../../protocol/field.ts'
import type { Bench } from './bench.ts'
import type { Mutant, Place } from './mutants.ts'
import type { Prover } from './prover.ts'

/**
 * A dishonest prover who breaks one statement of ours and follows all others: an assigned signal has another value than it
 * should. It is refused by the constraints of that statement alone, so that without them it would not be.
 */
export interface Lie {
  readonly file: string
  readonly template: string
  readonly statement: string
  /** Which signal of the statement lies. */
  readonly detail: string
  readonly bench: string
  /** Which honest witness of the bench it starts from. */
  readonly witness: number
  /** Which of the signals that the statement assigns in the bench lies. */
  readonly at: number
  /** What it says; left out if it keeps its honest value while inputs change. */
  readonly value?: string
  /** Inputs that are not the honest ones. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Whether the statement of what is proved changes with what follows. */
  readonly restated?: true
}

/** The values that the prover insists on. */
export function toldBy(lie: Lie, { system }: Bench, place: Place, honest: readonly bigint[], fixed: readonly number[]) {
  const told = new Map<number, bigint>()
  if (!lie.restated) for (const wire of fixed) told.set(wire, honest[wire]!)
  const target = place.targets[lie.at]!
  told.set(target, lie.value === undefined ? honest[target]! : BigInt(lie.value))
  for (const [name, value] of Object.entries(lie.inputs ?? {})) told.set(system.symbols.wireOf(name)!, BigInt(value))
  return told
}

/** Places of a statement, values and inputs that are tried. */
const MOST_PLACES = 10
const MOST_INPUTS = 12

/** Looks for a lie that only the mutant's constraints refuse. */
export function findLie(
  bench: Bench,
  mutant: Mutant,
  prover: Prover,
  witnesses: readonly (readonly bigint[])[],
  fixed: readonly number[],
): Lie | undefined {
  const place = mutant.places.get(bench.name)!
  const { file, template, text } = mutant.statement
  const head = { file, template, statement: text, detail: mutant.detail, bench: bench.name }
  const stride = Math.ceil(place.targets.length / MOST_PLACES)
  // Late places first: little follows from them.
  const places = place.targets.map((_, at) => at).filter((at) => (place.targets.length - 1 - at) % stride === 0)
  for (const [witness, honest] of witnesses.entries()) {
    for (const at of places.toReversed()) {
      for (const choice of choices(bench, prover, honest, place.targets[at]!)) {
        for (const restated of fixed.length > 0 ? [false, true] : [false]) {
          const lie: Lie = { ...head, witness, at, ...choice, ...(restated && { restated }) }
          const changed = prover.follow(honest, toldBy(lie, bench, place, honest, fixed))
          if (prover.breaksOnly(honest, changed, place.rows)) return lie
        }
      }
    }
  }
  return undefined
}

/** Another value of the target; or its honest value though something that it is computed from, at last an input, is another. */
function* choices({ system }: Bench, prover: Prover, honest: readonly bigint[], target: number) {
  for (const value of others(honest[target]!)) yield { value: `${value}` }
  for (const input of inputsOf(prover, target)) {
    for (const value of others(honest[input]!)) yield { inputs: { [system.symbols.names(input)[0]!]: `${value}` } }
  }
}

function others(honest: bigint): bigint[] {
  const values = honest < 2n ? [1n - honest, 2n, -1n] : [honest + 1n, honest - 1n, 0n, 1n]
  return [...new Set(values.map(reduce))].filter((value) => value !== honest)
}

/** The nearest inputs that a signal is computed from. */
function inputsOf({ program: { steps, writer, inputs } }: Prover, target: number): number[] {
  const found: number[] = []
  const seen = new Set([target])
  for (const wire of seen) {
    if (inputs.has(wire)) found.push(wire)
    else if (writer[wire]! >= 0) for (const each of steps[writer[wire]!]!.from) seen.add(each)
    if (found.length >= MOST_INPUTS) break
  }
  return found
}

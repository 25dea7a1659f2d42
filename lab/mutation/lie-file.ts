import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import { type Laboratory, openLaboratory } from '../dishonesty/laboratory.ts'
import type { TracedCircuit } from '../tracing/traced-circuit.ts'
import { findLie, type RecordedLie, toldBy } from './lies.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import type { Observed } from './observe-tests.ts'

const FILE = 'lab/mutation/lies.json'

/** The lies that tests tell, one for an instruction and signal of it; found by `npm run mutate -- --find-lies`. */
export async function readLies(): Promise<RecordedLie[]> {
  const text = await readFile(join(packageRoot(), FILE), 'utf8').catch(() => '[]')
  return JSON.parse(text) as RecordedLie[]
}

/** One lie a line, in the order of the instructions. */
async function writeLies(lies: readonly RecordedLie[]): Promise<void> {
  const lines = lies.map((lie) => `  ${JSON.stringify(lie)}`)
  await writeFile(join(packageRoot(), FILE), `[\n${lines.join(',\n')}\n]\n`)
}

/** Whether the lie is about the mutant's instruction and signal. */
export function isAbout(lie: RecordedLie, { operator, instruction, detail }: Mutant): boolean {
  return (
    (operator === 'unconstrain' || operator === 'unwire') &&
    lie.file === instruction.file &&
    lie.template === instruction.template &&
    lie.instruction === instruction.text &&
    lie.detail === detail
  )
}

/** The values that a lie comes to in its circuit, all that follows from it included. */
export function tell(lie: RecordedLie, mutant: Mutant, { traced, prover, witness, fixed }: Laboratory) {
  const honest = witness(lie.witness)
  const place = mutant.places.get(traced.name)!
  const changed = prover.follow(honest, toldBy(lie, traced, place, honest, fixed))!
  return { value: (wire: number) => changed.get(wire) ?? honest[wire]!, broken: prover.broken(honest, changed) }
}

/** What the lies about a circuit come to, as the tests of lies would be seen to tell them. */
export function observeLies(
  laboratory: Laboratory,
  mutants: readonly Mutant[],
  lies: readonly RecordedLie[],
): Observed[] {
  const { traced } = laboratory
  return lies.flatMap((lie) => {
    const mutant = mutants.find((each) => isAbout(lie, each))
    if (lie.circuit !== traced.name || mutant === undefined) return []
    const { broken } = tell(lie, mutant, laboratory)
    const { nConstraints } = traced.system.r1cs
    return [{ file: FILE, circuit: traced.name, constraints: nConstraints, broken, values: {} }]
  })
}

/**
 * Looks for a lie for every mutant that sets a signal free. Keeps the known ones that still break their instruction alone, and
 * those about other circuits and mutants; those about lines that these circuits have no more are forgotten. Saves as it goes, so that it can be interrupted.
 */
export async function findLies(
  circuits: readonly TracedCircuit[],
  mutants: readonly Mutant[],
  onProgress: (circuit: string, found: number, left: number) => void,
): Promise<RecordedLie[]> {
  const known = await readLies()
  const names = new Set(circuits.map(({ name }) => name))
  const wanted = mutants.filter(({ operator }) => operator === 'unconstrain' || operator === 'unwire')
  const found = new Map<Mutant, RecordedLie>()
  for (const mutant of wanted) {
    const elsewhere = known.find((lie) => !names.has(lie.circuit) && isAbout(lie, mutant))
    if (elsewhere !== undefined) found.set(mutant, elsewhere)
  }
  // Of these circuits: also what was not asked about.
  const all = mutantsOf(circuits)
  const isGone = (lie: RecordedLie) => names.has(lie.circuit) && !all.some((mutant) => isAbout(lie, mutant))
  const foreign = known.filter((lie) => !isGone(lie) && !wanted.some((mutant) => isAbout(lie, mutant)))
  const save = () =>
    writeLies([...foreign, ...wanted.map((mutant) => found.get(mutant)).filter((lie) => lie !== undefined)])
  for (const traced of circuits) {
    const laboratory = openLaboratory(traced)
    const left = wanted.filter((mutant) => !found.has(mutant) && mutant.places.has(traced.name))
    for (const [index, mutant] of left.entries()) {
      const old = known.find((lie) => lie.circuit === traced.name && isAbout(lie, mutant))
      const lie = old !== undefined && stillHolds(old, mutant, laboratory) ? old : findLie(mutant, laboratory)
      if (lie !== undefined) found.set(mutant, lie)
      if (index % 25 > 0) continue
      onProgress(traced.name, found.size, left.length - index)
      await save()
    }
  }
  await save()
  return [...found.values()]
}

function stillHolds(lie: RecordedLie, mutant: Mutant, laboratory: Laboratory): boolean {
  const { rows, targets } = mutant.places.get(laboratory.traced.name)!
  if (lie.at >= targets.length || lie.witness >= laboratory.witnesses) return false
  const { broken } = tell(lie, mutant, laboratory)
  return broken.length > 0 && broken.every((row) => rows.has(row))
}

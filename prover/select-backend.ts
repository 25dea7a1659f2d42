import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { BackendInUse, ProvingBackend } from './backend.ts'
import type { ProgramOpener } from './load-circuit.ts'
import { type Addon, type NativePath, obtainAddon, requestedPath, requirePath, searchAddon } from './native/addon.ts'
import { NativeBackend } from './native/backend.ts'
import { NativeProgram } from './native/witness.ts'
import { SnarkjsBackend } from './snarkjs-backend.ts'

export interface ChoiceOptions {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Chooses what proves: the native prover for Groth16, which is compiled if it is missing and `build` is set, else snarkjs.
 * Throws NATIVE_UNAVAILABLE if ZKCLEAR_NATIVE asks for a path that cannot be had, INPUT_INVALID if it asks for none that
 * exists, ABORTED.
 */
export async function chooseBackend(
  system: ProofSystem,
  { build, ...options }: ChoiceOptions & { build: boolean },
): Promise<BackendInUse> {
  return (await choose(system, build ? () => obtainAddon(options) : searchAddon)).choice
}

/** As `chooseBackend`, which see, and opens what it chose. */
export async function openChosenBackend<S extends ProofSystem>(
  system: S,
  options: ChoiceOptions,
): Promise<{ backend: ProvingBackend<S>; choice: BackendInUse; openProgram: ProgramOpener }> {
  const { choice, addon } = await choose(system, () => obtainAddon(options))
  if (addon === undefined) return { backend: new SnarkjsBackend(system), choice, openProgram: undefined }
  const backend: unknown = new NativeBackend(addon, { path: choice.path })
  return { backend: backend as ProvingBackend<S>, choice, openProgram: opener(addon, choice) }
}

/** What runs witness programs: the native prover, as `openChosenBackend` has it, or nothing. Throws as `chooseBackend` does. */
export async function openProgramRunner(
  options: ChoiceOptions,
): Promise<{ choice: BackendInUse; open: ProgramOpener }> {
  const { choice, addon } = await choose('groth16', () => obtainAddon(options))
  return { choice, open: addon && opener(addon, choice) }
}

function opener(addon: Addon, { path }: BackendInUse): ProgramOpener {
  return (file) => new NativeProgram(addon, path!, file)
}

type Search = ReturnType<typeof searchAddon>

async function choose(
  system: ProofSystem,
  search: () => Search | Promise<Search>,
): Promise<{ choice: BackendInUse; addon?: Addon }> {
  const requested = requestedPath()
  const snarkjs = (reason: string, degraded: boolean) => ({ choice: { name: 'snarkjs', reason, degraded } })
  if (system !== 'groth16') {
    const reason = `the native prover makes Groth16 proofs, and these are ${system.toUpperCase()}`
    return requested === undefined || requested === 'off' ? snarkjs(reason, false) : unavailable(requested, reason)
  }
  if (requested === 'off') return snarkjs('ZKCLEAR_NATIVE is off', false)
  const { addon, file, problem } = await search()
  if (addon !== undefined) return { choice: { name: 'native', path: requirePath(addon, requested), file }, addon }
  return requested === undefined ? snarkjs(problem, true) : unavailable(requested, `the native prover: ${problem}`)
}

function unavailable(requested: NativePath, reason: string): never {
  const message = `asks for "${requested}", which cannot be had: ${reason}. Unset it to prove with what there is`
  throw new ZkclearError('NATIVE_UNAVAILABLE', message, { path: 'ZKCLEAR_NATIVE', details: { requested } })
}

/** One line on what proves. */
export function describeBackend({ name, path, file, reason, circomWitnesses = {} }: BackendInUse): string {
  if (reason !== undefined) return `Proofs are made by ${name}: ${reason}.`
  const calculated = Object.entries(circomWitnesses).map(
    ([circuit, why]) => ` Witnesses of ${circuit} are computed by circom's calculator: ${why}.`,
  )
  return `Proofs are made by the ${name} prover, path ${path} (${file}).${calculated.join('')}`
}

/** The warning that this backend calls for, if it does. */
export function warningOf({ name, reason, degraded }: BackendInUse): string | undefined {
  if (!degraded) return undefined
  const remedy = 'install a C++17 compiler, or set ZKCLEAR_NATIVE=off if that is meant'
  return `${name} makes the proofs, many times slower than the native prover: ${reason}; ${remedy}`
}

import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../circom/paths.ts'
import type { Progress } from '../../circuits/types.ts'
import { type AddonSearch, searchAddon as searchPackageAddon } from '../../protocol/crypto/native-addon.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { throwIfAborted } from '../serial-queue.ts'

/** How the native prover computes: AVX-512 IFMA, x86-64 with MULX and ADX, or any CPU. */
export type NativePath = 'ifma' | 'adx' | 'portable'

/** A key in the addon's memory. */
export interface AddonKey {
  /** How much memory it takes. */
  readonly bytes: number
  readonly wires: number
}

/** A witness program in the addon's memory: numbers of field elements. */
export interface AddonProgram {
  readonly wires: number
  readonly slots: number
  readonly inputs: number
}

/** What the compiled addon exports. Failures carry a `code`: KEY_UNREADABLE, KEY_CORRUPT, PROGRAM_CORRUPT, WITNESS, CANCELLED, MEMORY, NATIVE. */
export interface Addon {
  /** The paths that this machine can run, fastest first. */
  paths(): NativePath[]
  loadKey(file: string, path: NativePath, threads: number): Promise<AddonKey>
  freeKey(key: AddonKey): void
  /** control[0] is set to stop the proof; control[1] becomes its progress in thousandths. */
  prove(key: AddonKey, witness: Uint8Array, threads: number, control: Int32Array): Promise<ArrayBuffer>
  /** The most that a proof takes beside its key and its witness, in bytes. */
  proofBytes(key: AddonKey, threads: number): number
  loadWitnessProgram(file: Uint8Array, path: NativePath): AddonProgram
  /** Fills the slots, which are zero at first; the witness is at their start. The inputs are only read. */
  runWitnessProgram(program: AddonProgram, inputs: Uint8Array, slots: Uint8Array): Promise<void>
}

const PATHS: readonly string[] = ['ifma', 'adx', 'portable']

/** What ZKCLEAR_NATIVE asks for: a path, `off`, or nothing. Throws INPUT_INVALID for another value. */
export function requestedPath(environment: NodeJS.ProcessEnv = process.env): NativePath | 'off' | undefined {
  const value = environment.ZKCLEAR_NATIVE
  if (value === undefined || value === '') return undefined
  if (value === 'off' || PATHS.includes(value)) return value as NativePath | 'off'
  const allowed = [...PATHS, 'off'].join(', ')
  throw new ZkclearError('INPUT_INVALID', `is "${value}"; it may be one of ${allowed}`, { path: 'ZKCLEAR_NATIVE' })
}

/** The path, or the fastest without one. Throws NATIVE_UNAVAILABLE if this machine cannot run it. */
export function requirePath(addon: Addon, path: NativePath | undefined): NativePath {
  const paths = addon.paths()
  const chosen = path ?? paths[0]!
  if (paths.includes(chosen)) return chosen
  const message = `this machine cannot run "${chosen}"; it can run ${paths.join(', ')}`
  throw new ZkclearError('NATIVE_UNAVAILABLE', message, { path: 'ZKCLEAR_NATIVE' })
}

interface Builder {
  build(options: {
    signal?: AbortSignal | undefined
    onProgress?: ((fraction: number) => void) | undefined
  }): Promise<void>
  describeFailure(error: unknown): string
}

/** Loads the addon, if it is what was built from the package's sources. */
export const searchAddon = searchPackageAddon<Addon>

/** The addon, if there is one. */
export function loadAddon(): Addon | undefined {
  return searchAddon().addon
}

/**
 * Compiles the addon where there is none that loads, and loads it: about half a minute on two cores. The search says what
 * stood in the way. Throws ABORTED.
 */
export async function obtainAddon(
  options: { signal?: AbortSignal | undefined; onProgress?: ((progress: Progress) => void) | undefined } = {},
): Promise<AddonSearch<Addon>> {
  const found = searchAddon()
  if (found.addon !== undefined) return found
  const { signal, onProgress } = options
  throwIfAborted(signal)
  const { build, describeFailure } = (await import(
    pathToFileURL(join(packageRoot(), 'prover', 'native', 'build.mjs')).href
  )) as Builder
  try {
    const stage = 'compile the native prover'
    onProgress?.({ stage, fraction: 0 })
    await build({ signal, onProgress: (fraction) => onProgress?.({ stage, fraction }) })
  } catch (error) {
    throwIfAborted(signal)
    return { problem: `${found.problem}, and it cannot be built: ${describeFailure(error)}` }
  }
  return searchAddon()
}

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { packageRoot } from '../../circom/paths.ts'
import { ZkclearError } from '../../protocol/errors.ts'

/** How the native prover computes: AVX-512 IFMA, x86-64 with MULX and ADX, or any CPU. */
export type NativePath = 'ifma' | 'adx' | 'portable'

/** A key in the addon's memory. */
export interface AddonKey {
  /** How much memory it takes. */
  readonly bytes: number
  readonly wires: number
}

/** What the compiled addon exports. Failures carry a `code`: KEY_UNREADABLE, KEY_CORRUPT, WITNESS, CANCELLED, MEMORY, NATIVE. */
export interface Addon {
  /** The paths that this machine can run, fastest first. */
  paths(): NativePath[]
  loadKey(file: string, path: NativePath, threads: number): Promise<AddonKey>
  freeKey(key: AddonKey): void
  /** control[0] is set to stop the proof; control[1] becomes its progress in thousandths. */
  prove(key: AddonKey, witness: Uint8Array, threads: number, control: Int32Array): Promise<ArrayBuffer>
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

/** The addon that was built here or came with the package; undefined if there is none that loads. */
export function loadAddon(): Addon | undefined {
  const root = packageRoot()
  const platform = `${process.platform}-${process.arch}`
  const files = [
    join(root, 'build', 'native', `zkclear-${platform}.node`),
    join(root, 'prover', 'native', 'prebuilt', `${platform}.node`),
  ]
  for (const file of files) {
    if (!existsSync(file)) continue
    try {
      return createRequire(import.meta.url)(file) as Addon
    } catch {
      // Built for another system, or a half-copied file: the next one, or snarkjs.
    }
  }
  return undefined
}

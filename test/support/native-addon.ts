import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import { oneAtATime } from '../../lab/circuits/only-once.ts'
import type { Addon, AddonKey, NativePath } from '../../prover/native/addon.ts'

/** The tests' own addon: what the package's addon exports, with the blinding chosen and the parts one by one. */
export interface TestAddon extends Addon {
  /** `blinding` is r and s, 32 bytes each, little-endian. */
  proveBlindedBy(
    key: AddonKey,
    witness: Uint8Array,
    threads: number,
    control: Int32Array,
    blinding: Uint8Array,
  ): Promise<ArrayBuffer>
  /** Elements of q, r or (2) the extension of q, in Montgomery form. */
  field(
    path: 'adx' | 'portable',
    field: 'q' | 'r' | '2',
    operation: FieldOperation,
    a: Uint8Array,
    b: Uint8Array,
  ): ArrayBuffer
  /** Points affine and in Montgomery form, all zero for infinity; scalars plain. */
  multiExponentiation(
    path: NativePath,
    group: 1 | 2,
    points: Uint8Array,
    scalars: Uint8Array,
    threads: number,
  ): ArrayBuffer
  /** Values on 2^k roots of unity in Montgomery form; gives plain values of a * b - c on the odd coset. */
  quotient(path: NativePath, a: Uint8Array, b: Uint8Array): ArrayBuffer
  /** What became of the memory of witness-derived buffers since the addon was loaded. */
  memory(): SecretMemory
  /** Grants so many more requests for such memory, then refuses one. */
  refuseMemory(after: number): void
  /** Returns a buffer of so many bytes as if somebody forgot to wipe it. */
  returnUnwiped(bytes: number): void
  /** Opens a key file, cuts it to so many bytes, then reads all that it had. */
  readShortened(file: string, bytes: number): void
}

export interface SecretMemory {
  /** Buffers handed out, and those that came back. */
  taken: number
  returned: number
  /** Of all that were handed out. */
  bytes: number
  /** The most bytes that were out at once since the last call. */
  peak: number
  /** Bytes other than zero in buffers that came back. */
  unwiped: number
}

/** Square, negation, doubling and leaving Montgomery form ignore `b`. */
export type FieldOperation = '+' | '-' | '*' | '/' | '^' | 'n' | 'd' | 'm'

interface Builder {
  build(options: { test: boolean; extra?: readonly string[]; output?: string }): Promise<void>
  /** What a compiler may be able to build for an architecture, most first. */
  levelsOf(architecture: string): string[]
  /** The object file of the tests' addon that was compiled from a source, if it has one. */
  objectOf(source: string): string | undefined
  /** What is compiled for a level. */
  units(level: string): { object: string; source: string; flags: string[] }[]
}

let addon: Promise<TestAddon> | undefined

export function loadTestAddon(): Promise<TestAddon> {
  addon ??= testAddonFile().then((file) => createRequire(import.meta.url)(file) as TestAddon)
  return addon
}

/** The addon's file, built first if it is not that of its sources. */
export async function testAddonFile(): Promise<string> {
  // The suite that runs these tests once more under sanitizers brings its own.
  if (process.env.ZKCLEAR_TEST_ADDON !== undefined) return process.env.ZKCLEAR_TEST_ADDON
  const { findAddon, home } = nativeHome()
  const isBuilt = () => findAddon(true).file !== undefined
  await oneAtATime(join(home(), 'test.lock'), isBuilt, async () => (await nativeBuilder()).build({ test: true }))
  return findAddon(true).file!
}

interface NativeHome {
  findAddon(test?: boolean): { file?: string; manifest?: { level: string; binary: { file: string } }; problem?: string }
  home(): string
}

export function nativeHome(): NativeHome {
  return createRequire(import.meta.url)(join(packageRoot(), 'prover', 'native', 'home.cjs')) as NativeHome
}

export async function nativeBuilder(): Promise<Builder> {
  return (await import(join(packageRoot(), 'prover', 'native', 'build.mjs'))) as Builder
}

/** Every path that this machine can run. */
export async function nativePaths(): Promise<readonly NativePath[]> {
  return (await loadTestAddon()).paths()
}

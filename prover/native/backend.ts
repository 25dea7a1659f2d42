import { availableParallelism } from 'node:os'
import process from 'node:process'
import { FIELD_BYTES } from '../../circuits/input-schema.ts'
import type { CircuitArtifacts } from '../../keys/load.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Groth16Proof } from '../../verifier/index.ts'
import type { LoadedKey, ProvingBackend, ProvingOptions, SideBySide } from '../backend.ts'
import { integerOption } from '../options.ts'
import { abortable, throwIfAborted } from '../serial-queue.ts'
import { type Addon, type AddonKey, type NativePath, requirePath } from './addon.ts'

interface NativeKey extends LoadedKey {
  readonly inAddon: AddonKey
}

export interface NativeOptions {
  /** Threads that load keys, and of each proof that is not given a number. Default: as many as the machine runs at once. */
  threads?: number | undefined
  /** Default: the fastest that the machine can run. */
  path?: NativePath | undefined
}

/** How often progress is looked at, in milliseconds. */
const PROGRESS_INTERVAL = 20

/**
 * Proves with the package's own C++ addon. Proofs may run at the same time; they share their key. An abort takes effect for
 * the caller at once and stops the work within milliseconds.
 */
export class NativeBackend implements ProvingBackend {
  readonly name = 'native'
  /** The dispatch path in use. */
  readonly path: NativePath
  readonly #addon: Addon
  readonly #threads: number
  readonly #keys = new Set<AddonKey>()
  readonly #underWay = new Set<Promise<unknown>>()
  #disposed: Promise<void> | undefined

  /** Throws NATIVE_UNAVAILABLE if this machine has no such path. */
  constructor(addon: Addon, options: NativeOptions = {}) {
    this.#addon = addon
    this.path = requirePath(addon, options.path)
    this.#threads = integerOption(options.threads, availableParallelism(), 1, 'threads')
  }

  /** Keys are shared, so that proofs at the same time take what each one works with. */
  get sideBySide(): SideBySide {
    const pool = poolThreads()
    return {
      cores: this.#threads,
      most: Math.max(1, pool - 1),
      reason: `Node has ${pool} threads for work of this kind, unless UV_THREADPOOL_SIZE says otherwise when it starts, and witnesses and files need one`,
      proofBytes: (key, threads) => this.#addon.proofBytes((key as NativeKey).inAddon, threads),
      witnessBytes: (key) => (key as NativeKey).inAddon.wires * FIELD_BYTES,
    }
  }

  async loadKey({ circuit, files }: CircuitArtifacts): Promise<NativeKey> {
    this.#refuseIfDisposed()
    try {
      const inAddon = await this.#track(this.#addon.loadKey(files.zkey, this.path, this.#threads))
      this.#keys.add(inAddon)
      return { circuit, inAddon }
    } catch (cause) {
      if (codeOf(cause) === 'KEY_UNREADABLE') {
        throw new ZkclearError('FILE_UNREADABLE', `cannot read the proving key ${files.zkey}`, { cause })
      }
      if (codeOf(cause) !== 'KEY_CORRUPT') throw cause
      const message = `the proving key ${files.zkey} ${(cause as Error).message}; build again`
      throw new ZkclearError('ARTIFACT_CORRUPT', message, { cause })
    }
  }

  async prove(
    key: LoadedKey,
    witness: Uint8Array,
    { signal, onProgress, threads = this.#threads }: ProvingOptions = {},
  ): Promise<Groth16Proof> {
    this.#refuseIfDisposed()
    throwIfAborted(signal)
    const control = new Int32Array(2)
    const report = (fraction: number) => onProgress?.({ stage: 'prove', fraction })
    report(0)
    const timer = onProgress && setInterval(() => report(control[1]! / 1000), PROGRESS_INTERVAL)
    const stop = () => Atomics.store(control, 0, 1)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const { inAddon } = key as NativeKey
      const proof = this.#track(this.#addon.prove(inAddon, witness, threads, control))
      const bytes = await abortable(proof, signal)
      report(1)
      return readProof(bytes)
    } catch (cause) {
      if (cause instanceof ZkclearError) throw cause
      const reason = codeOf(cause) === 'WITNESS' ? `: ${(cause as Error).message}` : ''
      const message = `no proof of ${key.circuit} can be made of this witness${reason}`
      throw new ZkclearError('PROOF_INVALID', message, { details: { circuit: key.circuit }, cause })
    } finally {
      signal?.removeEventListener('abort', stop)
      clearInterval(timer)
    }
  }

  dispose(): Promise<void> {
    this.#disposed ??= Promise.allSettled(this.#underWay).then(() => {
      for (const key of this.#keys) this.#addon.freeKey(key)
      this.#keys.clear()
    })
    return this.#disposed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  #refuseIfDisposed(): void {
    if (this.#disposed) throw new ZkclearError('ABORTED', 'the proving backend was disposed')
  }

  /** Work in the addon, also when nobody waits for its result any more: `dispose` does. */
  async #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work)
    try {
      return await work
    } finally {
      this.#underWay.delete(work)
    }
  }
}

/** Threads of libuv's pool, which run the addon's work and read files. libuv reads the variable once, and so it says. */
function poolThreads(): number {
  const asked = Number.parseInt(process.env.UV_THREADPOOL_SIZE ?? '4', 10)
  return Math.min(1024, Math.max(1, Number.isNaN(asked) ? 1 : asked))
}

/** Eight plain numbers of 32 bytes, little-endian: a.x, a.y, b.x, b.y (two each), c.x, c.y. */
export function readProof(bytes: ArrayBuffer): Groth16Proof {
  const words = new BigUint64Array(bytes, 0, (8 * FIELD_BYTES) / 8)
  const at = (index: number) =>
    words[4 * index]! |
    (words[4 * index + 1]! << 64n) |
    (words[4 * index + 2]! << 128n) |
    (words[4 * index + 3]! << 192n)
  return {
    a: [at(0), at(1)],
    b: [
      [at(2), at(3)],
      [at(4), at(5)],
    ],
    c: [at(6), at(7)],
  } as unknown as Groth16Proof
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}

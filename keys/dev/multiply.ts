import { availableParallelism } from 'node:os'
import type { Piscina } from 'piscina'
import { toBytes } from '../../circom/field-bytes.ts'
import { siblingModule } from '../../circom/paths.ts'
import { keyCurve } from './curve.ts'
import { type Group, POINT_BYTES } from './fixed-base.ts'
import type { MultiplyTask, MultiplyWorkerData } from './multiply-worker.ts'

/** Points of one task: small enough for a steady progress bar and a quick abort, large enough to share an inversion. */
const CHUNK = 2048

export interface MultiplierOptions {
  /** Threads. Default: as many as the machine runs at once. */
  threads?: number | undefined
  signal?: AbortSignal | undefined
  /** Called with the number of points that have just been made. */
  onPoints?: ((group: Group, points: number) => void) | undefined
}

/** Multiplies the generators of G1 and G2 on a pool of threads. Dispose of it, or the threads stay. */
export class Multiplier implements AsyncDisposable {
  readonly #pool: Piscina
  readonly #threads: number
  readonly #options: MultiplierOptions

  private constructor(pool: Piscina, threads: number, options: MultiplierOptions) {
    this.#pool = pool
    this.#threads = threads
    this.#options = options
  }

  static async create(options: MultiplierOptions = {}): Promise<Multiplier> {
    const threads = options.threads ?? availableParallelism()
    const { tm } = await keyCurve()
    const workerData: MultiplyWorkerData = {
      module: await WebAssembly.compile(tm.code.slice()),
      generators: { g1: tm.pG1gen, g2: tm.pG2gen },
    }
    const filename = siblingModule(import.meta.url, './multiply-worker').href
    const { Piscina } = await import('piscina')
    const pool = new Piscina({ filename, workerData, minThreads: threads, maxThreads: threads })
    return new Multiplier(pool, threads, options)
  }

  /**
   * scalar * generator for every scalar: affine points one after another in the form of a .zkey file (little-endian
   * Montgomery coordinates; the point at infinity is all zero). `all` says of how many scalars these are a part, so that the
   * tables fit them all. Rejects with the pool's AbortError if the signal fires.
   */
  async multiply(group: Group, scalars: readonly bigint[], all = scalars.length): Promise<Uint8Array<ArrayBuffer>> {
    const result = new Uint8Array(scalars.length * POINT_BYTES[group])
    const bits = windowBits(all / this.#threads)
    const chunks = Array.from({ length: Math.ceil(scalars.length / CHUNK) }, (_, index) => index * CHUNK)
    await Promise.all(
      chunks.map(async (start) => {
        const bytes = toBytes(scalars.slice(start, start + CHUNK))
        const task: MultiplyTask = { group, bits, scalars: bytes }
        const options = this.#options.signal ? { signal: this.#options.signal } : {}
        const points = await this.#pool.run(task, { ...options, transferList: [bytes.buffer] })
        result.set(points, start * POINT_BYTES[group])
        this.#options.onPoints?.(group, Math.min(CHUNK, scalars.length - start))
      }),
    )
    return result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy()
  }
}

/** Wider windows mean fewer additions per point and a table that doubles with each bit; it pays from about 8 points an entry. */
function windowBits(points: number): number {
  return Math.min(13, Math.max(3, Math.floor(Math.log2(points + 1)) - 3))
}

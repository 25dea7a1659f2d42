import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { siblingModule } from '../circom/paths.ts'
import type { WitnessFailure } from '../circom/witness-calculator.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { throwIfAborted } from './serial-queue.ts'
import { requireWitness } from './witness-result.ts'
import type { WitnessJob, WitnessSource } from './witness-source.ts'
import type { WitnessTask } from './witness-worker.ts'

/** Calculates witnesses in worker threads, which do not keep the process alive while idle. */
export class WitnessPool implements WitnessSource {
  readonly #pool: Piscina<WitnessTask, ArrayBuffer | WitnessFailure>
  #stranded = new AbortController()
  #closed = false

  /** `threads`: at most so many witnesses at once. */
  constructor(threads: number) {
    this.#pool = new Piscina({
      filename: siblingModule(import.meta.url, './witness-worker').href,
      // The pool replaces a thread that dies only below its minimum: with none, queued jobs would wait for ever.
      minThreads: 1,
      maxThreads: threads,
      // A thread costs about 50 ms to start; one that is idle for a minute gives its memory back.
      idleTimeout: 60_000,
      recordTiming: false,
    })
    // An idle thread that dies fails no job and must not end the process.
    this.#pool.on('error', () => undefined)
    // Nor is a thread replaced that dies while it starts: then the jobs that waited for it fail.
    this.#pool.on('workerDestroy', () => queueMicrotask(() => this.#failStranded()))
  }

  /** The running threads, for diagnosis. */
  get threads(): readonly Worker[] {
    return this.#pool.threads
  }

  async calculate({ circuit, program, input }: WitnessJob, signal?: AbortSignal): Promise<Uint8Array> {
    return requireWitness(await this.#run({ program: await program(), input }, circuit, signal), circuit)
  }

  async #run(task: WitnessTask, circuit: string, signal?: AbortSignal) {
    if (this.#closed) throw new ZkclearError('ABORTED', 'the witness pool is closed')
    const signals = [this.#stranded.signal, ...(signal ? [signal] : [])]
    try {
      return await this.#pool.run(task, { transferList: [task.input.values], signal: AbortSignal.any(signals) })
    } catch (cause) {
      throwIfAborted(signal)
      if (this.#closed) throw new ZkclearError('ABORTED', 'the witness pool was closed', { cause })
      throw new ZkclearError('WITNESS_FAILED', `the worker that calculated a witness of ${circuit} died; try again`, {
        details: { circuit },
        cause,
      })
    }
  }

  #failStranded(): void {
    if (this.#pool.threads.length > 0) return
    this.#stranded.abort()
    this.#stranded = new AbortController()
  }

  /** Ends the threads; witnesses under way fail with ABORTED. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#pool.destroy()
  }
}

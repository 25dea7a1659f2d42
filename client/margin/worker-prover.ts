import type { MarginStatement, MarginWitness } from '../../circuits/margin-sufficiency/statement.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { MarginProver, MarginProvingOptions } from './prove-margin.ts'
import type { MarginFiles } from './proving-files.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

type Answer<Kind extends FromWorker['kind']> = Extract<FromWorker, { readonly kind: Kind }>

/**
 * Proves margin in a worker of a browser, whose module calls `serveMarginWorker`. One proof at a time. Calling one off ends the worker,
 * and with it all that it knew; the next proof begins another.
 *
 * @example
 * const start = () => new Worker(new URL('./margin-worker.ts', import.meta.url), { type: 'module' })
 * using prover = new WorkerProver(start, await fetchMarginFiles(venue, { token: session.token }))
 */
export class WorkerProver implements MarginProver, Disposable {
  readonly #start: () => Worker
  readonly #files: MarginFiles
  #worker: Promise<Worker> | undefined
  #isBusy = false
  readonly #closing = new AbortController()

  constructor(start: () => Worker, files: MarginFiles) {
    this.#start = start
    this.#files = files
  }

  /** Starts the worker and loads what it proves with, which else the first proof does. Throws KEY_UNSAFE, ARTIFACT_CORRUPT. */
  async load(options: MarginProvingOptions = {}): Promise<void> {
    await this.#ready(options)
  }

  /** The proof was verified when this resolves. Throws as `Prover.prove` does; INPUT_INVALID while another proof is made. */
  async prove(
    _circuit: 'margin-sufficiency',
    statement: MarginStatement,
    witness: MarginWitness,
    options: MarginProvingOptions = {},
  ) {
    if (this.#isBusy) throw new ZkclearError('INPUT_INVALID', 'a proof is being made; wait for it, or call it off')
    this.#isBusy = true
    try {
      const worker = await this.#ready(options)
      const { proof, statement: proved } = await this.#ask(
        worker,
        { kind: 'prove', statement, witness },
        'proved',
        options,
      )
      return { proof, statement: proved }
    } finally {
      this.#isBusy = false
    }
  }

  #ready(options: MarginProvingOptions): Promise<Worker> {
    this.#worker ??= this.#begin(options).catch((error) => {
      this.#worker = undefined
      throw error
    })
    return this.#worker
  }

  async #begin(options: MarginProvingOptions): Promise<Worker> {
    const worker = this.#start()
    await this.#ask(worker, { kind: 'load', ...this.#files }, 'loaded', options)
    return worker
  }

  /** Resolves with the answer of that kind. A worker that is called off, or fails by itself, is ended. */
  async #ask<Kind extends 'loaded' | 'proved'>(
    worker: Worker,
    question: ToWorker,
    kind: Kind,
    { signal, onProgress }: MarginProvingOptions,
  ): Promise<Answer<Kind>> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer<Kind>>()
    const end = (error: ZkclearError) => {
      worker.terminate()
      this.#worker = undefined
      reject(error)
    }
    const off = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    const onAbort = () => end(new ZkclearError('ABORTED', 'the proof was called off', { cause: off.reason }))
    if (off.aborted) onAbort()
    off.addEventListener('abort', onAbort, { once: true })
    worker.onerror = () =>
      end(new ZkclearError('ABORTED', 'the worker that proves ended; its module may not have loaded'))
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'progress') onProgress?.(data.progress)
      else if (data.kind === kind) resolve(data as Answer<Kind>)
      else if (data.kind === 'failed') reject(new ZkclearError(data.code ?? 'PROOF_INVALID', data.message))
    }
    worker.postMessage(question)
    try {
      return await promise
    } finally {
      off.removeEventListener('abort', onAbort)
    }
  }

  /** Ends the worker, and a proof that is being made. */
  [Symbol.dispose](): void {
    this.#closing.abort()
    this.#worker?.then((worker) => worker.terminate()).catch(() => undefined)
    this.#worker = undefined
  }
}

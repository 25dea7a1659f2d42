import type { ProofSystem } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { verify } from '../verifier/verify.ts'
import type { BackendInUse, ProvingBackend, ProvingOptions } from './backend.ts'
import type {
  Definitions,
  Job,
  Proved,
  ProvedJob,
  ProveManyOptions,
  ProveOptions,
  StatementOf,
  WitnessOf,
} from './job.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import { lookAhead, type Stages } from './look-ahead.ts'
import { addUp } from './many-progress.ts'
import { integerOption, requireSignal } from './options.ts'
import { type PreparedWitness, prepareWitness } from './prepare-witness.ts'
import { capacityOf, planProofs } from './proof-plan.ts'
import { abortable, throwIfAborted } from './serial-queue.ts'
import type { WitnessSource } from './witness-source.ts'

export interface ProverParts<S extends ProofSystem> {
  circuits: ReadonlyMap<string, LoadedCircuit<S>>
  pool: WitnessSource
  backend: Omit<ProvingBackend<S>, 'loadKey'>
  inUse: BackendInUse
  /** Whether disposing the prover disposes the backend. */
  ownsBackend: boolean
  graceMs: number
  /** Memory that this process may still take, in bytes. */
  availableMemory: () => number
}

interface Prepared<S extends ProofSystem> extends PreparedWitness {
  loaded: LoadedCircuit<S>
  statement: unknown
}

/** Makes proofs of typed statements; `createProver` makes one. Calls may overlap. */
export class Prover<D extends Definitions, S extends ProofSystem = 'groth16'> implements AsyncDisposable {
  readonly #parts: ProverParts<S>
  readonly #closing = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()
  #disposed: Promise<void> | undefined

  constructor(parts: ProverParts<S>) {
    this.#parts = parts
  }

  /** What makes the proofs: the native prover and its path, or snarkjs and why. */
  get backend(): BackendInUse {
    return this.#parts.inUse
  }

  /**
   * Proves one statement. The proof was verified when this resolves. Throws CIRCUIT_UNKNOWN, STATEMENT_INVALID,
   * INPUT_INVALID (a witness or an option of the wrong type), WITNESS_FAILED (there is no witness: the statement is false, and
   * the message says why where the model knows), CONSTRAINT_BROKEN or PROOF_INVALID (the
   * proof does not verify), ABORTED (by `signal`, or because the prover was disposed).
   */
  prove<Name extends keyof D & string>(
    circuit: Name,
    statement: StatementOf<D[Name]>,
    witness: WitnessOf<D[Name]>,
    options: ProveOptions = {},
  ): Promise<Proved<Name, StatementOf<D[Name]>, S>> {
    const proved = this.#track(async () => {
      const own = { ...options, signal: this.#signalOf(Object(options)) }
      return this.#prove(await this.#prepare({ circuit, statement, witness }, own), own)
    })
    return proved as Promise<Proved<Name, StatementOf<D[Name]>, S>>
  }

  /**
   * Proves many statements and yields the proofs in order. Where there are cores and memory for it, several are made at once
   * (docs/native-prover.md says how many); meanwhile the witnesses of the next `lookahead` jobs are calculated. No more are
   * pulled from `jobs`, and none while nobody asks for the next proof. The first failure in order ends it, after the proofs of
   * the jobs before. However it ends, by the last proof, a failure, an abort or the consumer who leaves, nothing of it is under way
   * afterwards. Throws as `prove` does, and what `jobs` throws.
   */
  async *proveMany(
    jobs: AsyncIterable<Job<D>> | Iterable<Job<D>>,
    options: ProveManyOptions = {},
  ): AsyncGenerator<ProvedJob<D, S>, void, void> {
    const caller = this.#signalOf(Object(options))
    const lookahead = integerOption(options?.lookahead, 2, 0, 'lookahead')
    const plan = planProofs(capacityOf(this.#parts), { ...options, lookahead })
    const progressOf = addUp(options?.onProgress)
    const prepare = (job: Job<D>, signal: AbortSignal) => this.#track(() => this.#prepare(job, { signal }))
    const finish: Stages<Job<D>, Prepared<S>, Proved<string, unknown, S>>['finish'] = (prepared, context) => {
      const { index, together, signal } = context
      const own = { signal, onProgress: progressOf(index), threads: plan.threads(together) }
      return this.#track(() => this.#prove(prepared, own))
    }
    const proofs = lookAhead(jobs, { prepare, finish }, { atOnce: plan.atOnce, lookahead }, caller)
    yield* proofs as AsyncGenerator<ProvedJob<D, S>, void, void>
  }

  /**
   * Refuses new calls, waits for what is under way (at most the grace period), aborts the rest, then ends all threads. The
   * process can exit afterwards.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #prepare(job: Job<Definitions>, { signal, onProgress }: ProveOptions): Promise<Prepared<S>> {
    throwIfAborted(signal)
    const loaded = this.#circuit(Object(job).circuit)
    const prepared = await prepareWitness(loaded, job, this.#parts.pool, { signal, onProgress })
    return { loaded, statement: job.statement, ...prepared }
  }

  async #prove(
    prepared: Prepared<S>,
    { signal, onProgress, threads }: ProvingOptions,
  ): Promise<Proved<string, unknown, S>> {
    const { loaded, statement, publicSignals, witness, witnessMs } = prepared
    const { definition, vkey, key } = loaded
    const started = performance.now()
    const proving = this.#parts.backend.prove(key, witness, { signal, onProgress, threads })
    const proof = await abortable(proving, signal).catch(async (error) => {
      // PLONK's provers notice themselves that a witness is wrong, and do not say where.
      if (!(error instanceof ZkclearError) || error.code !== 'PROOF_INVALID') throw error
      const reason = await loaded.diagnose(witness)
      throw reason.code === 'CONSTRAINT_BROKEN' ? reason : error
    })
    const proved = performance.now()
    onProgress?.({ stage: 'verify', fraction: 0 })
    if (!(await verify(definition, proof, statement, { vkey }))) throw await loaded.diagnose(witness)
    onProgress?.({ stage: 'verify', fraction: 1 })
    erase(witness)
    const timings = { witnessMs, proveMs: proved - started, verifyMs: performance.now() - proved }
    return { circuit: definition.name, proof, statement, publicSignals, timings }
  }

  #circuit(name: string): LoadedCircuit<S> {
    const { circuits } = this.#parts
    const loaded = circuits.get(name)
    if (loaded !== undefined) return loaded
    const known = [...circuits.keys()].join(', ')
    throw new ZkclearError('CIRCUIT_UNKNOWN', `this prover has no circuit "${String(name)}"; it has ${known}`)
  }

  #signalOf({ signal }: ProveOptions): AbortSignal {
    requireSignal(signal)
    return signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
  }

  /** Runs a task that `dispose` waits for. */
  async #track<T>(task: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw disposedError()
    const running = task()
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }

  async #dispose(): Promise<void> {
    const { pool, backend, ownsBackend, graceMs } = this.#parts
    const grace = Promise.withResolvers<void>()
    const timer = setTimeout(grace.resolve, graceMs)
    await Promise.race([Promise.allSettled(this.#underWay), grace.promise])
    clearTimeout(timer)
    this.#closing.abort(disposedError())
    await Promise.allSettled(this.#underWay)
    await pool[Symbol.asyncDispose]()
    if (ownsBackend) await backend.dispose()
  }
}

/**
 * Nobody reads a witness any more whose proof verified. Where buffers can be handed on, as in Node, its memory goes back now, and not
 * when garbage is collected.
 */
function erase(witness: Uint8Array): void {
  const buffer = witness.buffer as ArrayBuffer
  new Uint8Array(buffer).fill(0)
  buffer.transfer?.(0)
}

function disposedError(): ZkclearError {
  return new ZkclearError('ABORTED', 'the prover was disposed; create another one')
}

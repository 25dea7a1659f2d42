import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { CircuitDefinition, Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProofOf } from '../verifier/systems.ts'
import { verify } from '../verifier/verify.ts'
import type { BackendInUse, ProvingBackend } from './backend.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import { lookAhead } from './look-ahead.ts'
import { integerOption, requireSignal } from './options.ts'
import { type PreparedWitness, prepareWitness } from './prepare-witness.ts'
import { abortable, throwIfAborted } from './serial-queue.ts'
import type { WitnessSource } from './witness-source.ts'

/** Circuit definitions by name, as the registry holds them. */
export type Definitions = Readonly<Record<string, CircuitDefinition>>

export type StatementOf<D> = D extends CircuitDefinition<string, infer Statement, infer _> ? Statement : never
export type WitnessOf<D> = D extends CircuitDefinition<string, infer _, infer Witness> ? Witness : never

/** What to prove: a circuit by name, with its statement and its private witness. */
export type Job<D extends Definitions> = {
  [Name in keyof D & string]: { circuit: Name; statement: StatementOf<D[Name]>; witness: WitnessOf<D[Name]> }
}[keyof D & string]

/** A proof that was verified, with what it proves. Holds nothing private. */
export interface Proved<Name extends string = string, Statement = unknown, S extends ProofSystem = 'groth16'> {
  circuit: Name
  proof: ProofOf[S]
  statement: Statement
  publicSignals: readonly bigint[]
  /** Milliseconds, waiting for a free worker or for an earlier proof included. */
  timings: { witnessMs: number; proveMs: number; verifyMs: number }
}

export type ProvedJob<D extends Definitions, S extends ProofSystem = 'groth16'> = {
  [Name in keyof D & string]: Proved<Name, StatementOf<D[Name]>, S>
}[keyof D & string]

export interface ProveOptions {
  /** Makes the call fail with ABORTED at once. */
  signal?: AbortSignal | undefined
  /** Stages `witness`, `prove` and `verify`, each from 0 to 1. */
  onProgress?: ((progress: Progress) => void) | undefined
}

export interface ProveManyOptions extends ProveOptions {
  /** How many jobs may be pulled, and their witnesses calculated, beyond the one that is being proved. Default 2. */
  lookahead?: number | undefined
}

export interface ProverParts<S extends ProofSystem> {
  circuits: ReadonlyMap<string, LoadedCircuit<S>>
  pool: WitnessSource
  backend: ProvingBackend<S>
  inUse: BackendInUse
  /** Whether disposing the prover disposes the backend. */
  ownsBackend: boolean
  graceMs: number
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
   * Proves many statements and yields the proofs in order. While one is proved, the witnesses of the next `lookahead` jobs
   * are calculated; no more are pulled from `jobs`, and none while nobody asks for the next proof. The first failure ends
   * it, after the proofs of the jobs before. Throws as `prove` does, and what `jobs` throws.
   */
  async *proveMany(
    jobs: AsyncIterable<Job<D>> | Iterable<Job<D>>,
    options: ProveManyOptions = {},
  ): AsyncGenerator<ProvedJob<D, S>, void, void> {
    // Fires also when the consumer leaves early, so that witnesses nobody wants are not calculated to the end.
    const left = new AbortController()
    const signal = AbortSignal.any([left.signal, this.#signalOf(Object(options))])
    const lookahead = integerOption(options?.lookahead, 2, 0, 'lookahead')
    const prepare = (job: Job<D>) => this.#track(() => this.#prepare(job, { signal }))
    try {
      for await (const prepared of lookAhead(jobs, prepare, lookahead, signal)) {
        yield (await this.#track(() => this.#prove(prepared, { ...options, signal }))) as ProvedJob<D, S>
      }
    } finally {
      left.abort()
    }
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

  async #prove(prepared: Prepared<S>, { signal, onProgress }: ProveOptions): Promise<Proved<string, unknown, S>> {
    const { loaded, statement, publicSignals, witness, witnessMs } = prepared
    const { definition, vkey, key } = loaded
    const started = performance.now()
    const proving = this.#parts.backend.prove(key, witness, { signal, onProgress })
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

function disposedError(): ZkclearError {
  return new ZkclearError('ABORTED', 'the prover was disposed; create another one')
}

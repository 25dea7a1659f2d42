import { witnessFile } from '../circom/witness-file.ts'
import type { ProofSystem } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type ProofOf, readProof } from '../verifier/systems.ts'
import type { LoadedKey, ProvingOptions } from './backend.ts'
import { SerialQueue, throwIfAborted } from './serial-queue.ts'
import { acquireThreads, releaseThreads } from './snarkjs-threads.ts'

/** A key in memory. */
export interface SnarkjsKey extends LoadedKey {
  /** The bytes of the zkey file. */
  readonly zkey: Uint8Array
}

type Prove = (
  zkey: Uint8Array,
  witness: Uint8Array,
  logger: Record<'debug' | 'info' | 'warn' | 'error', (message: string) => void>,
) => Promise<{ proof: unknown }>

/**
 * snarkjs's stages as it logs them, with the share of a proof's time that lies before each (measured at 2^16): first
 * Groth16's, then those of PLONK and FFLONK.
 */
const STAGES: Readonly<Record<string, number>> = {
  'Reading Wtns': 0,
  'Reading Coeffs': 0.01,
  'Join ABC': 0.2,
  'Reading A Points': 0.22,
  'Reading B1 Points': 0.36,
  'Reading B2 Points': 0.48,
  'Reading C Points': 0.75,
  'Reading H Points': 0.86,
  '> ROUND 1': 0.05,
  '> ROUND 2': 0.25,
  '> ROUND 3': 0.5,
  '> ROUND 4': 0.8,
  '> ROUND 5': 0.85,
}

/**
 * Proves with snarkjs: portable WebAssembly, in Node and in browsers, on snarkjs's own threads, which start with the first proof or
 * `start` and end with `dispose`. One proof at a time: a proof keeps all of them busy, they are the same for all of the process, and it
 * takes ten times its key's memory. An abort takes effect for the caller at once and stops the work at its next stage.
 */
export class SnarkjsProofs<S extends ProofSystem = 'groth16'> implements AsyncDisposable {
  readonly name = 'snarkjs'
  protected readonly system: S
  readonly #queue = new SerialQueue()
  #threads: Promise<void> | undefined
  #disposed: Promise<void> | undefined

  /** @param system Default: Groth16. */
  constructor(system: S = 'groth16' as S) {
    this.system = system
  }

  /** Loads snarkjs and starts its threads, which else the first proof does. */
  async start(): Promise<void> {
    this.#threads ??= acquireThreads()
    await this.#threads
  }

  prove(key: LoadedKey, witness: Uint8Array, { signal, onProgress }: ProvingOptions = {}): Promise<ProofOf[S]> {
    if (this.#disposed) throw new ZkclearError('ABORTED', 'the proving backend was disposed')
    return this.#queue.run(async () => {
      await this.start()
      // snarkjs says where it is through its logger; that is also the one place to stop it between two stages.
      const onStage = (message: string) => {
        const fraction = STAGES[message]
        if (fraction === undefined) return
        throwIfAborted(signal)
        onProgress?.({ stage: 'prove', fraction })
      }
      try {
        const files = [inMemory((key as SnarkjsKey).zkey), inMemory(witnessFile(witness))] as const
        const logger = { debug: onStage, info: onStage, warn: () => undefined, error: () => undefined }
        const { prove } = (await import('snarkjs'))[this.system] as unknown as { prove: Prove }
        const { proof } = await prove(...files, logger)
        onProgress?.({ stage: 'prove', fraction: 1 })
        return readProof(this.system, proof)
      } catch (cause) {
        if (cause instanceof ZkclearError && cause.code === 'ABORTED') throw cause
        const message = `snarkjs could not prove ${key.circuit}; its proving key may be corrupt, build again`
        throw new ZkclearError('PROOF_INVALID', message, { details: { circuit: key.circuit }, cause })
      }
    }, signal)
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#queue.run(async () => {
      if (this.#threads) await this.#threads.then(releaseThreads)
    })
    return this.#disposed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }
}

/** snarkjs takes a file in memory in place of a name; its types say bytes, which it would copy. */
function inMemory(data: Uint8Array): Uint8Array {
  return { type: 'mem', data } as unknown as Uint8Array
}

import { readFile } from 'node:fs/promises'
import { witnessFile } from '../circom/witness-file.ts'
import { FIELD_BYTES } from '../circuits/input-schema.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { loadCompiled } from '../keys/load.ts'
import type { ArtifactSelection } from '../keys/selection.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { BackendInUse } from './backend.ts'
import { circomProgram } from './circom-program.ts'
import { openOwn } from './load-circuit.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import { OwnWitnesses } from './own-witnesses.ts'
import { type Claim, prepareWitness, type WitnessOptions } from './prepare-witness.ts'
import { openProgramRunner } from './select-backend.ts'
import { throwIfAborted } from './serial-queue.ts'
import type { WitnessSource } from './witness-source.ts'

/** What computed a witness: the circuit's own program, or circom's calculator and why. */
export type Generator =
  | { readonly name: 'own'; readonly path: string }
  | { readonly name: 'circom'; readonly reason: string }

/** A witness as a .wtns file, which holds private values. */
export interface MadeWitness {
  readonly file: Uint8Array
  readonly wires: number
  readonly publicSignals: readonly bigint[]
  readonly generator: Generator
  readonly milliseconds: number
}

export interface WitnessMakerOptions extends ArtifactSelection, WitnessOptions {
  readonly profile: ProfileName
  /** Is told that circom's calculator takes an input which the circuit's own program refuses. */
  readonly onWarning: (message: string) => void
}

type Loaded = Pick<LoadedCircuit, 'definition' | 'profile' | 'program' | 'own'>

/** Computes witnesses of one circuit, without its keys; `openWitnessMaker` makes one. */
class WitnessMaker implements AsyncDisposable {
  readonly #loaded: Loaded
  readonly #source: WitnessSource
  readonly #runner: BackendInUse

  constructor(loaded: Loaded, source: WitnessSource, runner: BackendInUse) {
    this.#loaded = loaded
    this.#source = source
    this.#runner = runner
  }

  /** Throws STATEMENT_INVALID, INPUT_INVALID, WITNESS_FAILED (naming template and line, or why the model refuses), ABORTED. */
  async make(claim: Claim, options: WitnessOptions = {}): Promise<MadeWitness> {
    throwIfAborted(options.signal)
    const { own } = this.#loaded
    let generator: Generator = { name: 'circom', reason: this.#withoutProgram() }
    const watched: LoadedCircuit['own'] =
      'run' in own
        ? {
            bytes: own.bytes,
            run: async (input) => {
              const witness = await own.run(input)
              if (witness !== undefined) generator = { name: 'own', path: this.#runner.path! }
              return witness
            },
          }
        : own
    const prepared = await prepareWitness({ ...this.#loaded, own: watched }, claim, this.#source, options)
    const { witness, publicSignals, witnessMs } = prepared
    const file = witnessFile(witness)
    return { file, wires: witness.length / FIELD_BYTES, publicSignals, generator, milliseconds: witnessMs }
  }

  /** Why circom's calculator computes. */
  #withoutProgram(): string {
    const { own } = this.#loaded
    if ('run' in own) return "the circuit's own program refused the input"
    const { reason } = this.#runner
    return reason === undefined ? own.reason : `${own.reason}: ${reason}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]()
  }
}

/**
 * Loads a compiled circuit and its witness program. Throws ARTIFACT_MISSING (build first), ARTIFACT_CORRUPT, NATIVE_UNAVAILABLE or
 * INPUT_INVALID (ZKCLEAR_NATIVE), ABORTED.
 */
export async function openWitnessMaker(
  definition: CircuitDefinition,
  options: WitnessMakerOptions,
): Promise<WitnessMaker> {
  const { profile, onProgress, onWarning } = options
  const { choice, open } = await openProgramRunner(options)
  onProgress?.({ stage: 'load', fraction: 0 })
  const compiled = await loadCompiled(definition, profile, options)
  const own = await openOwn(definition, compiled, options, open)
  const program = circomProgram(await readFile(compiled.files.wasm))
  if (!('run' in own)) await program()
  onProgress?.({ stage: 'load', fraction: 1 })
  const { WitnessPool } = await import('./witness-pool.ts')
  return new WitnessMaker(
    { definition, profile, program, own },
    new OwnWitnesses(new WitnessPool(1), onWarning),
    choice,
  )
}

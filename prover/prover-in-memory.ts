import { calculateWitness } from '../circom/witness-calculator.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { vetKey } from '../verifier/systems.ts'
import { type CircomProgram, circomProgram } from './circom-program.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import { Prover } from './prover.ts'
import { throwIfAborted } from './serial-queue.ts'
import { SnarkjsProofs } from './snarkjs-proofs.ts'
import { requireWitness } from './witness-result.ts'
import type { WitnessSource } from './witness-source.ts'

/** What proving a circuit with Groth16 takes. */
export interface ProvingFiles {
  /** circom's program, which computes witnesses. */
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly zkey: Uint8Array
  /** The verification key, as JSON has it. */
  readonly vkey: unknown
}

/**
 * A prover of one circuit without files or Node: in a browser's worker, say. It computes witnesses in the thread that it is in, and
 * proves on snarkjs's threads, which run when this resolves. Throws KEY_UNSAFE, and ARTIFACT_CORRUPT for a program that is none.
 */
export async function proverInMemory<Definition extends CircuitDefinition>(
  definition: Definition,
  profile: ProfileName,
  { wasm, zkey, vkey }: ProvingFiles,
): Promise<Prover<Record<Definition['name'], Definition>>> {
  const circuit: LoadedCircuit<'groth16'> = {
    ...{ definition, profile, program: await compile(wasm, definition.name) },
    own: { reason: 'witness programs run in the native prover only', isMissing: false },
    vkey: await vetKey('groth16', vkey, definition),
    key: { circuit: definition.name, zkey } as LoadedCircuit['key'],
    async diagnose() {
      const message = `the proof does not verify: the files of ${definition.name} do not belong together`
      return new ZkclearError('PROOF_INVALID', message, { details: { circuit: definition.name } })
    },
  }
  const backend = new SnarkjsProofs()
  await backend.start()
  return new Prover({
    ...{ circuits: new Map([[definition.name, circuit]]), pool: INLINE, backend, ownsBackend: true, graceMs: 0 },
    inUse: { name: 'snarkjs', reason: 'it runs without files' },
    availableMemory: () => Number.POSITIVE_INFINITY,
  })
}

const INLINE: WitnessSource = {
  async calculate({ circuit, program, input }, signal) {
    throwIfAborted(signal)
    const result = calculateWitness(await program(), input)
    return requireWitness('witness' in result ? result.witness : result.failure, circuit)
  },
  async [Symbol.asyncDispose]() {},
}

async function compile(wasm: Uint8Array<ArrayBuffer>, name: string): Promise<CircomProgram> {
  const program = circomProgram(wasm)
  try {
    await program()
    return program
  } catch (cause) {
    throw new ZkclearError('ARTIFACT_CORRUPT', `the program of ${name} is no WebAssembly`, { cause })
  }
}

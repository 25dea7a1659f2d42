import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type R1cs, readR1cs } from '../../../circom/r1cs.ts'
import { calculateWitness } from '../../../circom/witness-calculator.ts'
import { witnessFile } from '../../../circom/witness-file.ts'
import { wireRange } from '../../../circom/witness-wires.ts'
import { CIRCUITS, type CircuitName } from '../../../circuits/index.ts'
import { flattenInput } from '../../../circuits/input-schema.ts'
import type { CircuitDefinition } from '../../../circuits/types.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { createDevKey } from '../../../keys/dev/dev-key.ts'
import { domainLog } from '../../../keys/dev/qap.ts'
import { DEFAULT_DEV_SEED } from '../../../keys/selection.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import type { ProfileName } from '../../../protocol/shape.ts'
import { type Groth16Proof, type VerificationKey, verify, vetVerificationKey } from '../../../verifier/index.ts'
import { exampleInput } from '../example-input.ts'
import { powerChain } from './power-chain.ts'

/** A key and a witness that every backend proves. */
export interface MeasuredCircuit {
  readonly name: string
  readonly constraints: number
  readonly wires: number
  /** log2 of the evaluation domain. */
  readonly log: number
  readonly signals: readonly bigint[]
  readonly files: {
    readonly zkey: string
    /** In snarkjs's format. */
    readonly wtns: string
    /** The field elements alone. */
    readonly witness: string
  }
  /** Throws PROOF_INVALID, naming who made the proof, unless it verifies. */
  check(proof: Groth16Proof, prover: string): Promise<void>
}

/** One of our circuits with the artifacts of the build directory; its witness files go to `folder`. */
export async function ownCircuit(name: CircuitName, profile: ProfileName, folder: string): Promise<MeasuredCircuit> {
  const definition: CircuitDefinition = CIRCUITS[name]
  const [artifacts] = await buildArtifacts({ circuits: [definition], profile })
  const { zkey, r1cs, vkey, wasm } = artifacts!.files
  const program = await WebAssembly.compile(await readFile(wasm))
  const result = calculateWitness(program, flattenInput(definition, profile, exampleInput(name, profile)))
  if ('failure' in result) throw new Error(`${name} has no witness: ${result.failure.kind}`)
  const json = JSON.parse(await readFile(vkey, 'utf8'))
  const label = `${name}, ${profile}`
  return measuredCircuit(
    label,
    { r1cs: await readR1cs(r1cs), witness: new Uint8Array(result.witness), zkey, vkey: json },
    folder,
  )
}

/** A chain of fifth powers with a dev key made for it; all files go to `folder`. */
export async function chainCircuit(constraints: number, folder: string): Promise<MeasuredCircuit> {
  const { r1cs, witness } = powerChain(constraints)
  const zkey = join(folder, `chain-${constraints}.zkey`)
  const vkey = await createDevKey({ r1cs, secrets: DEFAULT_DEV_SEED, zkey })
  return measuredCircuit('chain of fifth powers', { r1cs, witness, zkey, vkey }, folder)
}

interface Parts {
  r1cs: R1cs
  witness: Uint8Array
  zkey: string
  vkey: unknown
}

/** Writes the witness to `folder` and vets the key. */
async function measuredCircuit(name: string, parts: Parts, folder: string): Promise<MeasuredCircuit> {
  const { r1cs, witness, zkey } = parts
  const { nConstraints, nWires, nPublic } = r1cs
  const stem = join(folder, `${name.replaceAll(/\W+/g, '-')}-${nConstraints}`)
  const files = { zkey, wtns: `${stem}.wtns`, witness: `${stem}.witness` }
  await writeFile(files.wtns, witnessFile(witness))
  await writeFile(files.witness, witness)
  const signals = wireRange(witness, 1, 1 + nPublic)
  const definition = definitionOf(name, nPublic)
  const vkey: VerificationKey = await vetVerificationKey(parts.vkey, definition)
  return {
    name,
    constraints: nConstraints,
    wires: nWires,
    log: domainLog(r1cs),
    signals,
    files,
    async check(proof, prover) {
      if (await verify(definition, proof, signals, { vkey })) return
      throw new ZkclearError('PROOF_INVALID', `the proof of ${name} by ${prover} does not verify`)
    },
  }
}

/** As much of a definition as verifying needs: the statement is the list of public signals. */
function definitionOf(name: string, count: number): CircuitDefinition<string, readonly bigint[]> {
  const publicSignals = Array.from({ length: count }, (_, i) => `signals[${i}]`)
  const part: Partial<CircuitDefinition<string, readonly bigint[]>> = {
    name,
    publicSignals,
    encodeStatement: (signals) => signals,
  }
  return part as CircuitDefinition<string, readonly bigint[]>
}

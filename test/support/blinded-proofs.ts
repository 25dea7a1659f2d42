import { readFile } from 'node:fs/promises'
import { curves, groth16 } from 'snarkjs'
import type { NativePath } from '../../prover/native/addon.ts'
import { readProof } from '../../prover/native/backend.ts'
import { type Groth16Proof, type Groth16ProofJson, proofFromJson } from '../../verifier/index.ts'
import { loadTestAddon } from './native-addon.ts'

export interface Blinding {
  r: bigint
  s: bigint
}

/** What of ffjavascript's field is used here. */
interface ScalarField {
  random(): unknown
  e(value: bigint): unknown
}

const FIELD_BYTES = 32

export function fieldBytes(values: readonly bigint[]): Uint8Array {
  const bytes = Buffer.alloc(FIELD_BYTES * values.length)
  for (const [index, value] of values.entries()) {
    for (let word = 0; word < 4; word++) {
      bytes.writeBigUInt64LE((value >> BigInt(64 * word)) & 0xffffffffffffffffn, FIELD_BYTES * index + 8 * word)
    }
  }
  return new Uint8Array(bytes)
}

/** snarkjs's proof with r and s in place of what its field gives as random elements. Its threads must run already. */
export async function proveWithSnarkjs(zkey: string, witness: Uint8Array, { r, s }: Blinding): Promise<Groth16Proof> {
  const field = ((await curves.getCurveFromName('bn128')) as unknown as { Fr: ScalarField }).Fr
  const { random } = field
  const next = [r, s]
  field.random = () => field.e(next.shift()!)
  try {
    const files = [await readFile(zkey), wtns(witness)].map((data) => ({ type: 'mem', data: new Uint8Array(data) }))
    const { proof } = await groth16.prove(files[0] as never, files[1] as never)
    return proofFromJson(proof as Groth16ProofJson)
  } finally {
    field.random = random
  }
}

/** The addon's proof with the same blinding. */
export async function proveNatively(
  zkey: string,
  witness: Uint8Array,
  { r, s }: Blinding,
  { path, threads }: { path: NativePath; threads: number },
): Promise<Groth16Proof> {
  const addon = await loadTestAddon()
  const key = await addon.loadKey(zkey, path, threads)
  try {
    return readProof(await addon.proveBlindedBy(key, witness, threads, new Int32Array(2), fieldBytes([r, s])))
  } finally {
    addon.freeKey(key)
  }
}

function wtns(witness: Uint8Array): Uint8Array {
  const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n
  const number = (value: number, bytes: 4 | 8) => {
    const buffer = Buffer.alloc(bytes)
    buffer.writeUInt32LE(value)
    return buffer
  }
  const count = witness.length / FIELD_BYTES
  const header = Buffer.concat([number(FIELD_BYTES, 4), fieldBytes([FIELD]), number(count, 4)])
  const section = (id: number, content: Uint8Array) =>
    Buffer.concat([number(id, 4), number(content.length, 8), content])
  return Buffer.concat([Buffer.from('wtns'), number(2, 4), number(2, 4), section(1, header), section(2, witness)])
}

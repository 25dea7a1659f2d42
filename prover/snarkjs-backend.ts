import { readFile } from 'node:fs/promises'
import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { CircuitArtifacts } from '../keys/load.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProvingBackend } from './backend.ts'
import { type SnarkjsKey, SnarkjsProofs } from './snarkjs-proofs.ts'

/** Proves with snarkjs, as {@link SnarkjsProofs}, by keys in files. */
export class SnarkjsBackend<S extends ProofSystem = 'groth16'> extends SnarkjsProofs<S> implements ProvingBackend<S> {
  async loadKey({ circuit, files, manifest }: CircuitArtifacts): Promise<SnarkjsKey> {
    if (manifest.proofSystem !== this.system) {
      const message = `the key of ${circuit} is for ${manifest.proofSystem}, the backend for ${this.system}`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'proofSystem' })
    }
    try {
      return { circuit, zkey: await readFile(files.zkey) }
    } catch (cause) {
      throw new ZkclearError('FILE_UNREADABLE', `cannot read the proving key ${files.zkey}`, { cause })
    }
  }
}

import type { LoadedKey, ProvingOptions } from '../../prover/backend.ts'
import type { Addon } from '../../prover/native/addon.ts'
import { NativeBackend, type NativeOptions } from '../../prover/native/backend.ts'
import { abortable } from '../../prover/serial-queue.ts'

/** The native backend, but a proof waits at a gate, and it is counted how many are under way. */
export class GatedBackend extends NativeBackend {
  /** Proofs begun, in order: their public inputs as the witness has them, and their threads. */
  readonly begun: { readonly first: bigint; readonly threads: number | undefined }[] = []
  most = 0
  underWay = 0
  readonly #gate: (first: bigint) => Promise<void>

  /** The gate is asked with the first public signal of the proof. */
  constructor(addon: Addon, options: NativeOptions, gate: (first: bigint) => Promise<void>) {
    super(addon, options)
    this.#gate = gate
  }

  override async prove(key: LoadedKey, witness: Uint8Array, options: ProvingOptions = {}) {
    const first = new DataView(witness.buffer, witness.byteOffset).getBigUint64(32, true)
    this.begun.push({ first, threads: options.threads })
    this.most = Math.max(this.most, ++this.underWay)
    try {
      await abortable(this.#gate(first), options.signal)
      return await super.prove(key, witness, options)
    } finally {
      this.underWay--
    }
  }
}

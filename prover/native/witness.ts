import { programSignals } from '../../circom/witness-program/program-file.ts'
import { FIELD_BYTES, type FlatInput } from '../../circuits/input-schema.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { OwnProgram } from '../witness-source.ts'
import type { Addon, AddonProgram, NativePath } from './addon.ts'

/** A witness program in the addon's memory. */
export class NativeProgram implements OwnProgram {
  readonly #addon: Addon
  readonly #program: AddonProgram
  readonly #signals: ReturnType<typeof programSignals>

  /** Throws ARTIFACT_CORRUPT for a file that is no program. */
  constructor(addon: Addon, path: NativePath, file: Uint8Array) {
    this.#addon = addon
    this.#signals = programSignals(file)
    try {
      this.#program = addon.loadWitnessProgram(file, path)
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'PROGRAM_CORRUPT') throw cause
      throw new ZkclearError('ARTIFACT_CORRUPT', `the witness program ${(cause as Error).message}; build again`, {
        cause,
      })
    }
    const inputs = this.#signals.reduce((sum, { size }) => sum + size, 0)
    if (inputs !== this.#program.inputs) {
      throw new ZkclearError('ARTIFACT_CORRUPT', 'the witness program names other inputs than it has; build again')
    }
  }

  get bytes(): number {
    return this.#program.slots * FIELD_BYTES
  }

  async run(input: FlatInput): Promise<Uint8Array | undefined> {
    const inputs = this.#inOrder(input)
    if (inputs === undefined) return undefined
    const slots = new Uint8Array(this.bytes)
    try {
      await this.#addon.runWitnessProgram(this.#program, inputs, slots)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'WITNESS') throw error
      return undefined
    }
    return slots.subarray(0, this.#program.wires * FIELD_BYTES)
  }

  /** The values as the program has its inputs; undefined if the definition has other signals. */
  #inOrder({ signals, values }: FlatInput): Uint8Array | undefined {
    const places = new Map<string, { offset: number; size: number }>()
    let offset = 0
    for (const { name, size } of signals) {
      places.set(name, { offset, size })
      offset += size
    }
    if (offset !== this.#program.inputs || places.size !== this.#signals.length) return undefined
    const inputs = new Uint8Array(offset * FIELD_BYTES)
    let at = 0
    for (const { name, size } of this.#signals) {
      const place = places.get(name)
      if (place?.size !== size) return undefined
      inputs.set(new Uint8Array(values, place.offset * FIELD_BYTES, size * FIELD_BYTES), at * FIELD_BYTES)
      at += size
    }
    return inputs
  }
}

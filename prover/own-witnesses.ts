import { abortable, throwIfAborted } from './serial-queue.ts'
import type { WitnessJob, WitnessSource } from './witness-source.ts'

/**
 * Calculates witnesses with the circuits' own programs, and with circom's calculator where there is none. An input that a
 * program refuses goes to circom's calculator, which says in which template and line it breaks what.
 */
export class OwnWitnesses implements WitnessSource {
  readonly #circom: WitnessSource
  readonly #onWarning: (message: string) => void

  constructor(circom: WitnessSource, onWarning: (message: string) => void) {
    this.#circom = circom
    this.#onWarning = onWarning
  }

  async calculate(job: WitnessJob, signal?: AbortSignal): Promise<Uint8Array> {
    throwIfAborted(signal)
    const own = job.own && (await abortable(job.own.run(job.input), signal))
    if (own !== undefined) return own
    const witness = await this.#circom.calculate(job, signal)
    if (job.own !== undefined) {
      this.#onWarning(
        `the witness program of ${job.circuit} refused an input that circom's calculator takes, whose witness is used; that is ` +
          'a fault of the program: please report it',
      )
    }
    return witness
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#circom[Symbol.asyncDispose]()
  }
}

import type { ProofTime } from './roster.ts'

/** Of each circuit the times of the last proofs. */
const KEPT = 100

export interface ProofTimesReport {
  readonly circuit: string
  readonly proofs: number
  /** Milliseconds that the last one took; half, and nineteen in twenty, took no more than p50 and p95. */
  readonly last: number
  readonly p50: number
  readonly p95: number
}

/** How long the last proofs of each circuit took, from when a worker took the job until it handed in the proof. */
export class ProofTimes {
  readonly #times = new Map<string, number[]>()

  add({ circuit, milliseconds }: ProofTime): void {
    this.#times.set(circuit, [...(this.#times.get(circuit) ?? []), Math.round(milliseconds)].slice(-KEPT))
  }

  get list(): readonly ProofTimesReport[] {
    return [...this.#times].map(([circuit, times]) => {
      const sorted = times.toSorted((one, other) => one - other)
      const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!
      return { circuit, proofs: times.length, last: times.at(-1)!, p50: at(0.5), p95: at(0.95) }
    })
  }
}

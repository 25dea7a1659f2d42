/** How long proofs take, for the measure of intake: of the last ones, the time between two of them while there were more to prove. */
export class ProvingRate {
  readonly #gaps: number[] = []
  #last: number | undefined

  /** A batch was sealed, and then was proved; milliseconds. */
  proved(sealedAt: number, provedAt: number): void {
    const from = this.#last === undefined ? sealedAt : Math.max(sealedAt, this.#last)
    this.#last = provedAt
    this.#gaps.push(Math.max(1, provedAt - from))
    if (this.#gaps.length > REMEMBERED) this.#gaps.shift()
  }

  /** Batches that are proved in a thousand seconds; before the first, one in ten seconds. */
  batchesPerThousandSeconds(): bigint {
    if (this.#gaps.length === 0) return UNKNOWN
    const sum = this.#gaps.reduce((a, b) => a + b, 0)
    return BigInt(Math.max(1, Math.floor((1_000_000 * this.#gaps.length) / sum)))
  }
}

const REMEMBERED = 20
const UNKNOWN = 100n

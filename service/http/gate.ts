import { Refusal } from './refusal.ts'

/**
 * How many strangers may be at something at once, and how many who are known beside them. Who comes when it is full is turned away: those
 * who queue would wait for ever in a flood.
 */
export class Gate {
  readonly #most: number
  readonly #inside = { known: 0, strangers: 0 }

  constructor(most: number) {
    this.#most = most
  }

  /** Throws a Refusal where it is full. */
  async pass<T>(work: () => Promise<T>, side: 'known' | 'strangers' = 'strangers'): Promise<T> {
    if (this.#inside[side] >= this.#most) {
      throw new Refusal(503, 'BUSY', 'as many requests are being answered as can be; ask again in a second', 1)
    }
    this.#inside[side]++
    try {
      return await work()
    } finally {
      this.#inside[side]--
    }
  }
}

import { Refusal } from './refusal.ts'

/** How many may be at something at once. Who comes when it is full is turned away: those who queue would wait for ever in a flood. */
export class Gate {
  readonly #most: number
  #inside = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Throws a Refusal where it is full. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#most) {
      throw new Refusal(503, 'BUSY', 'as many requests are being answered as can be; ask again in a second', 1)
    }
    this.#inside++
    try {
      return await work()
    } finally {
      this.#inside--
    }
  }
}

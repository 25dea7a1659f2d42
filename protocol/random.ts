const MASK = (1n << 64n) - 1n

/**
 * SplitMix64: a small deterministic generator, the same on every machine. For samples and tests; nothing that it makes is
 * secret.
 */
export class Random {
  #state: bigint

  /** @param seed any integer; taken modulo 2^64 */
  constructor(seed: bigint) {
    this.#state = seed & MASK
  }

  /** Uniform in [0, 2^64). */
  next(): bigint {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK
    let z = this.#state
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK
    return z ^ (z >> 31n)
  }

  /** About uniform in [low, high], both included. */
  between(low: bigint, high: bigint): bigint {
    return low + (this.next() % (high - low + 1n))
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.next() % 100n < BigInt(percent)
  }

  pick<T>(items: readonly T[]): T {
    return items[Number(this.next() % BigInt(items.length))]!
  }

  bytes(length: number): Uint8Array {
    const words = Array.from({ length: Math.ceil(length / 8) }, () => this.next())
    return Uint8Array.from({ length }, (_, i) => Number((words[i >> 3]! >> BigInt(8 * (i & 7))) & 255n))
  }
}

const REGISTER_BITS = 80
const BLOCK_BITS = 8192

/**
 * The pseudo-random bits from which Poseidon's paper (https://eprint.iacr.org/2019/458, appendix F) takes the constants of an
 * instance: a linear feedback shift register of 80 bits that starts from the instance's description, and of whose pairs of
 * bits those that begin with 1 give their second.
 */
export class Grain {
  /** The register, followed by the bits that it runs through next. */
  readonly #bits = new Uint8Array(REGISTER_BITS + BLOCK_BITS)
  /** What the pairs of these bits give, how many that are, and how many of them were taken. */
  readonly #given = new Uint8Array(BLOCK_BITS / 2)
  #count = 0
  #taken = 0

  /** @param description fields of so many bits each, most significant first; the rest of the register is ones */
  constructor(description: readonly (readonly [value: number, bits: number])[]) {
    const text = description.map(([value, bits]) => value.toString(2).padStart(bits, '0')).join('')
    this.#bits.set([...text.padEnd(REGISTER_BITS, '1')].map(Number), BLOCK_BITS)
    this.#run(2 * REGISTER_BITS)
  }

  /** An integer of so many bits, most significant first. */
  integer(bits: number): bigint {
    let value = 0n
    for (let left = bits; left > 0; left -= 32) {
      const count = Math.min(left, 32)
      let part = 0
      for (let i = 0; i < count; i++) {
        while (this.#taken === this.#count) this.#run(0)
        part = part * 2 + this.#given[this.#taken++]!
      }
      value = (value << BigInt(count)) | BigInt(part)
    }
    return value
  }

  /** Runs on, and takes the pairs of what comes after the first `skipped` bits. */
  #run(skipped: number): void {
    const [bits, given] = [this.#bits, this.#given]
    bits.copyWithin(0, BLOCK_BITS)
    for (let i = 0; i < BLOCK_BITS; i++) {
      bits[i + REGISTER_BITS] = bits[i + 62]! ^ bits[i + 51]! ^ bits[i + 38]! ^ bits[i + 23]! ^ bits[i + 13]! ^ bits[i]!
    }
    let count = 0
    for (let at = REGISTER_BITS + skipped; at < bits.length; at += 2) {
      if (bits[at] === 1) given[count++] = bits[at + 1]!
    }
    this.#count = count
    this.#taken = 0
  }
}

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
  #next = this.#bits.length

  /** @param description fields of so many bits each, most significant first; the rest of the register is ones */
  constructor(description: readonly (readonly [value: number, bits: number])[]) {
    const text = description.map(([value, bits]) => value.toString(2).padStart(bits, '0')).join('')
    this.#bits.set([...text.padEnd(REGISTER_BITS, '1')].map(Number), BLOCK_BITS)
    for (let i = 0; i < 2 * REGISTER_BITS; i++) this.#bit()
  }

  /** An integer of so many bits, most significant first. */
  integer(bits: number): bigint {
    let value = 0n
    for (let left = bits; left > 0; left -= 32) {
      const count = Math.min(left, 32)
      let part = 0
      for (let i = 0; i < count; i++) {
        while (this.#bit() === 0) this.#bit()
        part = part * 2 + this.#bit()
      }
      value = (value << BigInt(count)) | BigInt(part)
    }
    return value
  }

  #bit(): number {
    if (this.#next === this.#bits.length) this.#run()
    return this.#bits[this.#next++]!
  }

  #run(): void {
    const bits = this.#bits
    bits.copyWithin(0, BLOCK_BITS)
    for (let i = 0; i < BLOCK_BITS; i++) {
      bits[i + REGISTER_BITS] = bits[i + 62]! ^ bits[i + 51]! ^ bits[i + 38]! ^ bits[i + 23]! ^ bits[i + 13]! ^ bits[i]!
    }
    this.#next = REGISTER_BITS
  }
}

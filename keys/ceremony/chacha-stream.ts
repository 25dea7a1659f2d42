import { createCipheriv } from 'node:crypto'

const BATCH_BYTES = 1024

/**
 * Random numbers as snarkjs draws them: ChaCha20 (64-bit counter from 0, nonce 0) under 32 bytes, which it reads as
 * big-endian words. The curve's `fromRng` takes such an object.
 */
export class ChaChaStream {
  readonly #cipher
  #words = new Uint32Array(0)
  #at = 0

  constructor(seed: Uint8Array) {
    if (seed.length !== 32) throw new RangeError(`a seed has 32 bytes, not ${seed.length}`)
    // The cipher reads its key as little-endian words.
    this.#cipher = createCipheriv('chacha20', Buffer.from(seed).swap32(), Buffer.alloc(16))
  }

  nextU32(): number {
    if (this.#at === this.#words.length) {
      const bytes = this.#cipher.update(Buffer.alloc(BATCH_BYTES))
      this.#words = Uint32Array.from({ length: BATCH_BYTES / 4 }, (_, word) => bytes.readUInt32LE(4 * word))
      this.#at = 0
    }
    return this.#words[this.#at++]!
  }

  nextU64(): bigint {
    return (BigInt(this.nextU32()) << 32n) | BigInt(this.nextU32())
  }

  nextBool(): boolean {
    return (this.nextU32() & 1) === 1
  }
}

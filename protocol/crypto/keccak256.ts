/**
 * Keccak-256 as Ethereum has it: the submission's padding, which is not SHA3's. A lane of 64 bits is two integers of 32, the lower half
 * first: with them JavaScript is many times as fast as with bigints, and every batch hashes some thousand bytes.
 */
const RATE_BYTES = 136
const LANES = 25

const ROUND_CONSTANTS = halves([
  ...[0x1n, 0x8082n, 0x800000000000808an, 0x8000000080008000n, 0x808bn, 0x80000001n, 0x8000000080008081n],
  ...[0x8000000000008009n, 0x8an, 0x88n, 0x80008009n, 0x8000000an, 0x8000808bn, 0x800000000000008bn],
  ...[0x8000000000008089n, 0x8000000000008003n, 0x8000000000008002n, 0x8000000000000080n, 0x800an],
  ...[0x800000008000000an, 0x8000000080008081n, 0x8000000000008080n, 0x80000001n, 0x8000000080008008n],
])

/** Steps rho and pi, along the one cycle in which they move all lanes but the first: how far to rotate, and where to. */
const ROTATIONS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44]
const TARGETS = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1]

/** The digest, 32 bytes. */
export function keccak256(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(message.length / RATE_BYTES) + 1) * RATE_BYTES)
  padded.set(message)
  padded[message.length]! ^= 0x01
  padded[padded.length - 1]! ^= 0x80
  const view = new DataView(padded.buffer)
  const lanes = new Int32Array(2 * LANES)
  for (let start = 0; start < padded.length; start += RATE_BYTES) {
    for (let i = 0; i < RATE_BYTES / 4; i++) lanes[i]! ^= view.getInt32(start + 4 * i, true)
    permute(lanes)
  }
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  for (let i = 0; i < 8; i++) out.setInt32(4 * i, lanes[i]!, true)
  return digest
}

function permute(lanes: Int32Array): void {
  const parity = new Int32Array(10)
  for (let round = 0; round < ROUND_CONSTANTS.length; round += 2) {
    for (let i = 0; i < 10; i++) {
      parity[i] = lanes[i]! ^ lanes[i + 10]! ^ lanes[i + 20]! ^ lanes[i + 30]! ^ lanes[i + 40]!
    }
    for (let x = 0; x < 10; x += 2) {
      const [before, after] = [(x + 8) % 10, (x + 2) % 10]
      const [low, high] = [parity[after]!, parity[after + 1]!]
      const mixedLow = parity[before]! ^ ((low << 1) | (high >>> 31))
      const mixedHigh = parity[before + 1]! ^ ((high << 1) | (low >>> 31))
      for (let y = x; y < 2 * LANES; y += 10) {
        lanes[y]! ^= mixedLow
        lanes[y + 1]! ^= mixedHigh
      }
    }
    let [low, high] = [lanes[2]!, lanes[3]!]
    for (let step = 0; step < TARGETS.length; step++) {
      const target = 2 * TARGETS[step]!
      const [nextLow, nextHigh] = [lanes[target]!, lanes[target + 1]!]
      // None is by 32, or by nothing.
      const by = ROTATIONS[step]! & 31
      const left = (low << by) | (high >>> (32 - by))
      const right = (high << by) | (low >>> (32 - by))
      lanes[target] = ROTATIONS[step]! < 32 ? left : right
      lanes[target + 1] = ROTATIONS[step]! < 32 ? right : left
      low = nextLow
      high = nextHigh
    }
    for (let y = 0; y < 2 * LANES; y += 10) {
      for (let half = y; half < y + 2; half++) {
        const [a, b, c, d, e] = [lanes[half]!, lanes[half + 2]!, lanes[half + 4]!, lanes[half + 6]!, lanes[half + 8]!]
        lanes[half] = a ^ (~b & c)
        lanes[half + 2] = b ^ (~c & d)
        lanes[half + 4] = c ^ (~d & e)
        lanes[half + 6] = d ^ (~e & a)
        lanes[half + 8] = e ^ (~a & b)
      }
    }
    lanes[0]! ^= ROUND_CONSTANTS[round]!
    lanes[1]! ^= ROUND_CONSTANTS[round + 1]!
  }
}

function halves(words: readonly bigint[]): Int32Array {
  return Int32Array.from(words.flatMap((word) => [Number(word & 0xffffffffn), Number(word >> 32n)]))
}

/** The digest of integers below 2^256, of 32 bytes each as Solidity's ABI has them, as such an integer. */
export function keccak256OfWords(words: readonly bigint[]): bigint {
  const message = new Uint8Array(32 * words.length)
  const view = new DataView(message.buffer)
  for (const [i, word] of words.entries()) {
    for (let j = 0; j < 4; j++) view.setBigUint64(32 * i + 24 - 8 * j, BigInt.asUintN(64, word >> BigInt(64 * j)))
  }
  return keccak256(message).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

/** The same without its last byte: 248 bits, so that it is a field element as it stands. */
export function keccak248OfWords(words: readonly bigint[]): bigint {
  return keccak256OfWords(words) >> 8n
}

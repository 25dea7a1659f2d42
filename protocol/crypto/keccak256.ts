/** Keccak-256 as Ethereum has it: the submission's padding, which is not SHA3's. */
const MASK = (1n << 64n) - 1n
const RATE_BYTES = 136

const ROUND_CONSTANTS = [
  ...[0x1n, 0x8082n, 0x800000000000808an, 0x8000000080008000n, 0x808bn, 0x80000001n, 0x8000000080008081n],
  ...[0x8000000000008009n, 0x8an, 0x88n, 0x80008009n, 0x8000000an, 0x8000808bn, 0x800000000000008bn],
  ...[0x8000000000008089n, 0x8000000000008003n, 0x8000000000008002n, 0x8000000000000080n, 0x800an],
  ...[0x800000008000000an, 0x8000000080008081n, 0x8000000000008080n, 0x80000001n, 0x8000000080008008n],
]

/** Steps rho and pi, along the one cycle in which they move all lanes but the first: how far to rotate, and where to. */
const ROTATIONS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44].map(
  BigInt,
)
const TARGETS = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1]

/** The digest, 32 bytes. */
export function keccak256(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(message.length / RATE_BYTES) + 1) * RATE_BYTES)
  padded.set(message)
  padded[message.length]! ^= 0x01
  padded[padded.length - 1]! ^= 0x80
  const view = new DataView(padded.buffer)
  const lanes = new Array<bigint>(25).fill(0n)
  for (let start = 0; start < padded.length; start += RATE_BYTES) {
    for (let i = 0; i < RATE_BYTES / 8; i++) lanes[i]! ^= view.getBigUint64(start + 8 * i, true)
    permute(lanes)
  }
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  for (let i = 0; i < 4; i++) out.setBigUint64(8 * i, lanes[i]!, true)
  return digest
}

function rotate(x: bigint, by: bigint): bigint {
  return ((x << by) | (x >> (64n - by))) & MASK
}

function permute(lanes: bigint[]): void {
  for (const constant of ROUND_CONSTANTS) {
    const parity = [0, 1, 2, 3, 4].map((x) => [0, 5, 10, 15, 20].reduce((sum, y) => sum ^ lanes[x + y]!, 0n))
    for (let x = 0; x < 5; x++) {
      const mixed = parity[(x + 4) % 5]! ^ rotate(parity[(x + 1) % 5]!, 1n)
      for (let y = 0; y < 25; y += 5) lanes[x + y]! ^= mixed
    }
    let moved = lanes[1]!
    for (const [step, target] of TARGETS.entries()) {
      const next = lanes[target]!
      lanes[target] = rotate(moved, ROTATIONS[step]!)
      moved = next
    }
    for (let y = 0; y < 25; y += 5) {
      const row = lanes.slice(y, y + 5)
      for (let x = 0; x < 5; x++) lanes[x + y] = row[x]! ^ ((row[(x + 1) % 5]! ^ MASK) & row[(x + 2) % 5]!)
    }
    lanes[0]! ^= constant
  }
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

/**
 * BLAKE-512, the finalist of the SHA-3 competition (not BLAKE2): circomlib's EdDSA derives secrets with it. A plain
 * implementation of the submission, for messages of a few blocks.
 */
const BLOCK_BYTES = 128
const ROUNDS = 16

/** The initial value of SHA-512. */
const INITIAL = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
]

/** The first digits of pi. */
const PI = [
  0x243f6a8885a308d3n,
  0x13198a2e03707344n,
  0xa4093822299f31d0n,
  0x082efa98ec4e6c89n,
  0x452821e638d01377n,
  0xbe5466cf34e90c6cn,
  0xc0ac29b7c97c50ddn,
  0x3f84d5b5b5470917n,
  0x9216d5d98979fb1bn,
  0xd1310ba698dfb5acn,
  0x2ffd72dbd01adfb7n,
  0xb8e1afed6a267e96n,
  0xba7c9045f12c7f99n,
  0x24a19947b3916cf7n,
  0x0801f2e2858efc16n,
  0x636920d871574e69n,
]

/** Orders of the sixteen words in ten rounds, as hex digits. */
const PERMUTATIONS = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
].map((digits) => [...digits].map((digit) => Number.parseInt(digit, 16)))

/** Columns, then diagonals, of the four by four words of the state. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const

/** The digest, 64 bytes. */
export function blake512(message: Uint8Array): Uint8Array {
  const bits = BigInt(message.length) * 8n
  const padded = new Uint8Array(Math.ceil((message.length + 17) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(message)
  padded[message.length] = 0x80
  padded[padded.length - 17]! |= 1
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, bits)
  let chain = INITIAL
  for (let start = 0; start < padded.length; start += BLOCK_BYTES) {
    // Counts bits of the message up to this block's end; 0 for a block that holds none.
    const counted = start >= message.length ? 0n : BigInt(Math.min(start + BLOCK_BYTES, message.length)) * 8n
    const words = Array.from({ length: 16 }, (_, i) => view.getBigUint64(start + 8 * i))
    chain = compress(chain, words, counted)
  }
  const digest = new Uint8Array(64)
  const out = new DataView(digest.buffer)
  for (const [i, word] of chain.entries()) out.setBigUint64(8 * i, word)
  return digest
}

function compress(chain: readonly bigint[], words: readonly bigint[], counter: bigint): bigint[] {
  const state = BigUint64Array.from([
    ...chain,
    ...PI.slice(0, 8).map((digits, i) => (i === 4 || i === 5 ? digits ^ counter : digits)),
  ])
  for (let round = 0; round < ROUNDS; round++) {
    const order = PERMUTATIONS[round % PERMUTATIONS.length]!
    for (let i = 0; i < QUARTERS.length; i++) {
      const [j, k] = [order[2 * i]!, order[2 * i + 1]!]
      mixQuarter(state, QUARTERS[i]!, words[j]! ^ PI[k]!, words[k]! ^ PI[j]!)
    }
  }
  return chain.map((word, i) => word ^ state[i]! ^ state[i + 8]!)
}

/** In unsigned integers of 64 bits throughout, which the engine then computes in registers. */
function mixQuarter(state: BigUint64Array, quarter: (typeof QUARTERS)[number], first: bigint, second: bigint): void {
  let [a, b, c, d] = [state[quarter[0]]!, state[quarter[1]]!, state[quarter[2]]!, state[quarter[3]]!]
  a = BigInt.asUintN(64, BigInt.asUintN(64, a + b) + first)
  d = BigInt.asUintN(64, d ^ a)
  d = BigInt.asUintN(64, (d >> 32n) | (d << 32n))
  c = BigInt.asUintN(64, c + d)
  b = BigInt.asUintN(64, b ^ c)
  b = BigInt.asUintN(64, (b >> 25n) | (b << 39n))
  a = BigInt.asUintN(64, BigInt.asUintN(64, a + b) + second)
  d = BigInt.asUintN(64, d ^ a)
  d = BigInt.asUintN(64, (d >> 16n) | (d << 48n))
  c = BigInt.asUintN(64, c + d)
  b = BigInt.asUintN(64, b ^ c)
  b = BigInt.asUintN(64, (b >> 11n) | (b << 53n))
  state[quarter[0]] = a
  state[quarter[1]] = b
  state[quarter[2]] = c
  state[quarter[3]] = d
}

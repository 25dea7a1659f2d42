import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { keccak256 as ethersKeccak } from 'ethers'
import fc from 'fast-check'
import { blake512 } from '../../../protocol/crypto/blake512.ts'
import { keccak256, keccak256OfWords } from '../../../protocol/crypto/keccak256.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** What circomlibjs hashes with. */
const require = createRequire(createRequire(import.meta.url).resolve('circomlibjs'))
const blakeHash = require('blake-hash') as (name: string) => {
  update(data: Buffer): { digest(encoding: 'hex'): string }
}

/** Every length around the ends of blocks and of their padding, then any. */
const message = fc.oneof(
  fc
    .constantFrom(0, 1, 110, 111, 112, 127, 128, 129, 135, 136, 137, 239, 240, 271, 272)
    .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
  fc.uint8Array({ maxLength: 600 }),
)

test('BLAKE-512 gives the digests of the submission and of blake-hash', () => {
  assert.equal(
    hex(blake512(new Uint8Array(0))),
    'a8cfbbd73726062df0c6864dda65defe58ef0cc52a5625090fa17601e1eecd1b' +
      '628e94f396ae402a00acc9eab77b4d4c2e852aaaa25a636d80af3fc7913ef5b8',
  )
  const equal = (bytes: Uint8Array) =>
    assert.equal(hex(blake512(bytes)), blakeHash('blake512').update(Buffer.from(bytes)).digest('hex'))
  fc.assert(fc.property(message, equal), { numRuns: 200 })
})

test('Keccak-256 gives the digests of ethers', () => {
  const equal = (bytes: Uint8Array) => assert.equal(`0x${hex(keccak256(bytes))}`, ethersKeccak(bytes))
  fc.assert(fc.property(message, equal), { numRuns: 300 })
  const words = fc.array(fc.bigInt(0n, (1n << 256n) - 1n), { maxLength: 30 })
  const equalWords = (all: bigint[]) => {
    const bytes = `0x${all.map((word) => word.toString(16).padStart(64, '0')).join('')}`
    assert.equal(keccak256OfWords(all), BigInt(ethersKeccak(bytes)))
  }
  fc.assert(fc.property(words, equalWords), { numRuns: 100 })
})

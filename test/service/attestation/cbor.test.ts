import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeCbor } from '../../../service/attestation/cbor.ts'
import { AttestationRefused } from '../../../service/attestation/refused.ts'
import { cbor } from '../../support/nitro/cbor-writer.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const isMalformed = (error: unknown) => error instanceof AttestationRefused && error.fault === 'MALFORMED'

describe('the decoder of CBOR', () => {
  it('reads the examples of RFC 8949, appendix A, that are of its kinds', () => {
    const examples: readonly (readonly [string, unknown])[] = [
      ['00', 0n],
      ['17', 23n],
      ['1818', 24n],
      ['1903e8', 1000n],
      ['1a000f4240', 1_000_000n],
      ['1bffffffffffffffff', 18446744073709551615n],
      ['3863', -100n],
      ['3bffffffffffffffff', -18446744073709551616n],
      ['f6', null],
      ['4401020304', hex('01020304')],
      ['62c3bc', 'ü'],
      ['64f0908591', '𐅑'],
      ['80', []],
      ['8301820203820405', [1n, [2n, 3n], [4n, 5n]]],
      [
        'a201020304',
        new Map([
          [1n, 2n],
          [3n, 4n],
        ]),
      ],
      [
        'a26161016162820203',
        new Map<string, unknown>([
          ['a', 1n],
          ['b', [2n, 3n]],
        ]),
      ],
    ]
    for (const [text, value] of examples) {
      const read = decodeCbor(hex(text))
      assert.deepEqual(read instanceof Uint8Array ? Buffer.from(read) : read, value, text)
    }
  })

  it('refuses what has more than one form, and what a document does not have', () => {
    const refused: Readonly<Record<string, string>> = {
      '': 'nothing',
      '1817': 'a number with a byte too many',
      '1900ff': 'a number with a byte too many',
      '1a0000ffff': 'a number with two bytes too many',
      '1b00000000ffffffff': 'a number with four bytes too many',
      '5801ff': 'a length with a byte too many',
      '9fff': 'a list without a length',
      '5f4101ff': 'bytes without a length',
      bfff: 'a map without a length',
      '1c': 'a reserved length',
      a2010201f6: 'a key twice',
      a14101f6: 'a key of bytes',
      c001: 'a tag',
      f4: 'false',
      f7: 'undefined',
      f93c00: 'a float',
      '62c328': 'no UTF-8',
      '0000': 'two items',
      '8201': 'a list that ends too soon',
      '9bffffffffffffffff01': 'a list of more than there are bytes',
      '5bffffffffffffffff01': 'bytes of more than there are',
      a101: 'a map that ends in a pair',
    }
    for (const [text, why] of Object.entries(refused)) assert.throws(() => decodeCbor(hex(text)), isMalformed, why)
  })

  it('refuses items that stand too deep in each other, before the stack is used up', () => {
    assert.doesNotThrow(() => decodeCbor(hex('8181818101')))
    assert.throws(() => decodeCbor(hex('818181818101')), isMalformed)
    assert.throws(() => decodeCbor(Buffer.alloc(100_000, 0x81)), isMalformed)
  })

  it('reads back what a writer of its own makes of any number', () => {
    for (let bit = 0n; bit < 64n; bit++) {
      for (const value of [(1n << bit) - 1n, 1n << bit]) assert.equal(decodeCbor(cbor(value)), value)
    }
  })
})

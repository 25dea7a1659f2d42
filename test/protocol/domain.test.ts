import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AbiCoder, getIcapAddress, keccak256 } from 'ethers'
import { marginContext, settlementDomain } from '../../protocol/domain.ts'

const ADDRESS = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const PURPOSE = `0x${'11'.repeat(32)}`
/** No 0x, the zero address, a wrong checksum, an ICAP code, another length, another type. */
const NO_ADDRESSES = [
  ADDRESS.slice(2),
  ADDRESS.slice(2).toLowerCase(),
  ADDRESS.replace('0x', '0X'),
  `0x${'0'.repeat(40)}`,
  ADDRESS.replace('F', 'f'),
  ADDRESS.replace('5F', '5E'),
  getIcapAddress(ADDRESS),
  '',
  '0x1234',
  `${ADDRESS}00`,
  ` ${ADDRESS}`,
  `${ADDRESS}\n`,
  undefined,
  null,
  5n,
  {},
]
const refused = (path: string) => ({ name: 'ZkclearError', code: 'INPUT_INVALID', path })

describe('settlementDomain', () => {
  it('is keccak256(abi.encode("zkclear", chain id, address)) without its last byte', () => {
    const encoded = AbiCoder.defaultAbiCoder().encode(['string', 'uint256', 'address'], ['zkclear', 31337, ADDRESS])
    assert.equal(settlementDomain(31337n, ADDRESS), BigInt(keccak256(encoded).slice(0, -2)))
    assert.equal(
      settlementDomain(31337n, ADDRESS),
      196663268977410671005990497292030482109032434139422120701682456178736187563n,
    )
  })

  it('differs for another chain and another address, and not for another spelling of the address', () => {
    const domain = settlementDomain(31337n, ADDRESS)
    assert.notEqual(settlementDomain(1337n, ADDRESS), domain)
    assert.notEqual(settlementDomain(31337n, ADDRESS.replace('5F', '5f').replace('a3', 'a4').toLowerCase()), domain)
    assert.equal(settlementDomain(31337n, ADDRESS.toLowerCase()), domain)
  })

  it('refuses chain ids outside [0, 2^256), and what is not an address', () => {
    assert.throws(() => settlementDomain(-1n, ADDRESS), refused('chainId'))
    assert.throws(() => settlementDomain(1n << 256n, ADDRESS), refused('chainId'))
    for (const chainId of [undefined, null, 1, '1']) {
      assert.throws(() => settlementDomain(chainId as never, ADDRESS), refused('chainId'), `${chainId}`)
    }
    for (const address of NO_ADDRESSES) {
      assert.throws(() => settlementDomain(1n, address as never), refused('settlement'), `${address}`)
    }
  })

  it('says what is wrong with an address: no 0x, the zero address, a digit that its checksum does not fit', () => {
    const refuses = (address: string, message: RegExp) =>
      assert.throws(() => settlementDomain(1n, address), { ...refused('settlement'), message })
    refuses(ADDRESS.slice(2), /got "5FbD.*", need an address: 0x and 40 hex digits/)
    refuses(`0x${'0'.repeat(40)}`, /zero address/)
    refuses(ADDRESS.replace('5F', '5E'), /checksum/)
  })
})

describe('marginContext', () => {
  it('is keccak256(abi.encode(gate, purpose)) without its last byte', () => {
    const encoded = AbiCoder.defaultAbiCoder().encode(['address', 'bytes32'], [ADDRESS, PURPOSE])
    assert.equal(marginContext(ADDRESS, PURPOSE), BigInt(keccak256(encoded).slice(0, -2)))
  })

  it('refuses a purpose that is not 32 bytes, and what is not an address', () => {
    for (const purpose of ['', 'auction', '0x11', `${PURPOSE}11`]) {
      assert.throws(() => marginContext(ADDRESS, purpose), refused('purpose'), purpose)
    }
    for (const purpose of [undefined, null, 7n]) {
      assert.throws(() => marginContext(ADDRESS, purpose as never), refused('purpose'), `${purpose}`)
    }
    for (const address of NO_ADDRESSES) {
      assert.throws(() => marginContext(address as never, PURPOSE), refused('gate'), `${address}`)
    }
  })
})

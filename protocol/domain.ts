import { AbiCoder, isAddress, isHexString, keccak256 } from 'ethers'
import { ZkclearError } from './errors.ts'

const coder = AbiCoder.defaultAbiCoder()

/** keccak256 of ABI-encoded values without its last byte: 248 bits, so that it is a field element as it stands. */
function hash248(types: readonly string[], values: readonly unknown[]): bigint {
  return BigInt(keccak256(coder.encode(types, values))) >> 8n
}

function checkedAddress(address: string, path: string): string {
  if (isAddress(address)) return address
  throw new ZkclearError('INPUT_INVALID', `got ${JSON.stringify(address)}, need an address: 0x and 40 hex digits`, {
    path,
  })
}

/**
 * What binds messages and proofs to one Settlement contract on one chain (DESIGN section 7); below 2^248. Settlement.sol
 * computes the same. Throws INPUT_INVALID unless 0 <= chainId < 2^256 and `settlement` is an address (a checksum, if it has
 * one, must be right).
 */
export function settlementDomain(chainId: bigint, settlement: string): bigint {
  if (chainId < 0n || chainId >> 256n !== 0n) {
    throw new ZkclearError('INPUT_INVALID', `got ${chainId}, need a chain id in [0, 2^256)`, { path: 'chainId' })
  }
  const address = checkedAddress(settlement, 'settlement')
  return hash248(['string', 'uint256', 'address'], ['zkclear', chainId, address])
}

/**
 * What a margin proof is made for: one gate and one purpose (DESIGN section 6.1); below 2^248. MarginGate.sol computes the
 * same. `purpose` is 32 bytes in hex. Throws INPUT_INVALID.
 */
export function marginContext(gate: string, purpose: string): bigint {
  if (!isHexString(purpose, 32)) {
    const message = `got ${JSON.stringify(purpose)}, need 32 bytes: 0x and 64 hex digits`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'purpose' })
  }
  return hash248(['address', 'bytes32'], [checkedAddress(gate, 'gate'), purpose])
}

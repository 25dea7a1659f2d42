import { AbiCoder, isHexString, keccak256 } from 'ethers'
import { requireAddress } from './address.ts'
import { ZkclearError } from './errors.ts'

const coder = AbiCoder.defaultAbiCoder()

/** keccak256 of ABI-encoded values without its last byte: 248 bits, so that it is a field element as it stands. */
function hash248(types: readonly string[], values: readonly unknown[]): bigint {
  return BigInt(keccak256(coder.encode(types, values))) >> 8n
}

/**
 * What binds messages and proofs to one Settlement contract on one chain (protocol.md#domain); below 2^248.
 * Settlement.sol computes the same. Throws INPUT_INVALID unless 0 <= chainId < 2^256 and `settlement` is an address that can be a contract's.
 */
export function settlementDomain(chainId: bigint, settlement: string): bigint {
  if (typeof chainId !== 'bigint' || chainId < 0n || chainId >> 256n !== 0n) {
    throw new ZkclearError('INPUT_INVALID', `got ${chainId} of type ${typeof chainId}, need a bigint in [0, 2^256)`, {
      path: 'chainId',
    })
  }
  const address = requireAddress(settlement, 'settlement')
  return hash248(['string', 'uint256', 'address'], ['zkclear', chainId, address])
}

/**
 * What a margin proof is made for: one gate and one purpose (protocol.md#context); below 2^248. MarginGate.sol computes
 * the same. `purpose` is 32 bytes in hex. Throws INPUT_INVALID.
 */
export function marginContext(gate: string, purpose: string): bigint {
  if (!isHexString(purpose, 32)) {
    const given = typeof purpose === 'string' ? JSON.stringify(purpose) : `a value of type ${typeof purpose}`
    const message = `got ${given}, need 32 bytes: 0x and 64 hex digits`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'purpose' })
  }
  return hash248(['address', 'bytes32'], [requireAddress(gate, 'gate'), purpose])
}

import { requireAddress } from './address.ts'
import { keccak248OfWords } from './crypto/keccak256.ts'
import { ZkclearError } from './errors.ts'

/** ABI encoding of the string "zkclear": its length, and its bytes from the left. */
const NAME = [7n, 0x7a6b636c656172n << 200n]

/**
 * What binds messages and proofs to one Settlement contract on one chain (protocol.md#domain); below 2^248.
 * Settlement.sol computes the same. Throws INPUT_INVALID unless 0 <= chainId < 2^256 and `settlement` is an address that can be a contract's.
 *
 * @example
 * const domain = settlementDomain(31337n, '0x5FbDB2315678afecb367f032d93F642f64180aa3')
 */
export function settlementDomain(chainId: bigint, settlement: string): bigint {
  if (typeof chainId !== 'bigint' || chainId < 0n || chainId >> 256n !== 0n) {
    throw new ZkclearError('INPUT_INVALID', `got ${chainId} of type ${typeof chainId}, need a bigint in [0, 2^256)`, {
      path: 'chainId',
    })
  }
  const address = requireAddress(settlement, 'settlement')
  // abi.encode(string, uint256, address): the string's place is where it begins, after three words.
  return keccak248OfWords([96n, chainId, BigInt(address), ...NAME])
}

/**
 * What a margin proof is made for: one gate and one purpose (protocol.md#context); below 2^248. MarginGate.sol computes
 * the same. `purpose` is 32 bytes in hex. Throws INPUT_INVALID.
 */
export function marginContext(gate: string, purpose: string): bigint {
  if (typeof purpose !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(purpose)) {
    const given = typeof purpose === 'string' ? JSON.stringify(purpose) : `a value of type ${typeof purpose}`
    const message = `got ${given}, need 32 bytes: 0x and 64 hex digits`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'purpose' })
  }
  return keccak248OfWords([BigInt(requireAddress(gate, 'gate')), BigInt(purpose)])
}

import { recoverAddress, Signature, SigningKey } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'

/** The order of secp256k1. */
const ORDER = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n

/**
 * The one form of a signature that chains take: s in the lower half, and the recovery id from which the signer's address follows.
 * Whoever signed, it is checked here. Throws KEY_UNSAFE for a signature that is not that address's.
 *
 * @param digest 32 bytes
 */
export function recoverable(
  { r, s }: { readonly r: bigint; readonly s: bigint },
  digest: Uint8Array,
  address: string,
): Signature {
  const low = 2n * s > ORDER ? ORDER - s : s
  for (const yParity of [0, 1] as const) {
    try {
      const signature = Signature.from({ r: word(r), s: word(low), yParity })
      if (recoverAddress(digest, signature) === address) return signature
    } catch {
      // No point of the curve has that x with this parity.
    }
  }
  throw new ZkclearError('KEY_UNSAFE', `what signs for ${address} gave a signature that is not its own`)
}

/** Whether 0x and 64 hex digits are a private key: neither 0 nor beyond the order. */
export function isPrivateKey(hex: string): boolean {
  try {
    return new SigningKey(hex).publicKey !== ''
  } catch {
    return false
  }
}

/** It, in lower case. Throws INPUT_INVALID for what is no private key, without it. */
export function requirePrivateKey(key: string): string {
  if (/^0x[0-9a-fA-F]{64}$/.test(key) && isPrivateKey(key)) return key.toLowerCase()
  throw new ZkclearError('INPUT_INVALID', 'need a private key of secp256k1: 0x and 64 hex digits', { path: 'operator' })
}

function word(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`
}

import { keccak256 } from './crypto/keccak256.ts'
import { ZkclearError } from './errors.ts'

const FORM = /^0x[0-9a-fA-F]{40}$/

/**
 * The address of an account or contract, as given. Throws INPUT_INVALID unless it is 0x and 40 hex digits, in one case or with
 * the right checksum (EIP-55), and not the zero address, which nobody holds.
 */
export function requireAddress(given: unknown, path: string): string {
  const refuse = (what: string) => new ZkclearError('INPUT_INVALID', what, { path })
  const need = 'need an address: 0x and 40 hex digits'
  if (typeof given !== 'string') throw refuse(`got a value of type ${given === null ? 'null' : typeof given}, ${need}`)
  const quoted = JSON.stringify(given.slice(0, 100))
  if (!FORM.test(given)) throw refuse(`got ${quoted}, ${need}`)
  if (!hasChecksum(given))
    throw refuse(`got ${quoted}, whose checksum is wrong: a digit or its case is mistyped; copy it again`)
  if (BigInt(given) === 0n) throw refuse(`got the zero address, which nobody holds; ${need}`)
  return given
}

/** Whether the digits' case is one throughout, or that of EIP-55: upper where the digest of the lower-case digits has 8 or more. */
function hasChecksum(address: string): boolean {
  const digits = address.slice(2)
  const lower = digits.toLowerCase()
  if (digits === lower || digits === digits.toUpperCase()) return true
  const digest = keccak256(new TextEncoder().encode(lower))
  return [...lower].every((digit, i) => {
    const nibble = (digest[i >> 1]! >> (i % 2 === 0 ? 4 : 0)) & 15
    return digits[i] === (nibble >= 8 ? digit.toUpperCase() : digit)
  })
}

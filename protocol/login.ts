import { sign } from './crypto/eddsa.ts'
import { poseidon } from './hash.ts'
import type { Signature } from './message.ts'

/** What a venue's service asks a trader to sign before it shows him his account. */
export interface Login {
  /** Made by the service for one login; a field element. */
  readonly challenge: bigint
  /** Unix seconds after which nobody takes it any more. */
  readonly expiry: bigint
}

/** What the trader signs: Poseidon(LOGIN; domain, challenge, expiry), which no message of any kind hashes to (protocol.md#login). */
export function hashLogin({ challenge, expiry }: Login, domain: bigint): bigint {
  return poseidon('LOGIN', [domain, challenge, expiry])
}

/** EdDSA-Poseidon of a login for one venue's domain, with the account's private key of 32 bytes. */
export function signLogin(login: Login, domain: bigint, privateKey: Uint8Array): Signature {
  const { R8, S } = sign(privateKey, hashLogin(login, domain))
  return { R8x: R8.x, R8y: R8.y, S }
}

import { sign } from '../crypto/eddsa.ts'
import { type CashMessage, hashCashMessage, type SignedCashMessage } from './operation.ts'

/** EdDSA-Poseidon of a cash message for one venue's domain, with the payer's private key of 32 bytes. */
export function signCashMessage(message: CashMessage, domain: bigint, privateKey: Uint8Array): SignedCashMessage {
  const { R8, S } = sign(privateKey, hashCashMessage(message, domain))
  return { message, signature: { R8x: R8.x, R8y: R8.y, S } }
}

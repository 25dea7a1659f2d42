import { z } from 'zod'
import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { BITS } from '../../protocol/parameters.ts'
import { accountIndex, decodeWith, domain, fileHead, type Json, signature, time, toJson, uint } from './schema.ts'
import { invalid } from './state-file.ts'

export const lots = uint(BITS.collateral)
export const asset = z
  .int('must be an integer')
  .nonnegative('must not be negative')
  .lt(2 ** BITS.asset, `must be below 2^${BITS.asset}`)

/** A signed message stands as one object with its signature; {@link SignedCashMessage} has them apart. */
export const signedCashMessage = z.strictObject({
  kind: z.enum(['WITHDRAW', 'TRANSFER_OUT'], 'must be WITHDRAW or TRANSFER_OUT'),
  account: accountIndex,
  asset,
  counterAccount: accountIndex,
  amount: lots,
  nonce: uint(BITS.nonce),
  expiry: time,
  signature,
})

const messageFile = z.strictObject({ version: fileHead.version, domain, ...signedCashMessage.shape })

/**
 * Cash message file: `{ version: 1, domain, kind, account, asset, counterAccount, amount, nonce, expiry, signature }`, fields as in
 * {@link SignedCashMessage}: what an owner hands to the venue that it was signed for.
 */
export function encodeCashMessage({ message, signature }: SignedCashMessage, domain: bigint): Json {
  return toJson({ version: 1, domain, ...message, signature })
}

/** Throws INPUT_INVALID, naming the field, also for a message that was signed for another venue. Whose signature it is, a batch checks. */
export function decodeCashMessage(json: unknown, domain: bigint): SignedCashMessage {
  const { version: _, domain: signedFor, ...signed } = decodeWith(messageFile, json, 'INPUT_INVALID', 'message')
  if (signedFor !== domain) {
    throw invalid('message.domain', `is ${signedFor}, and that of this Settlement ${domain}; sign it for this one`)
  }
  return splitSigned(signed)
}

/** Message and signature apart. */
export function splitSigned({ signature, ...message }: z.output<typeof signedCashMessage>): SignedCashMessage {
  return { message, signature }
}

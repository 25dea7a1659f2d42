import { type Account, isBarred } from '../account.ts'
import { ZkclearError } from '../errors.ts'
import { assertWellFormed, isUnsigned, type SignedMessage } from '../message.ts'
import { PHASES } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'
import { isSignatureValid } from '../signature.ts'

/** Why no batch may include a message now (protocol.md#refusal). */
export type MessageRefusal =
  | 'MALFORMED'
  | 'OTHER_MARKET'
  | 'UNKNOWN_ACCOUNT'
  | 'VIEW_KEY_MISSING'
  | 'OLD_NONCE'
  | 'BAD_SIGNATURE'

/** The reason to refuse a message from `account` (undefined if there is no such account), or undefined. */
export function refusal(
  signed: SignedMessage,
  account: Account | undefined,
  context: { readonly market: number; readonly domain: bigint; readonly riskTable: RiskTable },
  checkSignature: boolean,
): MessageRefusal | undefined {
  const { message } = signed
  if (!isWellFormed(signed)) return 'MALFORMED'
  if (message.market !== context.market) return 'OTHER_MARKET'
  if (account === undefined) return 'UNKNOWN_ACCOUNT'
  if (account.viewKey === 0n) return 'VIEW_KEY_MISSING'
  if (isUnsigned(message) && (isBarred(account) || isSettled(context))) return undefined
  if (message.nonce <= account.nonce) return 'OLD_NONCE'
  if (checkSignature && !isSignatureValid(signed, context.domain, account.tradingKey)) return 'BAD_SIGNATURE'
  return undefined
}

function isSettled({ market, riskTable }: { readonly market: number; readonly riskTable: RiskTable }): boolean {
  return riskTable.markets[market]!.phase === PHASES.SETTLED
}

function isWellFormed({ message }: SignedMessage): boolean {
  try {
    assertWellFormed(message)
    return true
  } catch (error) {
    if (error instanceof ZkclearError) return false
    throw error
  }
}

import { type Account, isBarred } from '../account.ts'
import { assertWellFormedBundle, needsNoSignature, type SignedBundle } from '../bundle.ts'
import { ZkclearError } from '../errors.ts'
import { PHASES } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'
import { isSignatureValid } from '../signature.ts'

/** Why no batch may include a bundle now (protocol.md#refusal). */
export type MessageRefusal =
  | 'MALFORMED'
  | 'OTHER_MARKET'
  | 'UNKNOWN_ACCOUNT'
  | 'VIEW_KEY_MISSING'
  | 'OLD_NONCE'
  | 'BAD_SIGNATURE'

/** The reason to refuse a bundle of `account` (undefined if there is no such account), or undefined. */
export function refusal(
  bundle: SignedBundle,
  account: Account | undefined,
  context: { readonly market: number; readonly domain: bigint; readonly riskTable: RiskTable },
  checkSignature: boolean,
): MessageRefusal | undefined {
  const { messages } = bundle
  if (!isWellFormed(bundle)) return 'MALFORMED'
  if (messages[0]!.market !== context.market) return 'OTHER_MARKET'
  if (account === undefined) return 'UNKNOWN_ACCOUNT'
  if (account.viewKey === 0n) return 'VIEW_KEY_MISSING'
  if (needsNoSignature(bundle) && (isBarred(account) || isSettled(context))) return undefined
  const nonces = [account.nonce, ...messages.map(({ nonce }) => nonce)]
  if (nonces.some((nonce, i) => i > 0 && nonce <= nonces[i - 1]!)) return 'OLD_NONCE'
  if (checkSignature && !isSignatureValid(bundle, context.domain, account.tradingKey)) return 'BAD_SIGNATURE'
  return undefined
}

function isSettled({ market, riskTable }: { readonly market: number; readonly riskTable: RiskTable }): boolean {
  return riskTable.markets[market]!.phase === PHASES.SETTLED
}

function isWellFormed(bundle: SignedBundle): boolean {
  try {
    assertWellFormedBundle(bundle)
    return true
  } catch (error) {
    if (error instanceof ZkclearError) return false
    throw error
  }
}

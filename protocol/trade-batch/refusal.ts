import { type Account, isBarred, type TradingKey } from '../account.ts'
import type { Book } from '../book.ts'
import { isWellFormedBundle, needsNoSignature, type SignedBundle } from '../bundle.ts'
import type { Cancel } from '../message.ts'
import { PHASES } from '../parameters.ts'
import type { RiskRecord, RiskTable } from '../risk-table.ts'
import { ORDER_KEY_SHIFT, orderKey, unpackSlot } from '../slot.ts'
import { hasLapsed } from './matching.ts'

/** Why no batch may include a bundle now (protocol.md#refusal). */
export type MessageRefusal =
  | 'MALFORMED'
  | 'OTHER_MARKET'
  | 'UNKNOWN_ACCOUNT'
  | 'VIEW_KEY_MISSING'
  | 'OLD_NONCE'
  | 'BAD_SIGNATURE'

/** What a bundle meets. */
export interface RefusalContext {
  readonly market: number
  readonly timestamp: bigint
  readonly riskTable: RiskTable
  /** The market's, as the bundle finds it. */
  readonly book: Book
}

/**
 * The reason to refuse a bundle of `account` (undefined if there is no such account), or undefined. `isSignedBy`: whether it is signed by
 * that key; left out by who knows that it is.
 */
export function refusal(
  bundle: SignedBundle,
  account: Account | undefined,
  context: RefusalContext,
  isSignedBy: ((key: TradingKey) => boolean) | undefined,
): MessageRefusal | undefined {
  const { messages } = bundle
  if (!isWellFormedBundle(bundle)) return 'MALFORMED'
  if (messages[0]!.market !== context.market) return 'OTHER_MARKET'
  if (account === undefined) return 'UNKNOWN_ACCOUNT'
  if (account.viewKey === 0n) return 'VIEW_KEY_MISSING'
  if (needsNoSignature(bundle) && mayGoUnsigned(messages[0] as Cancel, account, context)) return undefined
  const nonces = [account.nonce, ...messages.map(({ nonce }) => nonce)]
  if (nonces.some((nonce, i) => i > 0 && nonce <= nonces[i - 1]!)) return 'OLD_NONCE'
  if (isSignedBy?.(account.tradingKey) === false) return 'BAD_SIGNATURE'
  return undefined
}

/** Whether anybody may take back every order of that account in the market of that record (protocol.md#barred). */
export function isRevocable(account: Account, { phase }: RiskRecord): boolean {
  return isBarred(account) || phase === PHASES.SETTLED
}

/**
 * Whether anybody may take back what the cancel names (protocol.md#barred): any order of a barred account or in a settled market,
 * and one that has expired, or is the best of its side and out of the band.
 */
function mayGoUnsigned(
  { side, price, sequence, account: index }: Cancel,
  account: Account,
  { market, riskTable, timestamp, book }: RefusalContext,
): boolean {
  const record = riskTable.markets[market]!
  if (isRevocable(account, record)) return true
  const window = side === 'buy' ? book.bids : book.asks
  const place = window.findIndex((slot) => slot >> ORDER_KEY_SHIFT === orderKey(side, price, sequence))
  if (place < 0) return false
  const slot = unpackSlot(window[place]!)
  return slot.account === index && hasLapsed(side, place, slot, { timestamp, table: riskTable, record })
}

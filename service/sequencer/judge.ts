import type { Account } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { hashCashMessage, type SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { max } from '../../protocol/numbers.ts'
import { isSignatureValid, isSignedBy } from '../../protocol/signature.ts'
import { accountAt } from '../../protocol/state.ts'
import { refusal } from '../../protocol/trade-batch/refusal.ts'
import type { Verdict } from './record.ts'
import { currentState, type Item, isPaused, type SequencerState } from './state.ts'

/**
 * What is to be said of a bundle that arrives now. With `checkSignature` false it is taken to be signed: of a record whose verdict is
 * known, since whoever wrote it has checked.
 */
export function judgeMessage(sequencer: SequencerState, bundle: SignedBundle, checkSignature = true): Verdict {
  const state = currentState(sequencer)
  const [first] = bundle.messages
  const { table: riskTable, bookSecret, clock, config, timestamp } = sequencer
  if (first === undefined) return 'MALFORMED'
  if (first.market >= state.shape.markets) return 'OTHER_MARKET'
  if (riskTable === undefined || bookSecret === undefined || clock === 0n) return 'NOT_OPEN'
  if (isPaused(sequencer)) return 'PAUSED'
  const account = knownBy(sequencer, first.account)
  const { market } = first
  const context = { market, domain: config.domain, timestamp, riskTable, book: state.books.get(market)! }
  return refusal(bundle, account, context, checkSignature) ?? 'ACCEPTED'
}

/** The same of a withdrawal or transfer. Whether it may be paid is decided when its turn comes. */
export function judgeCashMessage(
  sequencer: SequencerState,
  { message, signature }: SignedCashMessage,
  checkSignature = true,
): Verdict {
  const { shape } = currentState(sequencer)
  const account = knownBy(sequencer, message.account)
  if (message.asset >= shape.collaterals) return 'MALFORMED'
  if (sequencer.clock === 0n) return 'NOT_OPEN'
  if (account === undefined) return 'UNKNOWN_ACCOUNT'
  if (message.nonce <= account.nonce) return 'OLD_NONCE'
  if (sequencer.timestamp > message.expiry) return 'EXPIRED'
  const digest = hashCashMessage(message, sequencer.config.domain)
  return checkSignature && !isSignedBy(digest, signature, account.tradingKey) ? 'BAD_SIGNATURE' : 'ACCEPTED'
}

/** Whether the trading key that the account has now signed the message. */
export function isOwnersWord(sequencer: SequencerState, message: SignedBundle | SignedCashMessage): boolean {
  const { account } = 'messages' in message ? message.messages[0]! : message.message
  const key = accountAt(currentState(sequencer), account)?.tradingKey
  if (key === undefined) return false
  const { domain } = sequencer.config
  if ('messages' in message) return isSignatureValid(message, domain, key)
  return isSignedBy(hashCashMessage(message.message, domain), message.signature, key)
}

/** The account as it is once all that waits of it is included: with the highest nonce that was accepted. */
export function knownBy(sequencer: SequencerState, index: number): Account | undefined {
  const account = accountAt(currentState(sequencer), index)
  return account && { ...account, nonce: acceptedNonce(sequencer, index, account) }
}

/** The highest nonce of the account that was accepted. */
export function acceptedNonce(sequencer: SequencerState, index: number, account: Account): bigint {
  const own = sequencer.waiting.filter((item) => item.account === index)
  return own.map(lastNonce).reduce(max, account.nonce)
}

function lastNonce(item: Item): bigint {
  return 'signed' in item ? item.signed.message.nonce : item.bundle.messages.at(-1)!.nonce
}

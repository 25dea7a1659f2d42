import type { Account, TradingKey } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { max } from '../../protocol/numbers.ts'
import { accountAt } from '../../protocol/state.ts'
import { refusal } from '../../protocol/trade-batch/refusal.ts'
import type { Verdict } from './record.ts'
import { isSigned } from './signatures.ts'
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
  const context = { market, timestamp, riskTable, book: state.books.get(market)! }
  const isOwners = checkSignature ? (key: TradingKey) => isSigned(bundle, config.domain, key) : undefined
  return refusal(bundle, account, context, isOwners) ?? 'ACCEPTED'
}

/** The same of a withdrawal or transfer. Whether it may be paid is decided when its turn comes. */
export function judgeCashMessage(sequencer: SequencerState, signed: SignedCashMessage, checkSignature = true): Verdict {
  const { message } = signed
  const { shape } = currentState(sequencer)
  const account = knownBy(sequencer, message.account)
  if (message.asset >= shape.collaterals) return 'MALFORMED'
  if (sequencer.clock === 0n) return 'NOT_OPEN'
  if (account === undefined) return 'UNKNOWN_ACCOUNT'
  if (message.nonce <= account.nonce) return 'OLD_NONCE'
  if (sequencer.timestamp > message.expiry) return 'EXPIRED'
  if (!checkSignature || isSigned(signed, sequencer.config.domain, account.tradingKey)) return 'ACCEPTED'
  return 'BAD_SIGNATURE'
}

/** Whether the trading key that the account has now signed the message. */
export function isOwnersWord(sequencer: SequencerState, message: SignedBundle | SignedCashMessage): boolean {
  const { account } = 'messages' in message ? message.messages[0]! : message.message
  const key = accountAt(currentState(sequencer), account)?.tradingKey
  return key !== undefined && isSigned(message, sequencer.config.domain, key)
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

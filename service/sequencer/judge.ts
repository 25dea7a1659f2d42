import type { Account } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { hashCashMessage, type SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { max } from '../../protocol/numbers.ts'
import { isSignedBy } from '../../protocol/signature.ts'
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
  const { table: riskTable, bookSecret, clock, config } = sequencer
  if (first === undefined) return 'MALFORMED'
  if (first.market >= state.shape.markets) return 'OTHER_MARKET'
  if (riskTable === undefined || bookSecret === undefined || clock === 0n) return 'NOT_OPEN'
  if (isPaused(sequencer)) return 'PAUSED'
  const account = knownBy(sequencer, first.account)
  const context = { market: first.market, domain: config.domain, riskTable }
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

/** The account as it is once all that waits of it is included: with the highest nonce that was accepted. */
function knownBy(sequencer: SequencerState, index: number): Account | undefined {
  const account = accountAt(currentState(sequencer), index)
  if (account === undefined) return undefined
  const own = sequencer.waiting.filter((item) => item.account === index)
  const nonce = own.map(lastNonce).reduce(max, account.nonce)
  return { ...account, nonce }
}

function lastNonce(item: Item): bigint {
  return 'signed' in item ? item.signed.message.nonce : item.bundle.messages.at(-1)!.nonce
}

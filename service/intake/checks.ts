import { needsNoSignature } from '../../protocol/bundle.ts'
import { accountAt } from '../../protocol/state.ts'
import type { Signed } from '../sequencer/signatures.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import type { Check } from './signature-checker.ts'

/** What there is to check of things that say whose they are: those of accounts that there are, each under the key that it has now. */
export function checksOf(sequencer: SequencerState, given: readonly Signed[]): Check[] {
  const state = currentState(sequencer)
  return given.flatMap((signed) => {
    const account = signerOf(signed)
    const key = account === undefined ? undefined : accountAt(state, account)?.tradingKey
    return key === undefined ? [] : [{ signed, key }]
  })
}

/** undefined: nobody is asked for a signature. */
function signerOf(signed: Signed): number | undefined {
  if ('messages' in signed) return needsNoSignature(signed) ? undefined : signed.messages[0]?.account
  return 'message' in signed ? signed.message.account : signed.bid.bidder
}

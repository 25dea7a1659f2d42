import type { TradingKey } from '../../protocol/account.ts'
import { isWellFormedBundle, needsNoSignature } from '../../protocol/bundle.ts'
import { accountAt, type State } from '../../protocol/state.ts'
import { openVerdict } from '../sequencer/bids.ts'
import type { Signed } from '../sequencer/signatures.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'

/** A signature to check: of what is signed by an account, under that key of it. */
export interface Check {
  readonly signed: Signed
  readonly account: number
  readonly key: TradingKey
}

/**
 * What there is to check of things that say whose they are: those of accounts that there are, each under the key that it has now. Of what is
 * refused whoever signed it, and whatever comes before it has its turn, nothing is checked: that would cost the venue more than who sends it.
 */
export function checksOf(sequencer: SequencerState, given: readonly Signed[]): Check[] {
  const state = currentState(sequencer)
  return given.flatMap((signed) => {
    const account = isHopeless(sequencer, state, signed) ? undefined : signerOf(signed)
    const key = account === undefined ? undefined : accountAt(state, account)?.tradingKey
    return key === undefined ? [] : [{ signed, account: account!, key }]
  })
}

/** undefined: nobody is asked for a signature. */
function signerOf(signed: Signed): number | undefined {
  if ('messages' in signed) return needsNoSignature(signed) ? undefined : signed.messages[0]?.account
  return 'message' in signed ? signed.message.account : signed.bid.bidder
}

function isHopeless(sequencer: SequencerState, { shape }: State, signed: Signed): boolean {
  if ('bid' in signed) return openVerdict(sequencer, signed.bid) !== undefined
  if ('message' in signed) return signed.message.asset >= shape.collaterals
  return !isWellFormedBundle(signed) || signed.messages[0]!.market >= shape.markets
}

import type { Transition } from '../../protocol/ledger.ts'
import { profile as profileOf } from '../../protocol/profiles.ts'
import { bookLevels } from '../../protocol/state.ts'
import type { CircuitDefinition } from '../types.ts'
import { tradeBatchInput, tradeBatchShapes } from './input.ts'
import { type TradeBatchStatement, tradeBatchCodec } from './statement.ts'

/** The venue proves a batch; its witness is the transition that the ledger made. */
export const tradeBatch: CircuitDefinition<'trade-batch', TradeBatchStatement, Transition> = {
  name: 'trade-batch',
  claim:
    'newStateRoot is what the rules make of oldStateRoot, at riskRoot and this time, and some sequence of messages for one market, each signed by its account for this domain, none replayed.',
  template: 'TradeBatch',
  source: 'trade-batch/trade-batch.circom',
  templateArguments(name) {
    const p = profileOf(name)
    return [
      p.markets,
      p.collaterals,
      p.scenarios,
      p.accountLevels,
      p.window,
      p.messages,
      p.steps,
      p.accounts,
      bookLevels(p),
    ]
  },
  ...tradeBatchCodec,
  inputShapes: (name) => tradeBatchShapes(profileOf(name)),
  buildInput: (statement, transition, name) => tradeBatchInput(statement, transition, profileOf(name)),
}

export { type TradeBatchStatement, tradeBatchStatement } from './statement.ts'

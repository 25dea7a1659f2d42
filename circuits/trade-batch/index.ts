import type { BatchSizes, Transition } from '../../protocol/ledger.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { bookLevels } from '../../protocol/state.ts'
import type { CircuitDefinition } from '../types.ts'
import { tradeBatchInput, tradeBatchShapes } from './input.ts'
import { TRADE_BATCH_SIZES } from './sizes.ts'
import { type TradeBatchStatement, tradeBatchCodec } from './statement.ts'

/** The venue proves a batch; its witness is the transition that the ledger made. */
export const tradeBatch: CircuitDefinition<'trade-batch', TradeBatchStatement, Transition> = {
  name: 'trade-batch',
  claim:
    'newStateRoot is what the rules make of oldStateRoot, at riskRoot and this time, and some sequence of messages for one market, each signed by its account for this domain, none replayed.',
  template: 'TradeBatch',
  settlementKind: 0,
  source: 'trade-batch/trade-batch.circom',
  templateArguments(name) {
    const { markets, collaterals, scenarios, accountLevels, window, messages, steps, accounts, ...rest } = sizesOf(name)
    return [markets, collaterals, scenarios, accountLevels, window, messages, steps, accounts, rest.bookLevels]
  },
  ...tradeBatchCodec,
  inputShapes: (name) => tradeBatchShapes(sizesOf(name)),
  buildInput: (statement, transition, name) => tradeBatchInput(statement, transition, sizesOf(name)),
}

/** All that the template's arguments are made of. */
function sizesOf(profile: ProfileName): VenueShape & BatchSizes & { bookLevels: number } {
  const shape = venueShape(profile)
  return { ...shape, ...TRADE_BATCH_SIZES[profile], bookLevels: bookLevels(shape) }
}

export { TRADE_BATCH_SIZES } from './sizes.ts'
export { type TradeBatchStatement, tradeBatchStatement } from './statement.ts'

import type { Transition } from '../../protocol/ledger.ts'
import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { stateRoot } from '../../protocol/state.ts'
import { statementCodec } from '../statement.ts'

/** What a trade-batch proof says: newStateRoot is what the rules make of oldStateRoot, at riskRoot and this time. */
export interface TradeBatchStatement {
  /** Chain and settlement contract: keccak256(abi.encode("zkclear", chainId, address)) >> 8. */
  readonly domain: bigint
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
  readonly riskRoot: bigint
  readonly oldStateRoot: bigint
  readonly newStateRoot: bigint
}

export const tradeBatchCodec = statementCodec<TradeBatchStatement>({
  domain: 248,
  timestamp: BITS.time,
  riskRoot: 'field',
  oldStateRoot: 'field',
  newStateRoot: 'field',
})

/** The statement that a transition proves. */
export function tradeBatchStatement({ context, before, after }: Transition): TradeBatchStatement {
  return {
    domain: context.domain,
    timestamp: context.timestamp,
    riskRoot: hashRiskTable(context.riskTable),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
  }
}

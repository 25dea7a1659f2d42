import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { stateRoot } from '../../protocol/state.ts'
import type { Transition } from '../../protocol/transition.ts'
import { statementCodec } from '../statement.ts'

/**
 * What every proof that moves the state root says, whatever its circuit: newStateRoot is what a batch that the rules allow
 * makes of oldStateRoot, at riskRoot and this time.
 */
export interface StateMoveStatement {
  /** Chain and settlement contract: keccak256(abi.encode("zkclear", chainId, address)) >> 8. */
  readonly domain: bigint
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
  readonly riskRoot: bigint
  readonly oldStateRoot: bigint
  readonly newStateRoot: bigint
}

export const stateMoveCodec = statementCodec<StateMoveStatement>({
  domain: 248,
  timestamp: BITS.time,
  riskRoot: 'field',
  oldStateRoot: 'field',
  newStateRoot: 'field',
})

/** The statement that a transition proves. */
export function stateMoveStatement({ context, before, after }: Transition): StateMoveStatement {
  return {
    domain: context.domain,
    timestamp: context.timestamp,
    riskRoot: context.riskTable === undefined ? 0n : hashRiskTable(context.riskTable),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
  }
}

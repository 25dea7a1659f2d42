import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { type StateMoveStatement, stateMoveCodec, stateMoveStatement } from '../state/statement.ts'

/** What a trade-batch proof says: that trading under the rules moved the state so. */
export type TradeBatchStatement = StateMoveStatement

export const tradeBatchCodec = stateMoveCodec

/**
 * The statement that a trade batch proves.
 *
 * @example
 * const { oldStateRoot, newStateRoot } = tradeBatchStatement(batch)
 */
export function tradeBatchStatement(batch: TradeBatch): TradeBatchStatement {
  return stateMoveStatement(batch)
}

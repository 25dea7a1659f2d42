import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { packTradeData, tradeData, unpackTradeData } from '../../protocol/trade-batch/words.ts'
import { type StateMoveStatement, stateMoveCodec, statementOfWords } from '../state/statement.ts'

/** The number by which Settlement knows the circuit's verifier. */
export const TRADE_BATCH_KIND = 0

/** What a trade-batch proof says: that trading under the rules moved the state so (protocol.md#trade-words). */
export type TradeBatchStatement = StateMoveStatement

export const tradeBatchCodec = stateMoveCodec(TRADE_BATCH_KIND, unpackTradeData)

/**
 * The statement that a trade batch proves.
 *
 * @example
 * const { oldStateRoot, newStateRoot, data } = tradeBatchStatement(batch)
 */
export function tradeBatchStatement(batch: TradeBatch): TradeBatchStatement {
  return statementOfWords(packTradeData(tradeData(batch)))
}

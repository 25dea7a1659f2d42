import type { CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { cashData, packCashData, unpackCashData } from '../../protocol/cash-batch/words.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { publicData } from '../../protocol/public-data.ts'

/** The number by which Settlement knows the circuit's verifier. */
export const CASH_BATCH_KIND = 1

/** What a cash-batch proof says: a state root followed from another by what these words tell (protocol.md#cash-words). */
export interface CashBatchStatement {
  readonly words: readonly bigint[]
}

/** The statement that a transition proves. */
export function cashBatchStatement(transition: CashBatch): CashBatchStatement {
  return { words: packCashData(cashData(transition)) }
}

/** The statement of these fields. Throws STATEMENT_INVALID for words that no batch has. */
export function cashStatementOf(fields: Readonly<Record<string, unknown>>): CashBatchStatement {
  const refuse = (message: string, path: string): never => {
    throw new ZkclearError('STATEMENT_INVALID', message, { path })
  }
  const unknown = Object.keys(fields).find((name) => name !== 'words')
  if (unknown !== undefined) refuse('is no field; there is words', `statement.${unknown}`)
  const { words } = fields
  if (!Array.isArray(words)) return refuse('must be a list of bigints', 'statement.words')
  const wrong = words.findIndex((word) => typeof word !== 'bigint')
  if (wrong >= 0) refuse(`is a value of type ${typeof words[wrong]}; must be a bigint`, `statement.words[${wrong}]`)
  try {
    unpackCashData(words)
  } catch (error) {
    if (error instanceof ZkclearError) refuse(error.message, 'statement.words')
    throw error
  }
  return { words }
}

/** The three public signals that stand for the words (protocol.md#public-data). Throws STATEMENT_INVALID. */
export function encodeCashStatement(statement: CashBatchStatement): readonly bigint[] {
  const { words } = cashStatementOf({ ...statement })
  const { commitment, challenge, value } = publicData(words[0]!, CASH_BATCH_KIND, words)
  return [commitment, challenge, value]
}

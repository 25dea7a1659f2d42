import { ZkclearError } from '../../protocol/errors.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { type TradeBatchStatement, tradeBatchStatement } from './statement.ts'

/** Why the claim is false of this statement and transition: which field differs, or which rule the batch breaks. */
export function tradeBatchRefusal(statement: TradeBatchStatement, transition: TradeBatch): string | undefined {
  try {
    const { before, messages, context } = transition
    const lawful = tradeBatchStatement(applyTradeBatch(before, messages, context))
    const fields = Object.keys(lawful) as (keyof TradeBatchStatement)[]
    const wrong = fields.find((field) => statement[field] !== lawful[field])
    return wrong && `${wrong} is not that of the batch when the rules are applied to it`
  } catch (error) {
    if (error instanceof ZkclearError) return error.message
    throw error
  }
}

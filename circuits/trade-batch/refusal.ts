import { ZkclearError } from '../../protocol/errors.ts'
import { applyBatch, type Transition } from '../../protocol/ledger.ts'
import { type TradeBatchStatement, tradeBatchStatement } from './statement.ts'

/** Why the claim is false of this statement and transition: which field differs, or which rule the batch breaks. */
export function tradeBatchRefusal(statement: TradeBatchStatement, transition: Transition): string | undefined {
  try {
    const { before, messages, context } = transition
    const lawful = tradeBatchStatement(applyBatch(before, messages, context))
    const fields = Object.keys(lawful) as (keyof TradeBatchStatement)[]
    const wrong = fields.find((field) => statement[field] !== lawful[field])
    return wrong && `${wrong} is not that of the batch when the rules are applied to it`
  } catch (error) {
    if (error instanceof ZkclearError) return error.message
    throw error
  }
}

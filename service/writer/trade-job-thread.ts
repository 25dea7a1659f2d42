import { tradeBatch } from '../../circuits/trade-batch/index.ts'
import { type TradeBatchStatement, tradeBatchStatement } from '../../circuits/trade-batch/statement.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatchContext } from '../../protocol/trade-batch/trade-batch.ts'
import { type OpenedState, stateOf } from '../../venue/files/openings.ts'
import { encodeInput } from '../jobs/input.ts'
import { answerAsked } from '../threads/answer-asked.ts'
import { giveWay } from '../threads/give-way.ts'
import { LeftLeaves } from './left-leaves.ts'

/** A trade batch, and what it read of the state before it. */
export interface TradeJobAsked {
  readonly profile: ProfileName
  readonly context: Omit<TradeBatchContext, 'riskTable'>
  /** undefined: that of the batch before. */
  readonly riskTable: RiskTable | undefined
  readonly bundles: readonly SignedBundle[]
  readonly before: OpenedState
}

/** What proves it: in public, and in private as workers get it. */
export interface TradeJobAnswer {
  readonly statement: TradeBatchStatement
  readonly input: Uint8Array<ArrayBuffer>
}

// Receipts do not wait for jobs.
giveWay()

let table: RiskTable | undefined

const left = new LeftLeaves()

answerAsked<TradeJobAsked, TradeJobAnswer>(({ profile, context: given, riskTable, bundles, before: opened }) => {
  table = riskTable ?? table
  const context = { ...given, riskTable: table! }
  const before = stateOf(left.known(opened, context.market), context.market, venueShape(profile), 'before')
  // Signatures were checked when the bundles came.
  const unchecked = { signatures: false, messageChain: true }
  const transition = applyTradeBatchUnchecked(before, bundles, context, unchecked)
  const statement = tradeBatchStatement(transition)
  left.keep(transition)
  const input = encodeInput(tradeBatch, profile, { statement, witness: transition })
  return { answer: { statement, input }, memory: [input.buffer] }
})

import { cashBatchStatement } from '../../circuits/cash-batch/statement.ts'
import { deleverageStatement } from '../../circuits/deleverage/statement.ts'
import type { StateMoveStatement } from '../../circuits/state/statement.ts'
import { takeoverStatement } from '../../circuits/takeover/statement.ts'
import { tradeBatchStatement } from '../../circuits/trade-batch/statement.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { encodeCashBatch } from '../../venue/files/cash-batch-file.ts'
import { encodeDeleveraging } from '../../venue/files/deleverage-file.ts'
import type { Json } from '../../venue/files/schema.ts'
import { encodeTakeover } from '../../venue/files/takeover-file.ts'
import { encodeTradeBatch } from '../../venue/files/trade-batch-file.ts'
import type { SealedBatch } from './state.ts'

/** What a worker proves of a batch. */
export interface BatchInstance {
  readonly circuit: SealedBatch['work']['circuit']
  /** Public: what the proof says, and Settlement checks. */
  readonly statement: StateMoveStatement
  /** Private: the document that `readJob` of the circuit takes, as in a batch file. */
  readonly document: Json
}

/** A batch never changes, and what its proof says is asked for again and again until it is proved: much is hashed for it. */
const STATEMENTS = new WeakMap<SealedBatch['work'], StateMoveStatement>()

/** What a proof of a batch says. */
export function statementOf(work: SealedBatch['work']): StateMoveStatement {
  const known = STATEMENTS.get(work)
  if (known !== undefined) return known
  const statement = madeStatement(work)
  STATEMENTS.set(work, statement)
  return statement
}

/** Notes what {@link statementOf} would work out of a batch, by who has. */
export function noteStatement(work: SealedBatch['work'], statement: StateMoveStatement): void {
  STATEMENTS.set(work, statement)
}

function madeStatement(work: SealedBatch['work']): StateMoveStatement {
  switch (work.circuit) {
    case 'trade-batch':
      return tradeBatchStatement(work.transition)
    case 'cash-batch':
      return cashBatchStatement(work.transition)
    case 'takeover':
      return takeoverStatement(work.transition)
    case 'deleverage':
      return deleverageStatement(work.transition)
  }
}

/** The statement of a sealed batch, and all that a prover needs. */
export function instanceOf({ index: number, work }: SealedBatch, profile: ProfileName): BatchInstance {
  return { circuit: work.circuit, statement: statementOf(work), document: documentOf(number, work, profile) }
}

function documentOf(number: number, work: SealedBatch['work'], profile: ProfileName): Json {
  switch (work.circuit) {
    case 'trade-batch':
      return encodeTradeBatch({ number, transition: work.transition }, profile)
    case 'cash-batch':
      return encodeCashBatch({ number, transition: work.transition }, profile)
    case 'takeover':
      return encodeTakeover(work.transition, profile)
    case 'deleverage':
      return encodeDeleveraging(work.transition, profile)
  }
}

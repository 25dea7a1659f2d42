import { z } from 'zod'
import { applyCashBatch, type CashBatch, operationsOf } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchSizes } from '../../protocol/cash-batch/slot.ts'
import { isOnCurve } from '../../protocol/crypto/baby-jubjub.ts'
import { isUint } from '../../protocol/numbers.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { isTradingKey, registeredKey } from '../../protocol/signature.ts'
import { stateRoot } from '../../protocol/state.ts'
import { asset, lots, signedCashMessage, splitSigned } from './cash-message-file.ts'
import { openedState, openingsOf, stateOf } from './openings.ts'
import {
  accountIndex,
  assertProfile,
  decodeWith,
  domain,
  field,
  fileHead,
  type Json,
  list,
  marketIndex,
  time,
  toJson,
  tradingKey,
} from './schema.ts'
import { invalid } from './state-file.ts'
import { assertTableFits, riskTable } from './venue-files.ts'

/** What the contract queues no other than. */
const pointToRegister = tradingKey.refine(
  // Asked too where a coordinate was refused, which is no number then.
  (point) => isUint(point.x, 254) && isUint(point.y, 254) && isOnCurve(point) && isTradingKey(registeredKey(point)),
  'must be a point of BabyJubJub that is none of the eight of small order',
)
const onAccount = { account: accountIndex }
const ofAsset = { ...onAccount, asset }

const QUEUED = [
  z.strictObject({ kind: z.literal('REGISTER'), ...onAccount, key: pointToRegister, ownerCommitment: field }),
  z.strictObject({ kind: z.literal('DEPOSIT'), ...ofAsset, amount: lots }),
  z.strictObject({ kind: z.literal('ROTATE'), ...onAccount, key: pointToRegister }),
  z.strictObject({ kind: z.enum(['SUSPEND', 'RESUME', 'CURE']), ...onAccount }),
  z.strictObject({ kind: z.literal('FORCED'), ...ofAsset, requested: lots }),
] as const

const OF_VENUE = [
  z.strictObject({ kind: z.literal('FLAG'), ...onAccount }),
  z.strictObject({ kind: z.literal('EXPIRE'), ...onAccount, market: marketIndex }),
] as const

/** What a queue holds. */
export const queueOperation = z.discriminatedUnion('kind', QUEUED, 'must be of a kind that a queue holds')
/** What a venue does of its own accord. */
export const venueOperation = z.discriminatedUnion('kind', OF_VENUE, 'must be FLAG or EXPIRE')

export const cashOperation = z.discriminatedUnion(
  'kind',
  [
    ...QUEUED,
    ...OF_VENUE,
    z.strictObject({ kind: z.literal('VIEW'), ...onAccount, viewKey: field }),
    signedCashMessage,
  ],
  'must be REGISTER, DEPOSIT, ROTATE, SUSPEND, RESUME, CURE, FLAG, EXPIRE, FORCED, VIEW, WITHDRAW or TRANSFER_OUT',
)

const batchFile = z.strictObject({
  ...fileHead,
  number: z.int('must be an integer').positive('must be at least 1'),
  timestamp: time,
  domain,
  vault: list(lots),
  riskRoot: field,
  oldStateRoot: field,
  newStateRoot: field,
  operations: list(cashOperation),
  sweepMarket: marketIndex.optional(),
  riskTable: riskTable.optional(),
  before: openedState,
})

/** A provable batch with its place in the run. */
export interface NumberedCashBatch {
  readonly number: number
  readonly transition: CashBatch
}

/**
 * Batch file: everything that a prover of this batch needs, and no more: operations, signed messages with their signatures,
 * what the vault holds, time, domain, risk table if there is one, and of the state before it the accounts that it touches and
 * one book, with their Merkle paths. The book is that of the market whose fees are swept; of any other batch it only shows
 * the root of the books, and is the first market's. Private, as the view keys of its accounts are.
 */
export function encodeCashBatch({ number, transition }: NumberedCashBatch, profile: ProfileName): Json {
  const { context, before, after, sweep } = transition
  const { timestamp, domain, vault, riskTable: table } = context
  const operations = operationsOf(transition).map(listedOperation)
  const touched = transition.touched.map(({ index }) => index)
  return toJson({
    ...{ version: 1, profile, number, timestamp, domain, vault },
    riskRoot: table === undefined ? 0n : hashRiskTable(table),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
    operations,
    sweepMarket: sweep?.market,
    riskTable: table,
    before: openingsOf(before, touched, sweep?.market ?? 0),
  })
}

/**
 * Applies the batch of a file again, under these sizes, signatures checked. Throws INPUT_INVALID, naming the field, also where
 * a root is not that of what the file holds; BATCH_UNPROVABLE as `applyCashBatch` does.
 */
export function decodeCashBatch(json: unknown, profile: ProfileName, sizes: CashBatchSizes): NumberedCashBatch {
  const file = decodeWith(batchFile, json, 'INPUT_INVALID', 'batch')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'batch')
  const { number, timestamp, vault, sweepMarket, riskTable: table } = file
  const shape = venueShape(profile)
  if (vault.length !== shape.collaterals) throw invalid('batch.vault', `must be a list of ${shape.collaterals}`)
  if (sweepMarket !== undefined && sweepMarket >= shape.markets) {
    throw invalid('batch.sweepMarket', `must be below ${shape.markets}`)
  }
  if (table !== undefined) assertTableFits(table, shape, 'batch.riskTable')
  if (file.riskRoot !== (table === undefined ? 0n : hashRiskTable(table))) {
    throw invalid('batch.riskRoot', 'is not that of the risk table; without one it is 0')
  }
  const before = stateOf(file.before, sweepMarket ?? 0, shape, 'batch.before')
  if (stateRoot(before) !== file.oldStateRoot) throw invalid('batch.oldStateRoot', 'is not that of the state before')
  const context = { timestamp, domain: file.domain, riskTable: table, sizes, vault }
  const operations = file.operations.map(operationOf)
  const transition = applyCashBatch(before, operations, context, sweepMarket)
  if (stateRoot(transition.after) !== file.newStateRoot) {
    throw invalid('batch.newStateRoot', 'is not what the operations make of the state before')
  }
  return { number, transition }
}

/** An operation as files list it: a signed message with its signature in one object. */
export function listedOperation(operation: CashOperation) {
  return 'message' in operation ? { ...operation.message, signature: operation.signature } : operation
}

/** The inverse of {@link listedOperation}. */
export function operationOf(entry: z.output<typeof cashOperation>): CashOperation {
  return 'signature' in entry ? splitSigned(entry) : entry
}

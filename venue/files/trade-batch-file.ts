import { z } from 'zod'
import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { openedState, openingsOf, stateOf } from './openings.ts'
import {
  accountIndex,
  assertProfile,
  boolean,
  decodeWith,
  domain,
  field,
  fileHead,
  type Json,
  list,
  marketIndex,
  side,
  sides,
  signature,
  time,
  timeInForce,
  toJson,
  uint,
} from './schema.ts'
import { invalid } from './state-file.ts'
import { assertTableFits, riskTable } from './venue-files.ts'

const head = { market: marketIndex, account: accountIndex, nonce: uint(BITS.nonce) }
const priced = { ...head, side, price: uint(BITS.price) }

const message = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('order'),
    ...priced,
    size: uint(BITS.size),
    timeInForce,
    reduceOnly: boolean,
    expiry: time,
  }),
  z.strictObject({ kind: z.literal('cancel'), ...priced, sequence: uint(BITS.sequence) }),
  z.strictObject({ kind: z.literal('cancel-all'), ...head, side: sides }),
])

export const signedBundle = z.strictObject({ messages: list(message), signature })

const batchFile = z.strictObject({
  ...fileHead,
  number: z.int('must be an integer').positive('must be at least 1'),
  market: marketIndex,
  timestamp: time,
  domain,
  newSalt: field.optional(),
  closingOnly: boolean.optional(),
  riskRoot: field,
  oldStateRoot: field,
  newStateRoot: field,
  bundles: list(signedBundle),
  riskTable,
  before: openedState,
})

/** A provable batch with its place in the run. */
export interface NumberedTradeBatch {
  readonly number: number
  readonly transition: TradeBatch
}

/**
 * Batch file: everything that a prover of this batch needs, and no more: bundles of messages with their signatures, time, domain, risk
 * table, and of the state before it the book, the touched accounts with their Merkle paths, and the top of the tree of accounts. So
 * its size does not grow with the venue, and it stands without the files of other batches.
 */
export function encodeTradeBatch({ number, transition }: NumberedTradeBatch, profile: ProfileName): Json {
  const { context, before, after, bundles, touched } = transition
  const { riskTable: table, sizes: _, ...rest } = context
  return toJson({
    version: 1,
    profile,
    number,
    ...rest,
    riskRoot: hashRiskTable(table),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
    bundles,
    riskTable: table,
    before: openingsOf(
      before,
      touched.map(({ index }) => index),
      context.market,
    ),
  })
}

/**
 * Applies the batch of a file again, under these sizes, signatures checked. Throws INPUT_INVALID, naming the field, also where a root is not
 * that of what the file holds; MESSAGE_REFUSED and BATCH_UNPROVABLE as `applyTradeBatch` does.
 */
export function decodeTradeBatch(json: unknown, profile: ProfileName, sizes: TradeBatchSizes): NumberedTradeBatch {
  const file = decodeWith(batchFile, json, 'INPUT_INVALID', 'batch')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'batch')
  const { number, market, timestamp, newSalt, closingOnly } = file
  const shape = venueShape(profile)
  if (market >= shape.markets) throw invalid('batch.market', `must be below ${shape.markets}`)
  assertTableFits(file.riskTable, shape, 'batch.riskTable')
  if (hashRiskTable(file.riskTable) !== file.riskRoot) throw invalid('batch.riskRoot', 'is not that of the risk table')
  const before = stateOf(file.before, market, shape, 'batch.before')
  if (stateRoot(before) !== file.oldStateRoot) throw invalid('batch.oldStateRoot', 'is not that of the state before')
  const context = {
    ...{ market, timestamp, domain: file.domain, riskTable: file.riskTable, sizes },
    ...(newSalt !== undefined && { newSalt }),
    ...(closingOnly !== undefined && { closingOnly }),
  }
  const transition = applyTradeBatch(before, file.bundles, context)
  if (stateRoot(transition.after) !== file.newStateRoot) {
    throw invalid('batch.newStateRoot', 'is not what the messages make of the state before')
  }
  return { number, transition }
}

import { z } from 'zod'
import { type Account, hashAccount } from '../../protocol/account.ts'
import { hashBook } from '../../protocol/book.ts'
import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { bookLevels, type State, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { type Opening, Tree } from '../../protocol/tree.ts'
import {
  accountIndex,
  assertProfile,
  boolean,
  decodeWith,
  field,
  fileHead,
  type Json,
  list,
  marketIndex,
  side,
  time,
  timeInForce,
  toJson,
  uint,
} from './schema.ts'
import { accountSchema, assertAccountFits, assertBookFits, bookSchema, invalid } from './state-file.ts'
import { riskTable } from './venue-files.ts'

/** The digests beside a leaf on its way up to the root, four a level, bottom up. */
const children = z.array(z.array(field).length(4, 'must be a list of 4')).max(24)
const head = { market: marketIndex, account: accountIndex, side, price: uint(BITS.price), nonce: uint(BITS.nonce) }

const message = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('order'),
    ...head,
    size: uint(BITS.size),
    timeInForce,
    reduceOnly: boolean,
    expiry: time,
  }),
  z.strictObject({ kind: z.literal('cancel'), ...head, sequence: uint(BITS.sequence) }),
])

const batchFile = z.strictObject({
  ...fileHead,
  number: z.int('must be an integer').positive('must be at least 1'),
  market: marketIndex,
  timestamp: time,
  domain: field,
  newSalt: field.optional(),
  riskRoot: field,
  oldStateRoot: field,
  newStateRoot: field,
  messages: list(z.strictObject({ message, signature: z.strictObject({ R8x: field, R8y: field, S: field }) })),
  riskTable,
  before: z.strictObject({
    accounts: list(z.strictObject({ index: accountIndex, account: accountSchema, children })),
    book: z.strictObject({ book: bookSchema, children }),
  }),
})

/** A provable batch with its place in the run. */
export interface NumberedTradeBatch {
  readonly number: number
  readonly transition: TradeBatch
}

/**
 * Batch file: everything that a prover of this batch needs, and no more: messages with their signatures, time, domain, risk
 * table, and of the state before it the book and the touched accounts with their Merkle paths. So its size does not grow
 * with the venue, and it stands without the files of other batches.
 */
export function encodeTradeBatch({ number, transition }: NumberedTradeBatch, profile: ProfileName): Json {
  const { context, before, after, messages, touched } = transition
  const { riskTable: table, sizes: _, ...rest } = context
  return toJson({
    version: 1,
    profile,
    number,
    ...rest,
    riskRoot: hashRiskTable(table),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
    messages,
    riskTable: table,
    before: {
      accounts: touched.map(({ index, before: account }) => {
        return { index, account, children: before.accounts.path(index).children }
      }),
      book: { book: before.books.get(context.market), children: before.books.path(context.market).children },
    },
  })
}

/**
 * Applies the batch of a file again, under these sizes, signatures checked. Throws INPUT_INVALID, naming the field, also where a root is not
 * that of what the file holds; MESSAGE_REFUSED and BATCH_UNPROVABLE as `applyTradeBatch` does.
 */
export function decodeTradeBatch(json: unknown, profile: ProfileName, sizes: TradeBatchSizes): NumberedTradeBatch {
  const file = decodeWith(batchFile, json, 'INPUT_INVALID', 'batch')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'batch')
  const { number, market, timestamp, domain, newSalt } = file
  assertTableFits(file.riskTable, profile)
  if (hashRiskTable(file.riskTable) !== file.riskRoot) throw invalid('batch.riskRoot', 'is not that of the risk table')
  const before = stateBefore(file, profile)
  if (stateRoot(before) !== file.oldStateRoot) throw invalid('batch.oldStateRoot', 'is not that of the state before')
  const context = {
    ...{ market, timestamp, domain, riskTable: file.riskTable, sizes },
    ...(newSalt !== undefined && { newSalt }),
  }
  const transition = applyTradeBatch(before, file.messages, context)
  if (stateRoot(transition.after) !== file.newStateRoot) {
    throw invalid('batch.newStateRoot', 'is not what the messages make of the state before')
  }
  return { number, transition }
}

/** The part of the state that the file opens. */
function stateBefore({ before, market }: z.output<typeof batchFile>, profile: ProfileName): State {
  const shape = venueShape(profile)
  if (market >= shape.markets) throw invalid('batch.market', `must be below ${shape.markets}`)
  const levels = bookLevels(shape)
  assertBookFits(before.book.book, shape, 'batch.before.book.book')
  assertLevels(before.book.children, levels, 'batch.before.book.children')
  const bookOpening = { index: market, leaf: before.book.book, children: before.book.children }
  const openings = before.accounts.map(({ index, account, children: digests }, i): Opening<Account> => {
    const path = `batch.before.accounts[${i}]`
    if (index >= 4 ** shape.accountLevels) throw invalid(`${path}.index`, `must be below ${4 ** shape.accountLevels}`)
    assertAccountFits(account, shape, `${path}.account`)
    assertLevels(digests, shape.accountLevels, `${path}.children`)
    return { index, leaf: account, children: digests }
  })
  return {
    shape,
    accounts: Tree.fromOpenings(shape.accountLevels, hashAccount, openings),
    books: Tree.fromOpenings(levels, (book) => hashBook(book, shape.window), [bookOpening]),
  }
}

function assertLevels(digests: readonly unknown[], levels: number, path: string): void {
  if (digests.length !== levels) throw invalid(path, `must be a list of ${levels}`)
}

function assertTableFits(table: z.output<typeof riskTable>, profile: ProfileName): void {
  const { markets, collaterals, scenarios } = venueShape(profile)
  const path = 'batch.riskTable'
  if (table.markets.length !== markets) throw invalid(`${path}.markets`, `must be a list of ${markets}`)
  if (table.collaterals.length !== collaterals) throw invalid(`${path}.collaterals`, `must be a list of ${collaterals}`)
  const odd = table.markets.findIndex((m) => m.scenarioPrices.length !== scenarios)
  if (odd !== -1) throw invalid(`${path}.markets[${odd}].scenarioPrices`, `must be a list of ${scenarios}`)
}

import { bookSalt } from '../../protocol/book.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { venueShape } from '../../protocol/shape.ts'
import type { State } from '../../protocol/state.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { operationOf } from '../../venue/files/cash-batch-file.ts'
import { splitSigned } from '../../venue/files/cash-message-file.ts'
import { decodeState } from '../../venue/files/state-file.ts'
import { splitBid } from '../../venue/files/takeover-file.ts'
import { assertTableFits } from '../../venue/files/venue-files.ts'
import { draftOf, reopen, stateOf } from './draft.ts'
import { pruneTracks, type Tracks } from './fills.ts'
import type { SnapshotDocument } from './snapshot-schema.ts'
import {
  cashQueue,
  emptyOpen,
  type Item,
  type Ledger,
  ledgerOf,
  type SealedBatch,
  type SequencerState,
  startSequencer,
  type TradeItem,
} from './state.ts'
import { followOpen } from './trades.ts'

type BatchDocument = SnapshotDocument['batches'][number]

/** The sequencer's state that a snapshot was taken of. Throws INPUT_INVALID for one that contradicts itself. */
export function restore(document: SnapshotDocument): SequencerState {
  const { config, base: given, stalled } = document
  const state = decodeState(given.state, config.profile)
  if (given.vault.length !== state.shape.collaterals) {
    throw invalid('base.vault', `must be a list of ${state.shape.collaterals}`)
  }
  const base: Ledger = {
    ...{ state, vault: given.vault, retired: given.retired, retries: given.retries, served: given.served },
    tracks: tracksOf(given.tracks),
  }
  const tableAt = tablesOf(document)
  const start: SequencerState = {
    ...startSequencer({ config, state, vault: given.vault }),
    records: document.records,
    clock: document.clock,
    timestamp: document.timestamp,
    table: tableAt(document.table),
    bookSecret: document.bookSecret,
    pausedUntil: document.pausedUntil,
    closingFrom: document.closingFrom,
    viewKeys: new Map(document.viewKeys.map(({ account, ...key }) => [account, key])),
    viewCommitments: new Map(document.viewCommitments.map(({ account, commitment }) => [account, commitment])),
    owners: new Map(document.owners.map(({ account, owner }) => [account, owner])),
    circuits: new Map(document.circuits.map(({ circuit, digest }) => [circuit, digest])),
    firstEntry: document.firstEntry,
    entries: document.entries,
    stalled: stalled && { timestamp: stalled.timestamp, table: tableAt(stalled.table) },
    waiting: document.waiting.map((item) => itemOf(item, state)),
    bids: document.bids.map(({ record, at, signed }) => ({ record, at, signed: splitBid(signed) })),
    finalIndex: document.finalIndex,
    base,
    settledIndex: document.settledIndex,
    open: emptyOpen(base),
  }
  const draft = draftOf(start)
  for (const batch of document.batches) draft.batches = [...draft.batches, remade(draft, batch, tableAt)]
  reopen(draft)
  const items = document.open.map((item) => itemOf(item, state) as TradeItem)
  if (items.length === 0) return stateOf(draft)
  const { builder } = draft.open
  if (builder === undefined) throw invalid('open', 'has orders, and there is no batch that they could join')
  const done = items.flatMap(({ bundle }) => builder.push(bundle))
  if (done.length > 0 || builder.refused.length > 0) throw invalid('open', 'has orders that are not of one batch')
  draft.open = followOpen({ ...draft.open, items }, builder.pending!, items).open
  return stateOf(draft)
}

/** The batch, applied again. */
function remade(sequencer: SequencerState, given: BatchDocument, tableAt: ReturnType<typeof tablesOf>): SealedBatch {
  const before = ledgerOf(sequencer)
  const { config, finalIndex, batches, bookSecret } = sequencer
  const { proved, sent, retired, retries, served } = given
  const head = { index: finalIndex + batches.length + 1, proved, sent }
  const riskTable = tableAt(given.table)
  const context = { timestamp: given.timestamp, domain: config.domain, riskTable }
  if (given.circuit === 'trade-batch') {
    if (riskTable === undefined || bookSecret === undefined)
      throw invalid('batches', 'has orders without a table or salt')
    const items = given.items.map((item) => itemOf(item, before.state) as TradeItem)
    const { market, closingOnly, cleared } = given
    const transition = applyTradeBatchUnchecked(
      before.state,
      [...cleared, ...items.map(({ bundle }) => bundle)],
      {
        ...{ ...context, riskTable, closingOnly, market },
        sizes: config.sizes.trade,
        newSalt: bookSalt(bookSecret, market),
      },
      { signatures: false, messageChain: true },
    )
    const { fills, tracks } = followOpen(emptyOpen(before), transition, items).open
    const after = { ...before, retired, retries, served, state: transition.after }
    return {
      ...{ ...head, work: { circuit: given.circuit, transition }, items, fills },
      after: { ...after, tracks: pruneTracks(tracks, market, transition.after) },
    }
  }
  if (given.circuit === 'takeover' || given.circuit === 'deleverage') {
    if (riskTable === undefined) throw invalid('batches', 'has a liquidation without a table')
    const under = { ...context, riskTable, resumedAt: given.resumedAt }
    const work: SealedBatch['work'] =
      given.circuit === 'takeover'
        ? { circuit: given.circuit, transition: applyTakeover(before.state, splitBid(given.bid), under) }
        : { circuit: given.circuit, transition: applyDeleveraging(before.state, given.closing, under) }
    const after = { ...before, retired, retries, served, state: work.transition.after }
    return { ...head, work, items: [], fills: [], after }
  }
  const transition = applyCashBatch(
    before.state,
    given.operations.map(operationOf),
    { ...context, sizes: config.sizes.cash, vault: before.vault },
    given.sweepMarket,
  )
  const signed = transition.slots.flatMap(({ operation, kind }) => {
    return 'message' in operation && kind !== 'TRANSFER_IN' ? [operation] : []
  })
  const items = given.items.map((record, i): Item => {
    if (signed[i] === undefined) throw invalid('batches', 'names messages that its batch does not have')
    const { account } = signed[i].message
    return { record, account, market: cashQueue(before.state), clock: given.clocks[i] ?? 0n, signed: signed[i] }
  })
  const after = { ...before, retired, retries, served, state: transition.after, vault: transition.vault }
  return { ...head, work: { circuit: given.circuit, transition }, items, fills: [], after }
}

function itemOf(item: SnapshotDocument['waiting'][number], state: State): Item {
  const { record, clock } = item
  if ('signed' in item) {
    const signed = splitSigned(item.signed)
    return { record, clock, account: signed.message.account, market: cashQueue(state), signed }
  }
  const [first] = item.bundle.messages
  if (first === undefined) throw invalid('waiting', 'has a bundle without messages')
  const { account, market } = first
  return { ...item, account, market }
}

function tracksOf(listed: SnapshotDocument['base']['tracks']): Tracks {
  return new Map(
    listed.map(({ market, resting, hand }) => [
      market,
      { resting: new Map(resting.map(({ sequence, name }) => [sequence, name])), hand },
    ]),
  )
}

function tablesOf({ tables, config }: SnapshotDocument) {
  for (const [i, table] of tables.entries()) assertTableFits(table, venueShape(config.profile), `snapshot.tables[${i}]`)
  return (index: number | undefined) => {
    if (index === undefined) return undefined
    if (tables[index] === undefined) throw invalid('tables', 'lacks a table that is used')
    return tables[index]
  }
}

function invalid(field: string, message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path: `snapshot.${field}` })
}

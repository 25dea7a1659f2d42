import { operationsOf } from '../../protocol/cash-batch/cash-batch.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { parseJson } from '../../protocol/json.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { listedOperation } from '../../venue/files/cash-batch-file.ts'
import { decodeWith, toJson } from '../../venue/files/schema.ts'
import { stateText } from '../../venue/files/state-text.ts'
import { listedBid } from '../../venue/files/takeover-file.ts'
import type { Tracks } from './fills.ts'
import { restore } from './restore.ts'
import { snapshotSchema } from './snapshot-schema.ts'
import type { Item, Ledger, SealedBatch, SequencerState } from './state.ts'

/** What stands for the venue's state until its text comes; no text of a trader can be like it. */
const STATE = '\0state'

/** The sequencer's state as bytes, as {@link snapshotText} has it. */
export function encodeSnapshot(sequencer: SequencerState): Uint8Array {
  return new TextEncoder().encode([...snapshotText(sequencer)].join(''))
}

/**
 * The sequencer's state as JSON, in parts: the venue's state behind the last final batch in full, and of everything later what it was made
 * of. So going back to any batch that is not final is possible after a restart too. Private: it holds every account, order and view key.
 */
export function* snapshotText(sequencer: SequencerState): Generator<string> {
  const { config, base, batches, open, stalled } = sequencer
  const tables = distinctTables(sequencer)
  const numberOf = (table: RiskTable | undefined) => (table === undefined ? undefined : tables.indexOf(table))
  const document = {
    version: 1,
    config,
    records: sequencer.records,
    clock: sequencer.clock,
    timestamp: sequencer.timestamp,
    tables,
    table: numberOf(sequencer.table),
    bookSecret: sequencer.bookSecret,
    pausedUntil: sequencer.pausedUntil,
    closingFrom: sequencer.closingFrom,
    viewKeys: [...sequencer.viewKeys].map(([account, key]) => ({ account, ...key })),
    viewCommitments: [...sequencer.viewCommitments].map(([account, commitment]) => ({ account, commitment })),
    owners: [...sequencer.owners].map(([account, owner]) => ({ account, owner })),
    circuits: [...sequencer.circuits].map(([circuit, digest]) => ({ circuit, digest })),
    firstEntry: sequencer.firstEntry,
    entries: sequencer.entries,
    stalled: stalled && { timestamp: stalled.timestamp, table: numberOf(stalled.table) },
    waiting: sequencer.waiting.map(listedItem),
    bids: sequencer.bids.map(({ record, at, signed }) => ({ record, at, signed: listedBid(signed) })),
    finalIndex: sequencer.finalIndex,
    base: {
      ...ledgerNumbers(base),
      state: STATE,
      vault: base.vault,
      tracks: listedTracks(base.tracks),
    },
    batches: batches.map((batch) => listedBatch(batch, numberOf)),
    settledIndex: sequencer.settledIndex,
    open: open.items.map(listedItem),
  }
  const [before, after] = JSON.stringify(toJson(document)).split(JSON.stringify(STATE)) as [string, string]
  yield before
  yield* stateText(base.state, config.profile)
  yield after
}

/** The inverse of {@link encodeSnapshot}. Throws INPUT_INVALID, naming the field, for bytes that no sequencer wrote. */
export function decodeSnapshot(bytes: Uint8Array): SequencerState {
  let json: unknown
  try {
    json = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause
    throw new ZkclearError('INPUT_INVALID', 'is no JSON', { path: 'snapshot' })
  }
  const document = decodeWith(snapshotSchema, json, 'INPUT_INVALID', 'snapshot')
  try {
    return restore(document)
  } catch (cause) {
    if (!(cause instanceof ZkclearError) || cause.code === 'INPUT_INVALID') throw cause
    const message = 'has a batch that does not follow from the one before it'
    throw new ZkclearError('INPUT_INVALID', message, { path: 'snapshot.batches', cause })
  }
}

function distinctTables({ table, stalled, batches }: SequencerState): RiskTable[] {
  const used = [table, stalled?.table, ...batches.map(({ work }) => work.transition.context.riskTable)]
  return [...new Set(used)].filter((each) => each !== undefined)
}

function listedItem(item: Item) {
  const { record, clock } = item
  if ('bundle' in item) {
    const { bundle, signer, clientOrderId } = item
    return { record, clock, bundle, signer, clientOrderId }
  }
  return { record, clock, signed: listedOperation(item.signed) }
}

function listedBatch(batch: SealedBatch, numberOf: (table: RiskTable | undefined) => number | undefined) {
  const { work, items, after, proved, sent } = batch
  const { timestamp, riskTable } = work.transition.context
  const head = { circuit: work.circuit, ...ledgerNumbers(after), proved, sent, timestamp, table: numberOf(riskTable) }
  if (work.circuit === 'trade-batch') {
    const { market, closingOnly = false } = work.transition.context
    const sent = new Set(items.flatMap((item) => ('bundle' in item ? [item.bundle] : [])))
    const cleared = work.transition.bundles.filter((bundle) => !sent.has(bundle))
    return { ...head, closingOnly, market, cleared, items: items.map(listedItem) }
  }
  if (work.circuit === 'takeover' || work.circuit === 'deleverage') {
    const { resumedAt } = work.transition.context
    const done =
      work.circuit === 'takeover' ? { bid: listedBid(work.transition.bid) } : { closing: work.transition.closing }
    return { ...head, resumedAt, ...done }
  }
  return {
    ...head,
    operations: operationsOf(work.transition).map(listedOperation),
    sweepMarket: work.transition.sweep?.market,
    items: items.map(({ record }) => record),
    clocks: items.map(({ clock }) => clock),
  }
}

function ledgerNumbers({ retired, retries, served }: Ledger) {
  return { retired, retries, served }
}

function listedTracks(tracks: Tracks) {
  return [...tracks].map(([market, { resting, hand }]) => {
    return { market, resting: [...resting].map(([sequence, name]) => ({ sequence, name })), hand }
  })
}

import { type CashBatch, operationsOf } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation, SignedCashMessage, VenueOperation } from '../../protocol/cash-batch/operation.ts'
import { retriesAfter } from '../../protocol/cash-batch/retries.ts'
import { serveQueue } from '../../venue/serve-queue.ts'
import { type Draft, reopen } from './draft.ts'
import { type CashItem, lastIndex, ledgerOf, missingViewKeys } from './state.ts'
import { finishTrades } from './trades.ts'

export interface CashWork {
  /** Withdrawals and transfers whose turn has come. */
  readonly items?: readonly CashItem[]
  /** Asked for by the record that is reduced. */
  readonly operations?: readonly VenueOperation[]
  readonly sweep?: boolean
}

/**
 * Makes cash batches, behind the unfinished batch if it has orders, which ends: of all entries of the queue, as far as they can be served,
 * the view keys that the state lacks, and the given work.
 */
export function serveCash(draft: Draft, { items = [], operations = [], sweep = false }: CashWork = {}): void {
  // Of a batch that has no orders yet, what it did for one in hand can wait for the next.
  if (draft.open.items.length > 0) finishTrades(draft)
  const ledger = ledgerOf(draft)
  const { config, timestamp, table, owners, viewCommitments, pausedUntil } = draft
  const entries = draft.entries.slice(Number(ledger.served - draft.firstEntry))
  const numbers = new Map<CashOperation, bigint>(
    entries.map(({ operation }, i) => [operation, ledger.served + BigInt(i)]),
  )
  const bySigned = new Map(items.map((item) => [item.signed, item]))
  const served = serveQueue({
    state: ledger.state,
    entries: entries.map(({ operation }) => operation),
    deadlines: entries.map(({ deadline }) => deadline),
    context: { sizes: config.sizes.cash, timestamp, domain: config.domain, riskTable: table, vault: ledger.vault },
    viewKeys: missingViewKeys(draft, ledger.state),
    ...{
      viewCommitments,
      owners,
      operations,
      sweep,
      resumedAt: pausedUntil,
      retired: ledger.retired,
      retries: ledger.retries,
    },
    messages: items.map(({ signed }) => signed),
  })
  for (const batch of served.batches) sealCash(draft, batch, numbers, bySigned)
  tellStalled(draft, served.stopped?.reason)
  for (const { account, reason } of served.refusedKeys) {
    if (reason === 'UNKNOWN_ACCOUNT') continue // it may be registered yet
    draft.viewKeys = without(draft.viewKeys, account)
    draft.effects.push({ kind: 'view-refused', account, reason })
  }
  for (const { signed, reason } of served.refusedMessages) {
    draft.effects.push({ kind: 'refused', record: bySigned.get(signed)!.record, reason })
  }
  for (const { reason } of served.refusedOperations) {
    draft.effects.push({ kind: 'operation-refused', record: draft.records, reason })
  }
  reopen(draft)
}

/** That the front entry cannot be served: once for each time and table. */
function tellStalled(draft: Draft, reason: string | undefined): void {
  const { stalled: before, timestamp, table } = draft
  draft.stalled = reason === undefined ? undefined : { timestamp, table }
  if (reason === undefined || (before?.timestamp === timestamp && before.table === table)) return
  draft.effects.push({ kind: 'stalled', entry: ledgerOf(draft).served, reason })
}

function sealCash(
  draft: Draft,
  batch: CashBatch,
  numbers: ReadonlyMap<CashOperation, bigint>,
  bySigned: ReadonlyMap<SignedCashMessage, CashItem>,
): void {
  const before = ledgerOf(draft)
  const index = lastIndex(draft) + 1
  const operations = operationsOf(batch)
  const served = operations.flatMap((operation) => numbers.get(operation) ?? [])
  const items = operations.flatMap((operation) => ('message' in operation ? [bySigned.get(operation)!] : []))
  const retires = batch.sweep?.retires ? 1n << BigInt(batch.sweep.market) : 0n
  const sealed = {
    index,
    work: { circuit: 'cash-batch', transition: batch } as const,
    items,
    fills: [],
    after: {
      state: batch.after,
      vault: batch.vault,
      retired: before.retired | retires,
      retries: retriesAfter(before.retries, batch),
      served: before.served + BigInt(served.length),
      tracks: before.tracks,
    },
    proved: false,
    sent: false,
  }
  draft.batches = [...draft.batches, sealed]
  draft.effects.push({ kind: 'sealed', batch: sealed })
  for (const entry of served) draft.effects.push({ kind: 'served', entry, batch: index })
  for (const { record } of items) draft.effects.push({ kind: 'executed', record, batch: index })
}

function without<Value>(map: ReadonlyMap<number, Value>, key: number): Map<number, Value> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}

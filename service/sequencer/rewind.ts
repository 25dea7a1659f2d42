import { ZkclearError } from '../../protocol/errors.ts'
import { type Draft, reopen } from './draft.ts'
import { learnOf } from './entries.ts'
import { type Fill, lostFills } from './fills.ts'
import { liquidated } from './liquidate.ts'
import type { RecordOf } from './record.ts'
import {
  type DroppedBatch,
  droppedAt,
  emptyOpen,
  type Item,
  lastIndex,
  ledgerAt,
  ledgerOf,
  ledgerRoot,
  rootOf,
  type SealedBatch,
} from './state.ts'
import { followOpen } from './trades.ts'
import { cutAll } from './turns.ts'

/**
 * Drops the batches after number `to` and makes them anew, under the time and table of now: first the entries of the queue that wait
 * then, and view keys; then every accepted message that the dropped batches included or that had no turn yet, in the order of
 * their records, of each market and of each account. While trading is paused, orders wait until that ends. Messages that were
 * refused stay refused: their traders were told so. Of the fills, those are told that are new, and those that are none any more.
 * What the venue did of its own accord, sweeps, flags, payouts, takeovers and deleveragings, is for whoever asked for it to ask again. Messages of records
 * `without` are refused: of such no witness can be made, or their batch cannot be proved. Batches that the chain may take after all are
 * remembered. Throws INPUT_INVALID for a batch that the chain took or that is not made, and for a record that is no such message.
 */
export function rewind(draft: Draft, { to, cause, without = [] }: Omit<RecordOf<'rewind'>, 'kind'>): void {
  const last = lastIndex(draft)
  if (to < draft.settledIndex || to > last) {
    const message = `need the number of a batch from ${draft.settledIndex}, the last that is settled, to ${last}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'record.to' })
  }
  const { items, fills } = drop(draft, to)
  const missing = without.find((record) => !items.some((item) => item.record === record))
  if (missing !== undefined) {
    const message = `record ${missing} is no message that is made anew`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'record.without' })
  }
  draft.effects.push({ kind: 'rewound', to, cause, messages: items.length - new Set(without).size })
  for (const record of new Set(without)) draft.effects.push({ kind: 'refused', record, reason: 'QUARANTINED' })
  remake(draft, { items: items.filter((item) => !without.includes(item.record)), fills })
}

/**
 * Puts a dropped batch where it was, and makes anew what came since, as {@link rewind} does. A message that it includes and that was
 * refused meanwhile is executed after all, and its trader is told: the chain has the last word.
 */
export function takeBack(draft: Draft, { batch, entries }: DroppedBatch): void {
  const to = batch.index - 1
  const served = ledgerAt(draft, to).served
  const { items, fills } = drop(draft, to)
  const kept = items.filter((item) => !batch.items.some(({ record }) => record === item.record))
  tellAgain(draft, batch)
  draft.effects.push({ kind: 'rewound', to: batch.index, cause: 'REORGANISATION', messages: kept.length })
  draft.batches = [...draft.batches, batch]
  draft.dropped = draft.dropped.filter((one) => one.batch !== batch)
  draft.entries = draft.entries.toSpliced(Number(served - draft.firstEntry), entries.length, ...entries)
  learnOf(draft, entries)
  remake(draft, { items: kept, fills, held: batch })
}

/** What the batch does, but for its fills. */
function tellAgain(draft: Draft, batch: SealedBatch): void {
  const { index, work, items, after, proved } = batch
  const before = ledgerOf(draft)
  if (!proved) draft.effects.push({ kind: 'reproved', batch })
  for (let entry = before.served; entry < after.served; entry++) {
    draft.effects.push({ kind: 'served', entry, batch: index })
  }
  for (const { record } of items) draft.effects.push({ kind: 'executed', record, batch: index })
  if (work.circuit === 'takeover' || work.circuit === 'deleverage') draft.effects.push(liquidated(work, index))
  if (work.circuit !== 'trade-batch') return
  const { events } = followOpen(emptyOpen(before), work.transition, items)
  for (const event of events) draft.effects.push({ kind: 'order', event, batch: index })
}

/** Takes away the batches after number `to` and the unfinished one. Gives what messages and fills they, and those that wait, had. */
function drop(draft: Draft, to: number) {
  rememberSent(draft, to)
  const dropped = draft.batches.slice(to - draft.finalIndex)
  for (const { index } of dropped) draft.effects.push({ kind: 'dropped', index })
  draft.batches = draft.batches.slice(0, to - draft.finalIndex)
  return {
    items: [...dropped.flatMap((batch): readonly Item[] => batch.items), ...draft.open.items, ...draft.waiting],
    fills: [...dropped.flatMap((batch) => batch.fills), ...draft.open.fills],
  }
}

/** Keeps of the batches after number `to` those that the chain may take after all, with the entries that they serve: before these change. */
export function rememberSent(draft: Draft, to: number): void {
  const place = (entry: bigint) => Number(entry - draft.firstEntry)
  for (const batch of draft.batches.slice(to - draft.finalIndex)) {
    if (!batch.sent) continue
    const before = ledgerAt(draft, batch.index - 1)
    const mark = { from: ledgerRoot(before), to: rootOf(batch) }
    if (droppedAt(draft, batch.index, mark) !== undefined) continue
    const entries = draft.entries.slice(place(before.served), place(batch.after.served))
    draft.dropped = [...draft.dropped, { batch, from: mark.from, entries }]
  }
}

/** Makes batches of the items, behind those that are left. `fills` were told of what is made anew; those of the batch `held` stand. */
function remake(
  draft: Draft,
  { items, fills, held }: { items: readonly Item[]; fills: readonly Fill[]; held?: SealedBatch },
): void {
  const kept = draft.batches.length
  draft.waiting = items.toSorted((one, other) => one.record - other.record)
  draft.stalled = undefined
  const told = draft.effects.length
  reopen(draft)
  cutAll(draft)
  const stand = held?.fills ?? []
  const again = [...stand, ...draft.batches.slice(kept).flatMap((batch) => batch.fills)]
  const fresh = new Set(lostFills(again, fills))
  const remade = draft.effects.splice(told).filter((effect) => effect.kind !== 'filled' || fresh.has(effect.fill))
  for (const fill of stand) if (fresh.has(fill)) draft.effects.push({ kind: 'filled', fill, batch: held!.index })
  draft.effects.push(...remade)
  for (const fill of lostFills(fills, again)) draft.effects.push({ kind: 'busted', fill })
}

import { ZkclearError } from '../../protocol/errors.ts'
import { type Draft, reopen } from './draft.ts'
import { lostFills } from './fills.ts'
import type { RecordOf } from './record.ts'
import { lastIndex } from './state.ts'
import { cutAll } from './turns.ts'

/**
 * Drops the batches after number `to` and makes them anew, under the time and table of now: first the entries of the queue that wait
 * then, and view keys; then every accepted message that the dropped batches included or that had no turn yet, in the order of
 * their records, of each market and of each account. While trading is paused, orders wait until that ends. Messages that were
 * refused stay refused: their traders were told so. Of the fills, those are told that are new, and those that are none any more.
 * What the venue did of its own accord, sweeps, flags and payouts, is for whoever asked for it to ask again. Messages of records
 * `without` are refused: of such no witness can be made, or their batch cannot be proved. Throws INPUT_INVALID for a batch that the chain took or that is not made, and for a record that is no such message.
 */
export function rewind(draft: Draft, { to, cause, without = [] }: Omit<RecordOf<'rewind'>, 'kind'>): void {
  const last = lastIndex(draft)
  if (to < draft.settledIndex || to > last) {
    const message = `need the number of a batch from ${draft.settledIndex}, the last that is settled, to ${last}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'record.to' })
  }
  const dropped = draft.batches.slice(to - draft.finalIndex)
  const fills = [...dropped.flatMap((batch) => batch.fills), ...draft.open.fills]
  const items = [...dropped.flatMap((batch) => batch.items), ...draft.open.items, ...draft.waiting]
  const missing = without.find((record) => !items.some((item) => item.record === record))
  if (missing !== undefined) {
    const message = `record ${missing} is no message that is made anew`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'record.without' })
  }
  for (const { index } of dropped) draft.effects.push({ kind: 'dropped', index })
  draft.effects.push({ kind: 'rewound', to, cause, messages: items.length - new Set(without).size })
  draft.batches = draft.batches.slice(0, to - draft.finalIndex)
  for (const record of new Set(without)) draft.effects.push({ kind: 'refused', record, reason: 'QUARANTINED' })
  const kept = items.filter((item) => !without.includes(item.record))
  draft.waiting = kept.toSorted((one, other) => one.record - other.record)
  draft.stalled = undefined
  const told = draft.effects.length
  reopen(draft)
  cutAll(draft)
  const again = draft.batches.slice(to - draft.finalIndex).flatMap((batch) => batch.fills)
  const fresh = new Set(lostFills(again, fills))
  const remade = draft.effects.splice(told).filter((effect) => effect.kind !== 'filled' || fresh.has(effect.fill))
  draft.effects.push(...remade)
  for (const fill of lostFills(fills, again)) draft.effects.push({ kind: 'busted', fill })
}

import { needsNoSignature } from '../../protocol/bundle.ts'
import { accountAt } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import type { Draft } from './draft.ts'
import { followBatch, goneOrders, type OrderName, pruneTracks } from './fills.ts'
import { isSameKey, isSigned } from './signatures.ts'
import { emptyOpen, type Item, lastIndex, ledgerOf, type OpenBatch, type TradeItem } from './state.ts'

/** Gives the order or bundle its turn: into the unfinished batch, or a fresh one. */
export function executeTrade(draft: Draft, item: TradeItem): void {
  const builder = draft.open.builder!
  const refuse = (reason: string) => draft.effects.push({ kind: 'refused', record: item.record, reason })
  if (!isStillSigned(draft, item)) {
    refuse('BAD_SIGNATURE')
    return
  }
  const refused = builder.refused.length
  const items = [...draft.open.items, item]
  const done = builder.push(item.bundle)
  for (const batch of done) sealTrades(draft, batch, items)
  const reason = builder.refused[refused]?.reason
  if (reason !== undefined) {
    refuse(reason)
    return
  }
  draft.effects.push({ kind: 'executed', record: item.record, batch: lastIndex(draft) + 1 })
  draft.open = { ...draft.open, items: [...draft.open.items, item] }
  if (builder.pending !== undefined) follow(draft, builder.pending, items)
}

/** Ends the unfinished batch, and works off the order in hand. */
export function finishTrades(draft: Draft): void {
  const { builder, items } = draft.open
  for (const batch of builder?.finish() ?? []) sealTrades(draft, batch, items)
}

/** A key that the owner changed since the message came: it has to hold under the one that the batch will be proved with. */
function isStillSigned({ open, config }: Draft, { account, signer, bundle }: TradeItem): boolean {
  const key = accountAt(open.builder!.state, account)?.tradingKey
  if (key === undefined || needsNoSignature(bundle)) return true
  return isSameKey(key, signer) || isSigned(bundle, config.domain, key)
}

function sealTrades(draft: Draft, batch: TradeBatch, items: readonly Item[]): void {
  follow(draft, batch, items)
  const { builder, fills, tracks } = draft.open
  const before = ledgerOf(draft)
  const index = lastIndex(draft) + 1
  const { market } = batch.context
  const left = pruneTracks(tracks, market, batch.after)
  const sealed = {
    index,
    work: { circuit: 'trade-batch', transition: batch } as const,
    items: itemsOf(batch, items),
    fills,
    after: { ...before, state: batch.after, tracks: left },
    proved: false,
    sent: false,
  }
  for (const order of goneOrders(tracks, left, market)) {
    draft.effects.push({ kind: 'order', event: { kind: 'gone', order }, batch: index })
  }
  draft.batches = [...draft.batches, sealed]
  draft.effects.push({ kind: 'sealed', batch: sealed })
  draft.open = emptyOpen(sealed.after, builder)
}

/** Learns what the batch did since it was looked at last, and tells it. */
function follow(draft: Draft, transition: TradeBatch, items: readonly Item[]): void {
  const { open, events, fills } = followOpen(draft.open, transition, items)
  const batch = lastIndex(draft) + 1
  for (const event of events) draft.effects.push({ kind: 'order', event, batch })
  for (const fill of fills) draft.effects.push({ kind: 'filled', fill, batch })
  draft.open = open
}

/** The unfinished batch with what its steps so far tell, and what of that is new. */
export function followOpen(open: OpenBatch, batch: TradeBatch, items: readonly Item[]) {
  const names = batch.bundles.slice(open.seen.bundles).flatMap((bundle): (OrderName | undefined)[] => {
    const record = items.findLast((item) => 'bundle' in item && item.bundle === bundle)?.record
    return bundle.messages.map((_, place) => (record === undefined ? undefined : { record, place }))
  })
  const { tracks, fills, events, seen } = followBatch(open.tracks, batch, names, open.seen)
  return { open: { ...open, tracks, seen, fills: [...open.fills, ...fills] }, events, fills }
}

/** Those of the items that the batch includes, in its order. The builder's own cancels of dead orders are none. */
function itemsOf({ bundles }: TradeBatch, items: readonly Item[]): TradeItem[] {
  const known = new Map(items.flatMap((item) => ('bundle' in item ? [[item.bundle, item] as const] : [])))
  return bundles.flatMap((bundle) => known.get(bundle) ?? [])
}

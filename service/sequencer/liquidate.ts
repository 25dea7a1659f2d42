import { deleverageAccount } from '../../protocol/deleverage/choose.ts'
import { accountAt } from '../../protocol/state.ts'
import { auctionOf } from '../../protocol/takeover/auction.ts'
import { bestTakeover } from '../../protocol/takeover/best-bid.ts'
import type { TakeoverContext } from '../../protocol/takeover/pass.ts'
import { usableBids } from './bids.ts'
import { type Draft, reopen } from './draft.ts'
import type { Effect } from './effects.ts'
import type { RecordOf } from './record.ts'
import { isPaused, lastIndex, ledgerOf, type SealedBatch, type SequencerState } from './state.ts'
import { cutTrades } from './turns.ts'

type LiquidationWork = Extract<SealedBatch['work'], { circuit: 'takeover' | 'deleverage' }>

/** The account passes to the best of its bids that the rules allow now, behind all orders that wait; or it is told why not. */
export function takeOver(draft: Draft, { victim, cover }: RecordOf<'takeover'>): void {
  const context = begin(draft, victim)
  if (context === undefined) return
  const signed = usableBids(draft, victim).map((bid) => bid.signed)
  const { takeover, refused } = bestTakeover(ledgerOf(draft).state, signed, context, cover)
  if (takeover === undefined) refuse(draft, refused[0]?.reason ?? 'NO_BID')
  else seal(draft, { circuit: 'takeover', transition: takeover })
  reopen(draft)
}

/** Lots of the account are closed against others', the highest score first, behind all orders that wait; or it is told why none can be. */
export function deleverage(draft: Draft, { victim, mayPay, most }: RecordOf<'deleverage'>): void {
  const context = begin(draft, victim)
  if (context === undefined) return
  const { made, end } = deleverageAccount(ledgerOf(draft).state, victim, context, { mayPay, most })
  for (const transition of made) seal(draft, { circuit: 'deleverage', transition })
  if (made.length === 0) refuse(draft, end!.reason)
  reopen(draft)
}

/** What both are made under, once the orders that wait had their turn; undefined, and told why, where the contract would take neither. */
function begin(draft: Draft, victim: number): TakeoverContext | undefined {
  const { config, table: riskTable, pausedUntil: resumedAt } = draft
  if (isPaused(draft)) return refuse(draft, 'PAUSED')
  if (riskTable === undefined) return refuse(draft, 'STALE')
  cutTrades(draft)
  if (rescueGoesFirst(draft, victim)) return refuse(draft, 'RESCUE')
  return { timestamp: draft.timestamp, domain: config.domain, riskTable, resumedAt }
}

/**
 * Whether the contract may have something of the account to be served before it is taken over or deleveraged
 * (protocol.md#takeover-on-chain): a deposit or a cure waits behind an entry from before its auction opened, or a cure may be tried again.
 */
export function rescueGoesFirst(sequencer: SequencerState, victim: number): boolean {
  const { table, pausedUntil, entries, firstEntry } = sequencer
  const { state, served, retries } = ledgerOf(sequencer)
  const account = accountAt(state, victim)
  if (account === undefined || table === undefined) return false
  if (retries.includes(victim)) return true
  const waiting = entries.slice(Number(served - firstEntry))
  const isAsked = waiting.some(({ operation: { kind, account } }) => {
    return account === victim && (kind === 'DEPOSIT' || kind === 'CURE')
  })
  return isAsked && (waiting[0]?.askedAt ?? 0n) < auctionOf(account, table, pausedUntil).opens
}

/** Such a batch changes accounts and nothing else. */
function seal(draft: Draft, work: LiquidationWork): void {
  const before = ledgerOf(draft)
  const after = { ...before, state: work.transition.after }
  const sealed = { index: lastIndex(draft) + 1, work, items: [], fills: [], after, proved: false, sent: false }
  draft.batches = [...draft.batches, sealed]
  draft.effects.push({ kind: 'sealed', batch: sealed }, liquidated(work, sealed.index))
}

/** What is told of it, which its words tell everybody. */
export function liquidated(work: LiquidationWork, batch: number): Effect {
  if (work.circuit === 'deleverage') return { kind: 'deleveraged', closing: work.transition.closing, batch }
  const { victim, bidder, price } = work.transition.bid.bid
  return { kind: 'taken-over', victim, bidder, price, batch }
}

function refuse(draft: Draft, reason: string): undefined {
  draft.effects.push({ kind: 'operation-refused', record: draft.records, reason })
}

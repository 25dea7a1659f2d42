import { fillBatch } from '../../protocol/trade-batch/market-queues.ts'
import { Waiting } from '../../protocol/trade-batch/waiting.ts'
import { mayRetry } from '../../venue/serve-queue.ts'
import { serveCash } from './cash.ts'
import type { Draft } from './draft.ts'
import { type CashItem, currentState, type Item, isPaused, ledgerOf, missingViewKeys } from './state.ts'
import { executeTrade, finishTrades } from './trades.ts'

type IsDue = (queue: readonly Item[]) => boolean

/** Gives all queues their turn that have enough for a batch. */
export function runFullQueues(draft: Draft): void {
  // After almost every message none has: that is seen before anything is made ready to take turns.
  const queues = Map.groupBy(readyItems(draft), ({ market }) => market)
  if ([...queues.values()].some((queue) => isFull(draft, queue))) takeTurns(draft, (queue) => isFull(draft, queue))
}

/** Gives all orders that wait their turn, and ends their batch: what comes later is of another time or table, or waited too long. */
export function cutTrades(draft: Draft): void {
  takeTurns(draft, ([first]) => 'bundle' in first!)
  finishTrades(draft)
}

/** Gives all that waits its turn, entries of the queue first. */
export function cutAll(draft: Draft): void {
  if (isCashDue(draft, () => true)) serveCash(draft)
  takeTurns(draft, () => true)
  finishTrades(draft)
}

/** Cuts what has waited as long as it may. */
export function cutOverdue(draft: Draft): void {
  const { cutMilliseconds, cashMilliseconds } = draft.config
  const olderThan = (most: bigint) => (clock: bigint) => clock + most <= draft.clock
  const trades = [...draft.open.items, ...draft.waiting].filter((item) => 'bundle' in item)
  if (!isPaused(draft) && trades.some(({ clock }) => olderThan(cutMilliseconds)(clock))) cutTrades(draft)
  const isCashOld = olderThan(cashMilliseconds)
  if (isCashDue(draft, isCashOld)) serveCash(draft)
  takeTurns(draft, (queue) => queue.some((item) => 'signed' in item && isCashOld(item.clock)))
}

/** Takes items in turn, market by market, in the order that Waiting says; cash messages that come together, together. */
function takeTurns(draft: Draft, isDue: IsDue): void {
  const queues = new Waiting<Item>()
  for (const item of readyItems(draft)) queues.add(item)
  const taken = [...queues.take(isDue)]
  if (taken.length === 0) return
  const gone = new Set(taken)
  draft.waiting = draft.waiting.filter((item) => !gone.has(item))
  let cash: CashItem[] = []
  for (const item of taken) {
    if ('signed' in item) {
      cash.push(item)
      continue
    }
    if (cash.length > 0) serveCash(draft, { items: cash })
    cash = []
    executeTrade(draft, item)
  }
  if (cash.length > 0) serveCash(draft, { items: cash })
}

/** What may have its turn now. */
function readyItems(draft: Draft): readonly Item[] {
  return isPaused(draft) ? cashAlone(draft.waiting) : draft.waiting
}

/** What a pause leaves to be done: withdrawals and transfers before which no order of their account waits. */
function cashAlone(waiting: readonly Item[]): CashItem[] {
  const trading = new Set<number>()
  return waiting.filter((item): item is CashItem => {
    if ('bundle' in item) trading.add(item.account)
    return 'signed' in item && !trading.has(item.account)
  })
}

function isFull({ config }: Draft, queue: readonly Item[]): boolean {
  const bundles = queue.flatMap((item) => ('bundle' in item ? [item.bundle] : []))
  if (bundles.length > 0) return fillBatch(bundles, config.sizes.trade)
  const slots = queue.map((item) => ('signed' in item && item.signed.message.kind === 'TRANSFER_OUT' ? 2 : 1))
  return slots.reduce((sum, count) => sum + count, 0) >= config.sizes.cash.slots
}

/** Whether an entry of the queue, or a view key, has waited so long, and there is something new to try; or a cure is to be tried again. */
function isCashDue(draft: Draft, isOld: (clock: bigint) => boolean): boolean {
  const { entries, firstEntry, stalled, timestamp, table } = draft
  const front = entries[Number(ledgerOf(draft).served - firstEntry)]
  const isStalled = stalled !== undefined && stalled.timestamp === timestamp && stalled.table === table
  if (front !== undefined && !isStalled && isOld(front.clock)) return true
  const state = currentState(draft)
  const { retries } = ledgerOf(draft)
  if (retries.some((account) => mayRetry(state, account, { riskTable: table, timestamp }))) return true
  for (const account of missingViewKeys(draft, state).keys()) {
    if (state.accounts.get(account) !== undefined && isOld(draft.viewKeys.get(account)!.clock)) return true
  }
  return false
}

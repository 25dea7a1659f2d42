/** A fault of the sequencer that schedules have to find: text of one of its files that stands there once, and what stands there instead. */
export interface PlantedFault {
  /** What goes wrong. */
  readonly name: string
  /** Relative to the repository. */
  readonly file: string
  readonly text: string
  readonly instead: string
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'a rewind forgets what had no turn yet',
    file: 'service/sequencer/rewind.ts',
    text: '...draft.open.items, ...draft.waiting]',
    instead: '...draft.open.items]',
  },
  {
    name: 'a batch that the chain takes after all is executed again',
    file: 'service/sequencer/rewind.ts',
    text: 'items.filter((item) => !batch.items.some(({ record }) => record === item.record))',
    instead: 'items',
  },
  {
    name: 'messages are made anew in the order of their batches',
    file: 'service/sequencer/rewind.ts',
    text: 'items.toSorted((one, other) => one.record - other.record)',
    instead: 'items',
  },
  {
    name: 'what was sent and dropped is forgotten',
    file: 'service/sequencer/rewind.ts',
    text: 'if (!batch.sent) continue',
    instead: 'continue',
  },
  {
    name: 'a fill that comes again is told again',
    file: 'service/sequencer/rewind.ts',
    text: "effect.kind !== 'filled' || fresh.has(effect.fill)",
    instead: 'true',
  },
  {
    name: 'a fill that is none any more is not told',
    file: 'service/sequencer/rewind.ts',
    text: "for (const fill of lostFills(fills, again)) draft.effects.push({ kind: 'busted', fill })",
    instead: '',
  },
  {
    name: 'a signature of a key that was rotated away is good',
    file: 'service/sequencer/trades.ts',
    text: 'return isSameKey(key, signer) || isSigned(bundle, config.domain, key)',
    instead: 'return true',
  },
  {
    name: 'an account has its turn in two markets in any order',
    file: 'protocol/trade-batch/waiting.ts',
    text: 'return this.#accounts.get(item.account)![earlier] !== item',
    instead: 'return false',
  },
  {
    name: 'orders that wait meet a later time',
    file: 'service/sequencer/reducer.ts',
    text: '    cutTrades(draft)\n    draft.timestamp = now\n    reopen(draft)',
    instead: '    draft.timestamp = now',
  },
  {
    name: 'an entry that a reorganisation changed stays as it was',
    file: 'service/sequencer/reducer.ts',
    text: "if (to !== undefined) rewind(draft, { to, cause: 'REORGANISATION' })",
    instead: '',
  },
  {
    name: 'messages go before entries when batches are made anew',
    file: 'service/sequencer/turns.ts',
    text: '  if (isCashDue(draft, () => true)) serveCash(draft)\n  takeTurns(draft, () => true)',
    instead: '  takeTurns(draft, () => true)\n  if (isCashDue(draft, () => true)) serveCash(draft)',
  },
  {
    name: 'an entry that is served is served again',
    file: 'service/sequencer/cash.ts',
    text: 'served: before.served + BigInt(served.length)',
    instead: 'served: before.served + BigInt(served.length === 3 ? 2 : served.length)',
  },
  {
    name: 'the vault stays as it was',
    file: 'service/sequencer/cash.ts',
    text: 'vault: batch.vault,',
    instead: 'vault: before.vault,',
  },
  {
    name: 'the end of trading closes nothing',
    file: 'service/sequencer/draft.ts',
    text: 'timestamp >= closingFrom',
    instead: 'timestamp > closingFrom',
  },
  {
    name: 'a liquidation leaves the accounts as they were',
    file: 'service/sequencer/liquidate.ts',
    text: 'state: work.transition.after }',
    instead: 'state: work.transition.before }',
  },
  {
    name: 'a batch that is not final goes with one that is',
    file: 'service/sequencer/finality.ts',
    text: 'draft.batches.slice(index - draft.finalIndex)',
    instead: 'draft.batches.slice(index - draft.finalIndex + 1)',
  },
  {
    name: 'a restart forgets that a settlement was sent',
    file: 'service/sequencer/restore.ts',
    text: 'const head = { index: finalIndex + batches.length + 1, proved, sent }',
    instead: 'const head = { index: finalIndex + batches.length + 1, proved, sent: false && sent }',
  },
  {
    name: 'a sequencer remembers what came before its snapshot',
    file: 'service/sequencer/reducer.ts',
    text: 'function tick(draft: Draft, clock: bigint): void {',
    instead: 'let ticks = 0\nfunction tick(draft: Draft, clock: bigint): void {\n  if (++ticks % 7 === 0) return',
  },
  {
    name: 'an account that a batch touched twice is as it was after the first time',
    file: 'protocol/trade-batch/apply.ts',
    text: 'filter(([, { after, written }]) => after !== written)',
    instead: 'filter(([, { before, written }]) => before === written)',
  },
  {
    name: 'the sides of a trade do not add up',
    file: 'protocol/trade-batch/matching.ts',
    text: 'cash: sign * notional - makerFee }',
    instead: 'cash: sign * notional - makerFee + 1n }',
  },
]

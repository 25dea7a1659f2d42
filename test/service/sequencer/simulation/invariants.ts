import assert from 'node:assert/strict'
import { quoteAtMarks } from '../../../../protocol/exit.ts'
import { openInterestOf } from '../../../../protocol/state.ts'
import type { Effect } from '../../../../service/sequencer/effects.ts'
import { type Fill, fillName, lostFills } from '../../../../service/sequencer/fills.ts'
import type { SequencerRecord } from '../../../../service/sequencer/record.ts'
import {
  currentState,
  type Item,
  ledgerOf,
  type SealedBatch,
  type SequencerState,
} from '../../../../service/sequencer/state.ts'
import type { Chain } from './chain.ts'

/** Whether the batch has cancels that nobody sent. */
function clearsDead({ work, items }: SealedBatch): boolean {
  return work.circuit === 'trade-batch' && work.transition.bundles.length > items.length
}

/** What traders and the chain were told, kept apart from the sequencer. */
export class Witness {
  readonly accepted = new Set<number>()
  readonly refused = new Set<number>()
  /** Fills that hold as far as traders know. */
  fills: Fill[] = []
  readonly seen = new Map<string, number>()

  note(record: SequencerRecord, effects: readonly Effect[]): void {
    this.count(record.kind)
    for (const effect of effects) {
      this.count(`> ${effect.kind}`)
      if (effect.kind === 'sealed' && clearsDead(effect.batch)) this.count('dead orders taken back')
      if (effect.kind === 'verdict' && effect.verdict === 'ACCEPTED') this.accepted.add(effect.record)
      if (effect.kind === 'refused') {
        assert.ok(
          this.accepted.has(effect.record) && !this.refused.has(effect.record),
          'one last word for each message',
        )
        this.refused.add(effect.record)
      }
      // The chain has the last word.
      if (effect.kind === 'executed') this.refused.delete(effect.record)
      if (effect.kind === 'filled') this.fills.push(effect.fill)
      if (effect.kind === 'busted') {
        const rest = lostFills(this.fills, [effect.fill])
        assert.equal(rest.length, this.fills.length - 1, 'what is busted was told')
        this.fills = rest
      }
    }
    if (effects.some(({ kind }) => kind === 'rewound')) assertEntriesFirst(effects)
  }

  count(name: string): void {
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1)
  }
}

/** What may be asked after every record. */
export function assertSound(state: SequencerState, witness: Witness, chain: Chain): void {
  const batches = [...chain.settled, ...state.batches.filter(({ index }) => index > chain.settled.length)]
  const items = [...batches.flatMap((batch) => batch.items), ...state.open.items]
  assertAllThere([...items, ...state.waiting], witness)
  const last = assertOrder(items, ({ account }) => account, 'account')
  // In a pause a withdrawal may go before another account's, which waits behind orders: of cash, only accounts keep an order.
  assertOrder(
    items.filter((item) => 'bundle' in item),
    ({ market }) => market,
    'market',
  )
  assertOrder(state.waiting, () => 0, 'those that wait')
  for (const { account, record } of state.waiting) {
    assert.ok((last.get(account) ?? -1) < record, 'no message overtakes an earlier one of its account')
  }
  assertSameFills(witness.fills, [...batches.flatMap((batch) => batch.fills), ...state.open.fills])
  for (const [i, { index }] of state.batches.entries()) assert.equal(index, state.finalIndex + 1 + i)
}

function assertAllThere(items: readonly Item[], { accepted, refused }: Witness): void {
  const records = new Set(items.map(({ record }) => record))
  assert.equal(records.size, items.length, 'no message is applied twice')
  for (const record of records) assert.ok(accepted.has(record) && !refused.has(record), 'what is refused stays out')
  for (const record of refused) assert.ok(accepted.has(record))
  assert.equal(records.size + refused.size, accepted.size, 'no accepted message is lost')
}

const names = new WeakMap<Fill, string>()

function nameOf(fill: Fill): string {
  const name = names.get(fill) ?? fillName(fill)
  names.set(fill, name)
  return name
}

function assertSameFills(told: readonly Fill[], made: readonly Fill[]): void {
  const left = new Map<string, number>()
  for (const fill of told) left.set(nameOf(fill), (left.get(nameOf(fill)) ?? 0) + 1)
  for (const fill of made) left.set(nameOf(fill), (left.get(nameOf(fill)) ?? 0) - 1)
  for (const [name, count] of left) assert.equal(count, 0, `traders know the fills: ${name}`)
}

/** Of everything that is owed, and of the count of open interest: worth the time after a schedule. */
export function assertConserved(sequencer: SequencerState): void {
  const state = currentState(sequencer)
  const accounts = [...state.accounts.entries()].map(([, account]) => account)
  const table = sequencer.table
  const fees = [...state.books.entries()].reduce((sum, [, book]) => sum + book.fees, 0n)
  const { vault } = ledgerOf(sequencer)
  for (const [k, lots] of vault.entries()) {
    const owed = accounts.reduce(
      (sum, account) => sum + (k === 0 ? quoteAtMarks(account, table) : account.collateral[k]!),
      0n,
    )
    assert.equal(owed + (k === 0 ? fees : 0n), lots, `the vault holds what accounts and books own of asset ${k}`)
  }
  assert.deepEqual(state.openInterest, openInterestOf(accounts, state.shape))
}

/** Gives the last record of each group. */
function assertOrder(items: readonly Item[], groupOf: (item: Item) => number, name: string): Map<number, number> {
  const last = new Map<number, number>()
  for (const item of items) {
    const group = groupOf(item)
    assert.ok((last.get(group) ?? -1) < item.record, `messages of ${name} keep their order`)
    last.set(group, item.record)
  }
  return last
}

/** After a rewind no message is executed before the queue was served as far as it can be. */
function assertEntriesFirst(effects: readonly Effect[]): void {
  const begin = effects.findIndex(({ kind }) => kind === 'rewound')
  const kinds = effects.slice(begin).map(({ kind }) => kind)
  const served = kinds.findIndex((kind) => kind === 'served' || kind === 'stalled')
  const first = kinds.indexOf('executed')
  assert.ok(first === -1 || served < first, 'entries of the queue come before messages')
}

import { viewCommitment } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { accountAt } from '../../protocol/state.ts'
import { assertTableFits } from '../../venue/files/venue-files.ts'
import { takeBid } from './bids.ts'
import { serveCash } from './cash.ts'
import { type Draft, draftOf, reopen, stateOf } from './draft.ts'
import type { Effect } from './effects.ts'
import { learnOf } from './entries.ts'
import { changeCircuit, markFinal, markProved, markSent, markSettled, markUnproved, markUnsettled } from './finality.ts'
import { judgeCashMessage, judgeMessage } from './judge.ts'
import { deleverage, takeOver } from './liquidate.ts'
import type { RecordKind, RecordOf, SequencerRecord } from './record.ts'
import { rememberSent, rewind } from './rewind.ts'
import { cashQueue, currentState, ledgerAt, ledgerOf, type SealedBatch, type SequencerState } from './state.ts'
import { finishTrades } from './trades.ts'
import { cutAll, cutOverdue, cutTrades, runFullQueues } from './turns.ts'

export interface Reduced {
  readonly state: SequencerState
  readonly effects: readonly Effect[]
}

/**
 * The sequencer: what a record does to what it knows, and what follows for traders, provers and streams. Pure: no clock, no
 * randomness, nothing but its arguments; so a snapshot and the records after it lead to the same state, to the bit, wherever they
 * are reduced. Throws INPUT_INVALID for a record that cannot come now, which has to be kept out of the journal, and for a
 * verdict that does not follow from what came before; that field values are in their ranges, {@link decodeRecord} has seen to.
 *
 * @example
 * let state = startSequencer({ config, state: emptyState(shape), vault: [0n, 0n] })
 * for (const record of journal) state = reduce(state, record).state
 */
export function reduce(state: SequencerState, record: SequencerRecord): Reduced {
  const draft = draftOf(state)
  apply(draft, record)
  draft.records++
  return { state: stateOf(draft), effects: draft.effects }
}

const APPLY: { readonly [Kind in RecordKind]: (draft: Draft, record: RecordOf<Kind>) => void } = {
  message: takeMessage,
  'cash-message': takeCashMessage,
  tick: (draft, { clock }) => tick(draft, clock),
  table: changeTable,
  queue: takeEntries,
  owner: changeOwner,
  cut: (draft, { cash }) => (cash ? cutAll(draft) : cutTrades(draft)),
  view: takeViewKey,
  sweep: (draft) => serveCash(draft, { sweep: true }),
  operations: (draft, { operations }) => serveCash(draft, { operations }),
  bid: takeBid,
  takeover: takeOver,
  deleverage,
  'book-salt': (draft, { secret }) => setSalt(draft, secret),
  pause: (draft, { until }) => changeTerms(draft, { pausedUntil: until }),
  closing: (draft, { from }) => changeTerms(draft, { closingFrom: from }),
  rewind,
  circuit: (draft, { circuit, digest }) => changeCircuit(draft, circuit, digest),
  proved: (draft, { index, root }) => markProved(draft, index, root),
  unproved: (draft, { index, root }) => markUnproved(draft, index, root),
  sent: (draft, { index, root }) => markSent(draft, index, root),
  settled: (draft, { index, root }) => markSettled(draft, index, root),
  reorganised: (draft, { settled }) => markUnsettled(draft, settled),
  final: (draft, { index }) => markFinal(draft, index),
  act: () => undefined,
}

function apply<Kind extends RecordKind>(draft: Draft, record: RecordOf<Kind>): void {
  const handle = APPLY[record.kind as Kind]
  handle(draft, record)
}

function takeMessage(draft: Draft, { bundle, verdict, clientOrderId }: RecordOf<'message'>): void {
  requireVerdict(verdict, judgeMessage(draft, bundle, false))
  draft.effects.push({ kind: 'verdict', record: draft.records, verdict })
  if (verdict !== 'ACCEPTED') return
  const { account, market } = bundle.messages[0]!
  const signer = accountAt(currentState(draft), account)!.tradingKey
  const item = { record: draft.records, account, market, clock: draft.clock, bundle, signer, clientOrderId }
  draft.waiting = [...draft.waiting, item]
  runFullQueues(draft)
}

function takeCashMessage(draft: Draft, { signed, verdict }: RecordOf<'cash-message'>): void {
  requireVerdict(verdict, judgeCashMessage(draft, signed, false))
  draft.effects.push({ kind: 'verdict', record: draft.records, verdict })
  if (verdict !== 'ACCEPTED') return
  const { account } = signed.message
  const market = cashQueue(currentState(draft))
  const item = { record: draft.records, account, market, clock: draft.clock, signed }
  draft.waiting = [...draft.waiting, item]
  runFullQueues(draft)
}

/** Signatures were checked when the record was written: what it says of one is believed. */
function requireVerdict(said: string, found: string): void {
  if (said === found || (said === 'BAD_SIGNATURE' && found === 'ACCEPTED')) return
  const message = `the record says ${said}, and ${found} follows from those before it`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'record.verdict', details: { reason: 'DIVERGED' } })
}

/** Time passes: batches of an earlier second end, and what has waited as long as it may has its turn. */
function tick(draft: Draft, clock: bigint): void {
  if (clock > draft.clock) draft.clock = clock
  const now = draft.clock / 1000n
  if (now >= draft.timestamp + draft.config.tickSeconds) {
    cutTrades(draft)
    draft.timestamp = now
    reopen(draft)
  }
  cutOverdue(draft)
}

function changeTable(draft: Draft, { table, relisted }: RecordOf<'table'>): void {
  assertTableFits(table, ledgerOf(draft).state.shape, 'record.table')
  cutTrades(draft)
  draft.table = table
  if (relisted !== 0n) {
    const again = (ledger: typeof draft.base) => ({ ...ledger, retired: ledger.retired & ~relisted })
    draft.base = again(draft.base)
    const relist = (batch: SealedBatch) => ({ ...batch, after: again(batch.after) })
    draft.batches = draft.batches.map(relist)
    draft.dropped = draft.dropped.map((one) => ({ ...one, batch: relist(one.batch) }))
  }
  reopen(draft)
}

/** Entries that were told before may stand otherwise after a reorganisation: batches that served them are made anew. */
function takeEntries(draft: Draft, { first, entries }: RecordOf<'queue'>): void {
  const end = draft.firstEntry + BigInt(draft.entries.length)
  const { served } = ledgerOf(draft)
  const least = ledgerAt(draft, draft.settledIndex).served
  if (first < least || first > end) {
    const message = `need a number from ${least}, the first that no settled batch serves, to ${end}, the first that is not known`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'record.first' })
  }
  const whole = draft.batches.findLastIndex(({ after }) => after.served <= first) + 1
  const to = first < served ? whole + draft.finalIndex : undefined
  if (to !== undefined) rememberSent(draft, to)
  const { clock } = draft
  const kept = draft.entries.slice(0, Number(first - draft.firstEntry))
  draft.entries = [...kept, ...entries.map((entry) => ({ ...entry, clock }))]
  draft.stalled = undefined
  learnOf(draft, entries)
  if (to !== undefined) rewind(draft, { to, cause: 'REORGANISATION' })
}

function changeOwner(draft: Draft, { account, owner }: RecordOf<'owner'>): void {
  const owners = new Map(draft.owners)
  if (owner === undefined) owners.delete(account)
  else owners.set(account, owner)
  draft.owners = owners
}

/** Kept until the account is there, and entered then if it is the one that its owner registered. */
function takeViewKey(draft: Draft, { account, viewKey }: RecordOf<'view'>): void {
  const commitment = draft.viewCommitments.get(account)
  if (commitment !== undefined && viewCommitment(viewKey) !== commitment) {
    draft.effects.push({ kind: 'view-refused', account, reason: 'VIEW_COMMITMENT' })
    return
  }
  draft.viewKeys = new Map(draft.viewKeys).set(account, { viewKey, clock: draft.clock })
}

function setSalt(draft: Draft, secret: bigint): void {
  if (draft.bookSecret !== undefined) {
    throw new ZkclearError('INPUT_INVALID', 'the salts of the books have their secret already', {
      path: 'record.secret',
    })
  }
  draft.bookSecret = secret
  reopen(draft)
}

/** Orders that wait are of the new terms already. */
function changeTerms(draft: Draft, terms: Partial<Pick<Draft, 'pausedUntil' | 'closingFrom'>>): void {
  finishTrades(draft)
  Object.assign(draft, terms)
  reopen(draft)
}

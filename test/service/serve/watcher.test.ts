import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeTable, SMALL } from '../../../lab/instances/model.ts'
import { emptyState, stateRoot } from '../../../protocol/state.ts'
import type { QueuedEntry, SequencerRecord } from '../../../service/sequencer/record.ts'
import { reduce } from '../../../service/sequencer/reducer.ts'
import { DEFAULT_PACE, type SequencerState, startSequencer } from '../../../service/sequencer/state.ts'
import { difference } from '../../../service/watcher/agreed-reader.ts'
import { chainNews } from '../../../service/watcher/chain-records.ts'
import type { ChainView } from '../../../service/watcher/chain-view.ts'
import { rewindDue } from '../../../service/watcher/rewind-due.ts'
import { bid, COVER, flagged, open, VICTIM } from '../sequencer/crisis.ts'

const NOW = 1_700_000_000n
const EMPTY = stateRoot(emptyState(SMALL))
const BLOCK = { number: 9, hash: `0x${'ab'.repeat(32)}` }
const TABLE = makeTable(SMALL, { takerFeeBps: 5n, makerFeeBps: 2n, asOf: NOW }, { mark: 1000n })

const entry = (account: number, amount: bigint): QueuedEntry => ({
  operation: { kind: 'DEPOSIT', account, asset: 0, amount },
  deadline: NOW + 86_400n,
})
const FIRST = entry(0, 5n)
const SECOND = entry(0, 6n)

const start = startSequencer({
  config: {
    ...{ profile: 'small', domain: 1n, ...DEFAULT_PACE },
    sizes: {
      trade: { name: 'small', messages: 4, signatures: 4, steps: 6, accounts: 3, lightAccounts: 1 },
      cash: { name: 'small', slots: 4 },
    },
  },
  state: emptyState(SMALL),
  vault: [0n, 0n],
})

const after = (...records: SequencerRecord[]): SequencerState =>
  records.reduce((state, record) => reduce(state, record).state, start)

const TICK: SequencerRecord = { kind: 'tick', clock: NOW * 1000n }
const queue = (first: bigint, ...entries: QueuedEntry[]): SequencerRecord => ({
  ...{ kind: 'queue', first, entries },
  ...{ blockNumber: BigInt(BLOCK.number), blockHash: BLOCK.hash },
})

const quiet: ChainView = {
  ...{ block: BLOCK, time: NOW, pausedUntil: 0n, closingFrom: undefined, frozenAt: 0n, table: undefined },
  ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0 },
  settled: { count: 0, root: EMPTY },
}

/** A registration makes the one batch there is, which moves the root. */
const REGISTRATION: QueuedEntry = {
  operation: { kind: 'REGISTER', account: 0, key: { x: 0n, y: 1n }, ownerCommitment: 1n },
  deadline: NOW + 86_400n,
}
const sealed = () => after(TICK, queue(0n, REGISTRATION), { kind: 'cut', cash: true })

describe('news of the chain', () => {
  const told = (state: SequencerState, changes: Partial<ChainView>) => chainNews(state, { ...quiet, ...changes })

  it('are none where nothing happened', () => assert.deepEqual(told(start, {}), { records: [] }))

  it('are a pause, an announced end, an owner and a table, once', () => {
    const changes = {
      ...{ pausedUntil: NOW + 5n, closingFrom: NOW + 9n, owners: new Map([[4, '0x'.padEnd(42, '1')]]) },
      table: { table: TABLE, relisted: 0n, postedAt: NOW },
    }
    const { records } = told(after(TICK), changes)
    assert.deepEqual(
      records.map(({ kind }) => kind),
      ['pause', 'closing', 'owner', 'table'],
    )
    assert.deepEqual(told(after(TICK, ...records), changes).records, [])
  })

  it('are entries of the queue, only those that came', () => {
    const changes = { queue: { first: 0n, entries: [FIRST, SECOND] } }
    assert.deepEqual(told(start, changes).records, [queue(0n, FIRST, SECOND)])
    assert.deepEqual(told(after(queue(0n, FIRST)), changes).records, [queue(1n, SECOND)])
    assert.deepEqual(told(after(queue(0n, FIRST, SECOND)), changes).records, [])
  })

  it('are entries that stand otherwise since a reorganisation, from the first of them on', () => {
    const state = after(queue(0n, FIRST, SECOND))
    const other = entry(0, 7n)
    assert.deepEqual(told(state, { queue: { first: 0n, entries: [FIRST, other] } }).records, [queue(1n, other)])
    assert.deepEqual(told(state, { queue: { first: 0n, entries: [FIRST] } }).records, [queue(1n)])
    const [ours, theirs] = ['1', '2'].map((digit): QueuedEntry => ({ ...REGISTRATION, owner: `0x${digit.repeat(40)}` }))
    const registered = after(queue(0n, ours!))
    const swapped = { queue: { first: 0n, entries: [theirs!] } }
    assert.deepEqual(told(registered, swapped).records, [queue(0n, theirs!)])
  })

  it('are batches that the contract took, took back, and can no longer take back', () => {
    const state = sealed()
    const root = stateRoot(state.batches[0]!.after.state)
    const taken = { settled: { count: 1, root }, roots: new Map([[1, root]]), queue: { first: 1n, entries: [] } }
    const settled: SequencerRecord = { kind: 'settled', index: 1, root }
    assert.deepEqual(told(state, taken).records, [settled])
    assert.deepEqual(told(state, { ...taken, final: 1 }).records, [settled, { kind: 'final', index: 1 }])
    const entries = { queue: { first: 0n, entries: [REGISTRATION] } }
    assert.deepEqual(told(reduce(state, settled).state, entries).records, [{ kind: 'reorganised', settled: 0 }])
  })

  it('are entries that changed together with the batch that served them being taken back', () => {
    const state = sealed()
    const settled = reduce(state, { kind: 'settled', index: 1, root: stateRoot(state.batches[0]!.after.state) }).state
    const other = { ...REGISTRATION, owner: `0x${'3'.repeat(40)}` }
    const { records } = told(settled, { queue: { first: 0n, entries: [other] } })
    assert.deepEqual(records, [{ kind: 'reorganised', settled: 0 }, queue(0n, other)])
  })

  it('are that a batch was settled after all that had been made anew since, in the place of another or before any', () => {
    const before = sealed()
    const root = stateRoot(before.batches[0]!.after.state)
    const other = {
      ...REGISTRATION,
      operation: { ...REGISTRATION.operation, ownerCommitment: 2n },
    } as QueuedEntry
    const sent = reduce(before, { kind: 'sent', index: 1, root }).state
    const anew = [queue(0n, other), { kind: 'cut', cash: true } as const].reduce(
      (state, record) => reduce(state, record).state,
      sent,
    )
    const since = stateRoot(anew.batches[0]!.after.state)
    assert.notEqual(since, root)
    const settled: SequencerRecord = { kind: 'settled', index: 1, root }
    const chain = { settled: { count: 1, root }, roots: new Map([[1, root]]), queue: { first: 1n, entries: [] } }
    assert.deepEqual(told(anew, chain).records, [settled])
    const taken = reduce(anew, { kind: 'settled', index: 1, root: since }).state
    assert.deepEqual(told(taken, chain).records, [{ kind: 'reorganised', settled: 0 }, settled])
    assert.match(
      told(before, { ...chain, settled: { count: 1, root: 5n }, roots: new Map([[1, 5n]]) }).diverged!,
      /another one/,
    )
  })

  it('are that the contract went another way, where a batch or a root is not ours', () => {
    const state = sealed()
    const other = { settled: { count: 1, root: 5n }, roots: new Map([[1, 5n]]) }
    assert.match(told(state, other).diverged!, /batch 1 on the chain leads to root 5, and there is another one here/)
    assert.match(told(start, other).diverged!, /only 0 batches here/)
    assert.match(told(start, { settled: { count: 0, root: 5n } }).diverged!, /the chain's root is 5/)
    const beyond = { queue: { first: 1n, entries: [] } }
    assert.match(told(start, beyond).diverged!, /queue begins with entry 1, and 0 are known here/)
  })
})

describe('a rewind', () => {
  const due = (state: SequencerState, changes: Partial<ChainView>) => rewindDue(state, { ...quiet, ...changes })

  it('is not due while all can be settled', () => assert.equal(due(sealed(), {}), undefined))

  it('is due when a batch grows too old for the contract', () => {
    assert.equal(due(sealed(), { time: NOW + 600n }), undefined)
    assert.deepEqual(due(sealed(), { time: NOW + 601n }), { kind: 'rewind', to: 0, cause: 'AGE' })
  })

  it('is due when the first table comes, as batches without one are refused from then on', () => {
    const table = { table: TABLE, relisted: 0n, postedAt: NOW }
    assert.deepEqual(due(sealed(), { table }), { kind: 'rewind', to: 0, cause: 'TABLE' })
  })

  it('is due before the table of a batch is out of force, and at once if the newer one relisted a market', () => {
    const state = after(TICK, { kind: 'table', table: TABLE, relisted: 0n }, queue(0n, REGISTRATION), {
      kind: 'cut',
      cash: true,
    })
    const newer = { table: { ...TABLE, asOf: NOW + 150n }, postedAt: NOW + 150n }
    assert.equal(due(state, { table: { ...newer, relisted: 0n }, time: NOW + 240n }), undefined)
    const lost = { kind: 'rewind', to: 0, cause: 'TABLE' }
    assert.deepEqual(due(state, { table: { ...newer, relisted: 0n }, time: NOW + 241n }), lost)
    assert.deepEqual(due(state, { table: { ...newer, relisted: 2n }, time: NOW + 151n }), lost)
  })

  it('is not due for batches of cash during a pause', () => {
    assert.equal(due(sealed(), { pausedUntil: NOW + 100n }), undefined)
  })

  it('is due in a pause for a flag, and for what was taken over also when the pause is over', () => {
    const paused = { time: NOW, pausedUntil: NOW + 100n }
    const flag = flagged().state
    assert.deepEqual(due({ ...flag, settledIndex: 1 }, paused), { kind: 'rewind', to: 1, cause: 'PAUSE' })
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk) })
    desk.put({ kind: 'takeover', victim: VICTIM, cover: COVER })
    const taken = { ...desk.state, settledIndex: 2 }
    assert.equal(due(taken, { time: NOW }), undefined)
    assert.deepEqual(due(taken, { ...paused, time: NOW + 100n }), { kind: 'rewind', to: 2, cause: 'PAUSE' })
  })
})

describe('two nodes', () => {
  it('agree where all is the same but the time, by a block or so, and what is final by now', () => {
    assert.equal(difference(quiet, structuredClone(quiet)), undefined)
    assert.equal(difference(quiet, { ...quiet, time: NOW + 60n, final: 1 }), undefined)
  })

  const lies: readonly (readonly [string, Partial<ChainView>])[] = [
    ['block', { block: { ...BLOCK, hash: `0x${'cd'.repeat(32)}` } }],
    ['the time of the next block', { time: NOW - 61n }],
    ['pausedUntil', { pausedUntil: NOW + 1n }],
    ['closingFrom', { closingFrom: NOW }],
    ['frozenAt', { frozenAt: NOW }],
    ['table', { table: { table: TABLE, relisted: 0n, postedAt: NOW } }],
    ['queue', { queue: { first: 0n, entries: [FIRST] } }],
    ['owners', { owners: new Map([[1, '0xab']]) }],
    ['settled', { settled: { count: 1, root: EMPTY } }],
    ['roots', { roots: new Map([[1, 5n]]) }],
  ]
  for (const [part, change] of lies) {
    it(`differ in ${part} where one tells it otherwise`, () => {
      assert.equal(difference(quiet, { ...quiet, ...change }), part)
      assert.equal(difference({ ...quiet, ...change }, quiet), part)
    })
  }

  it('differ in an amount of one entry of the queue', () => {
    const told = (amount: bigint) => ({ ...quiet, queue: { first: 0n, entries: [FIRST, entry(1, amount)] } })
    assert.equal(difference(told(5n), told(5n)), undefined)
    assert.equal(difference(told(5n), told(6n)), 'queue')
  })
})

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { AlertCode } from '../../../client/wire/alerts.ts'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { stateRoot } from '../../../protocol/state.ts'
import type { Findings } from '../../../service/alerts/alerts.ts'
import { chainFindings, provingFindings } from '../../../service/serve/findings.ts'
import type { ProofReport } from '../../../service/serve/proofs.ts'
import { Stages } from '../../../service/serve/stages.ts'
import type { ChainView } from '../../../service/watcher/chain-view.ts'
import { Desk, TABLE } from '../sequencer/desk.ts'

const raised = (findings: Findings) => {
  return (Object.keys(findings) as AlertCode[]).filter((code) => findings[code] !== undefined)
}

function chainOf(desk: Desk, changes: Partial<ChainView> = {}): ChainView {
  return {
    ...{ block: { number: 1, hash: '0x' }, time: NOW, pausedUntil: 0n, closingFrom: undefined, frozenAt: 0n },
    ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0 },
    table: { table: TABLE, relisted: 0n, postedAt: NOW },
    settled: { count: 0, root: stateRoot(desk.state.base.state) },
    ...changes,
  }
}

/** With a batch that is made. */
function deskWithBatch(): Desk {
  const desk = new Desk()
  desk.order(1, 1n, 'sell')
  desk.put({ kind: 'cut', cash: false })
  return desk
}

it('a venue at rest has no alert of its chain', () => {
  const desk = deskWithBatch()
  assert.deepEqual(raised(chainFindings(desk.state, chainOf(desk))), [])
})

it('each of what the chain can say raises its alert', () => {
  const desk = deskWithBatch()
  const { timestamp } = desk.state
  const operation = { kind: 'DEPOSIT', account: 1, asset: 0, amount: 5n } as const
  const entry = { operation, deadline: NOW + 1n, askedAt: NOW - 86_400n }
  const newest = { table: makeTable(SMALL, { asOf: TABLE.asOf + 150n }), relisted: 0n, postedAt: NOW - 60n }
  const cases: Partial<Record<AlertCode, Partial<ChainView>>> = {
    QUEUE_LATE: { queue: { first: 3n, entries: [entry] } },
    TABLE_OLD: { time: TABLE.asOf + TABLE.maxAge / 2n },
    TABLE_LEAVING: { table: newest },
    BATCH_LATE: { time: timestamp + 300n },
    PAUSED: { pausedUntil: NOW + 1n },
    CLOSING: { closingFrom: NOW + 1n },
    FROZEN: { frozenAt: NOW, queue: { first: 3n, entries: [entry] }, pausedUntil: NOW + 1n },
  }
  for (const [code, changes] of Object.entries(cases)) {
    assert.ok(raised(chainFindings(desk.state, chainOf(desk, changes))).includes(code as AlertCode), code)
  }
  assert.deepEqual(raised(chainFindings(desk.state, chainOf(desk, cases.FROZEN))), ['FROZEN'])
})

it('a sheltered market raises an alert that names it', () => {
  const desk = deskWithBatch()
  const [market, ...others] = TABLE.markets
  const table = { ...TABLE, markets: [{ ...market!, phase: PHASES.SHELTERED }, ...others] }
  const found = chainFindings({ ...desk.state, table }, chainOf(desk))
  assert.match(found.SHELTERED!.cause, /shelters market 0:/)
})

it('jobs and workers raise theirs, and what is proved and settled none', () => {
  const desk = deskWithBatch()
  const [batch] = desk.state.batches
  const now = Number(NOW) * 1000
  const stages = new Stages([], undefined, () => now)
  const facts = { state: desk.state, stages, workers: [], since: now - 61_000, now }
  const report = (state: ProofReport['state']): ProofReport => {
    return { batch: batch!, id: '00', state, attempts: 1, createdAt: now, changedAt: now, errorCode: 'WHY' }
  }
  const found = (state: ProofReport['state']) => raised(provingFindings({ ...facts, reports: [report(state)] }))
  assert.deepEqual(found('failed'), ['PROOF_FAILED'])
  assert.deepEqual(found('dead'), ['DEAD_LETTER'])
  assert.deepEqual(found('ready'), ['WORKERS_MISSING'])
  assert.deepEqual(found('leased'), [])
  const worker = { id: 'a', name: 'one', heardAt: now, job: undefined, proofs: 0, failures: 0 }
  const withWorkers = (heardAt: number) =>
    raised(provingFindings({ ...facts, reports: [report('leased')], workers: [worker, { ...worker, heardAt }] }))
  assert.deepEqual(withWorkers(now), [])
  assert.deepEqual(withWorkers(now - 61_000), ['WORKER_LOST'])
  const settling = new Stages([batch!], undefined, () => now - 120_000)
  const before = desk.state
  const root = desk.rootOf(1)
  const effects = desk.put({ kind: 'proved', index: 1, root })
  settling.hear([{ record: { kind: 'proved', index: 1, root }, before, after: desk.state, effects }])
  assert.deepEqual(raised(provingFindings({ ...facts, state: desk.state, stages: settling, reports: [] })), [
    'SETTLEMENT_LATE',
  ])
  desk.put({ kind: 'sent', index: 1, root })
  desk.settle(1)
  assert.deepEqual(raised(provingFindings({ ...facts, state: desk.state, stages: settling, reports: [] })), [])
})

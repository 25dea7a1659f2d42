import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { Alerts } from '../../../service/alerts/alerts.ts'
import type { SequencerRecord } from '../../../service/sequencer/record.ts'
import { guarded } from '../../../service/serve/guarded.ts'
import { Stages } from '../../../service/serve/stages.ts'
import { Venue, type VenueParts } from '../../../service/serve/venue.ts'
import type { Turn } from '../../../service/settler/settler.ts'
import type { ChainView } from '../../../service/watcher/chain-view.ts'
import { jobOfBatch } from '../../../service/writer/job-changes.ts'
import { CIRCUITS } from '../../support/service/trading-venue.ts'
import { open } from '../sequencer/crisis.ts'
import { Desk, TABLE } from '../sequencer/desk.ts'

/** What it took to start, such as reading a long journal. */
const LONG_START_MS = 600_000

/** A venue over a desk, whose chain and settler say what they are told to. */
function venueOver(desk: Desk) {
  const alerts = new Alerts(() => undefined)
  const said = {
    ...{ turn: { kind: 'idle' } as Turn, changes: {} as Partial<ChainView>, clock: desk.state.clock },
    jobs: [] as object[],
    // Records that the journal has and the desk does not know.
    more: 0,
  }
  const writer = {
    get state() {
      return desk.state
    },
    get written() {
      return said.more === 0 ? desk.state : { ...desk.state, records: desk.state.records + said.more }
    },
    async put(records: readonly SequencerRecord[]) {
      for (const record of records) desk.put(record)
    },
  }
  const chain = (): ChainView => ({
    ...{ block: { number: 1, hash: '0x' }, time: said.clock / 1000n, pausedUntil: 0n, closingFrom: undefined },
    ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0, frozenAt: 0n },
    ...{ table: undefined, settled: { count: 0, root: stateRoot(desk.state.base.state) } },
    ...said.changes,
  })
  const database = {
    query: async (text: string) => (text.includes('FROM job') ? said.jobs : [{ ms: `${said.clock}` }]),
  }
  const roster = { list: [] }
  const venue = new Venue({
    ...{ database, writer, alerts, settler: { turn: async () => said.turn } },
    reader: { read: async () => chain(), cover: async () => ({ now: 0n, perHour: 0n }), settlement: { address: '0x' } },
    log: {
      root() {
        throw new Error('the disk is full')
      },
    },
    ...{ circuits: CIRCUITS, journal: {}, sealer: {}, feeCap: 1n, provable: { look: async () => undefined } },
    sight: { stages: new Stages([]), roster, about: { startedAt: Date.now() - LONG_START_MS } },
  } as unknown as VenueParts)
  return { venue, alerts, said, codes: () => alerts.list.map(({ code }) => code) }
}

it('a clock that does not agree with the chain is an alert until it does', async () => {
  const { venue, said, codes } = venueOver(new Desk())
  said.changes = { time: NOW + 61n }
  await venue.chainTurn()
  assert.deepEqual(codes(), ['CLOCK_SKEWED'])
  said.changes = { time: NOW + 60n }
  await venue.chainTurn()
  assert.deepEqual(codes(), [])
})

it('a snapshot that cannot be stored while the venue runs is an alert, with why', async () => {
  const { venue, alerts, said, codes } = venueOver(new Desk())
  await venue.chainTurn()
  said.more = 4_999
  await venue.paceTurn()
  assert.deepEqual(codes(), [])
  said.more = 5_000
  await venue.paceTurn()
  assert.deepEqual(codes(), ['SNAPSHOT_FAILING'])
  assert.match(alerts.list[0]!.cause, /no snapshot can be stored \(the disk is full\)/)
})

it('a chain that is ahead of the journal stops the line, until a person resumes it', async () => {
  const { venue, said, codes } = venueOver(new Desk())
  said.changes = { settled: { count: 1, root: 5n }, roots: new Map([[1, 5n]]) }
  await venue.chainTurn()
  assert.deepEqual(codes(), ['LINE_STOPPED'])
  said.changes = {}
  await venue.chainTurn()
  assert.deepEqual(codes(), ['LINE_STOPPED'])
  venue.operations.resume()
  assert.deepEqual(codes(), [])
})

it('a settlement that the contract does not take now is an alert until it does', async () => {
  const { venue, said, alerts, codes } = venueOver(new Desk())
  const message = 'the outflow of this hour is used up'
  said.turn = { kind: 'refused', batch: 1, root: 1n, meaning: 'later', refusal: 'OutflowLimited', message }
  await venue.chainTurn()
  assert.deepEqual(codes(), ['SETTLEMENT_REFUSED'])
  assert.match(alerts.list[0]!.cause, /refuses batch 1: the outflow/)
  said.turn = { kind: 'idle' }
  await venue.chainTurn()
  assert.deepEqual(codes(), [])
})

it('an auction that ends with nobody to take over is an alert until somebody is no victim any more', async () => {
  const desk = open()
  const { venue, said, codes } = venueOver(desk)
  said.clock = (NOW + TABLE.grace + 199n) * 1000n
  await venue.chainTurn()
  assert.deepEqual(codes(), ['LIQUIDATION_STUCK'])
  // Prices are again what they were.
  desk.put({ kind: 'table', table: { ...TABLE }, relisted: 0n })
  await venue.chainTurn()
  assert.deepEqual(codes(), [])
})

it('a chain that was not read for a minute is silent until it is read', async (t: TestContext) => {
  const { venue, codes } = venueOver(new Desk())
  await venue.chainTurn()
  await venue.paceTurn()
  assert.deepEqual(codes(), [])
  const now = performance.now()
  const clock = t.mock.method(performance, 'now', () => now + 61_000)
  await venue.paceTurn()
  assert.deepEqual(codes(), ['CHAIN_SILENT'])
  await venue.chainTurn()
  await venue.paceTurn()
  assert.deepEqual(codes(), [])
  clock.mock.restore()
})

it('workers are missed a minute after they can be heard of, however long the start took', async (t: TestContext) => {
  const desk = new Desk()
  desk.order(1, 1n, 'sell')
  desk.put({ kind: 'cut', cash: false })
  const { venue, said, codes } = venueOver(desk)
  const id = jobOfBatch(desk.state.batches[0]!, CIRCUITS)
  said.jobs = [{ id, state: 'ready', attempts: 0, error_code: null, created: 0, changed: 0 }]
  await venue.paceTurn()
  assert.deepEqual(codes(), [])
  const now = Date.now()
  const clock = t.mock.method(Date, 'now', () => now + 61_000)
  await venue.paceTurn()
  assert.deepEqual(codes(), ['WORKERS_MISSING'])
  clock.mock.restore()
})

it('what fails in a loop and may pass is an alert until a turn succeeds, and what does not pass ends the process', async () => {
  const alerts = new Alerts(() => undefined)
  const fatal: unknown[] = []
  const guard = { alerts, onFatal: (error: unknown) => void fatal.push(error) }
  let fault: Error | undefined = new ZkclearError('CHAIN_UNREACHABLE', 'the node does not answer')
  const turn = async () => {
    if (fault !== undefined) throw fault
  }
  for (const code of ['CHAIN_FAILING', 'PACE_FAILING'] as const) await guarded(guard, code, turn)()
  assert.deepEqual(
    alerts.list.map(({ code, cause }) => [code, cause]),
    [
      ['CHAIN_FAILING', 'the node does not answer'],
      ['PACE_FAILING', 'the node does not answer'],
    ],
  )
  fault = undefined
  for (const code of ['CHAIN_FAILING', 'PACE_FAILING'] as const) await guarded(guard, code, turn)()
  assert.deepEqual(alerts.list, [])
  fault = new ZkclearError('DATABASE_UNAVAILABLE', 'it is gone')
  await guarded(guard, 'PACE_FAILING', turn)()
  assert.deepEqual([fatal, alerts.list], [[fault], []])
})

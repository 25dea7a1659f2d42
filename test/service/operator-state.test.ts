import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorState, operatorStateLine } from '../../client/wire/operator.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import { Stages } from '../../service/serve/stages.ts'
import { createToken } from '../../service/tokens/tokens.ts'
import { toJson } from '../../venue/files/schema.ts'
import { stateOf } from '../support/service/operator-state.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'
import { Desk, PLANTED, plantedDesk } from './sequencer/desk.ts'

const NOTHING = { id: 'a', name: 'machine 1', job: undefined, proofs: 3, failures: 0 }

it('the state has the form of its schema, empty and full', () => {
  const desk = new Desk()
  for (const bare of [stateOf(desk.state)]) assert.deepEqual(operatorState.parse(toJson(bare)), bare)
  desk.order(1, 1n, 'sell')
  desk.order(2, 1n, 'buy', 1)
  desk.put({ kind: 'cut', cash: false })
  const [batch] = desk.state.batches
  const stages = new Stages(desk.state.batches)
  stages.witnessed(1)
  const full = stateOf(desk.state, {
    stages: stages.list,
    jobs: [
      { batch: batch!, id: '0a', state: 'leased', attempts: 2, createdAt: 1, changedAt: 2, errorCode: 'LEASE_LOST' },
    ],
    workers: [
      { ...NOTHING, job: '0a', heardAt: 1_700_000_000_000 },
      { ...NOTHING, id: 'b', heardAt: 1 },
    ],
    times: [{ circuit: 'trade-batch', proofs: 1, last: 5, p50: 5, p95: 5 }],
    health: {
      solvency: {
        readAt: 5,
        batch: 0,
        holdings: [{ asset: 0, vault: 5n, queued: 1n, claimable: 0n, balance: 5n, journal: 5n }],
      },
      gas: [{ address: `0x${'0a'.repeat(20)}`, balance: 10n ** 18n, settlements: 1_000n }],
      cover: { now: 5n, perHour: 50n },
      disk: { free: 1n << 40n, total: 1n << 41n },
      backup: { begunAt: 1, backupAt: 2 },
    },
    flagged: 1,
    approvals: [{ act: 'resume', name: 'Ada' }],
  })
  assert.deepEqual(operatorState.parse(toJson(full)), full)
  assert.deepEqual(full.batches.list[0]?.job, { state: 'leased', attempts: 2, worker: 'a', error: 'LEASE_LOST' })
  assert.equal(full.batches.list[0]?.stage, 'witnessed')
  assert.deepEqual(
    full.workers.map(({ state, batch }) => [state, batch]),
    [
      ['proving', 1],
      ['lost', undefined],
    ],
  )
  assert.equal(full.solvency?.isEven, false)
  const { mark, ...first } = full.books[0]!
  assert.ok(mark !== undefined)
  assert.deepEqual(first, {
    ...{ market: 0, bids: 0, asks: 1, bidLots: 0n, askLots: 10n, openInterest: 0n, waiting: 0, phase: 'OPEN' },
  })
})

it('the state tells what the house has, and of no other account what it has or who rests an order', () => {
  const desk = plantedDesk()
  desk.order(1, 1n, 'sell')
  desk.put({ kind: 'cut', cash: false })
  const { insurance, ...rest } = stateOf(desk.state, { stages: new Stages(desk.state.batches).list })
  assert.deepEqual(insurance.house, [PLANTED, 0n])
  const text = JSON.stringify(toJson(rest))
  assert.ok(!text.includes(`${PLANTED}`))
  assert.doesNotMatch(text, /"account/)
})

it('the stage of a batch that was there before the process is told by what the journal has', () => {
  const desk = new Desk()
  desk.order(1, 1n, 'sell')
  desk.put({ kind: 'cut', cash: false })
  const stageNow = () => stateOf(desk.state, { stages: new Stages(desk.state.batches).list }).batches.list[0]?.stage
  const root = desk.rootOf(1)
  const stages = [stageNow()]
  for (const kind of ['proved', 'sent', 'settled'] as const) {
    desk.put({ kind, index: 1, root })
    stages.push(stageNow())
  }
  assert.deepEqual(stages, ['cut', 'proved', 'sent', 'mined'])
})

describe('the route of the state', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('has a stream that tells the state at once and whenever it changes, until the venue ends', async () => {
    await using database = await server.fresh()
    const sealer = await sealerOf(database)
    const desk = new Desk()
    const operations = {
      line: async () => ({}),
      state: async (approvals: { act: string; name: string }[]) => stateOf(desk.state, { approvals }),
      metrics: async () => '',
      stopped: () => undefined,
      resume: () => undefined,
      retry: async () => undefined,
      omit: () => undefined,
    }
    const operator = { operations, twoPersons: false, note: async () => undefined, log: () => undefined }
    const dispatcher = await serveDispatcher({ database, sealer, circuits: [], operator })
    const { text: token } = await createToken(database, { name: 'Ada', scope: 'operator', seconds: 60 })
    const headers = { authorization: `Bearer ${token}` }
    const shown = await (await fetch(`${dispatcher.url}/operator/state`, { headers })).json()
    assert.equal(operatorState.parse(shown).venue.records, desk.state.records)
    const { body } = await fetch(`${dispatcher.url}/operator/state/stream`, { headers })
    const told: number[] = []
    let end: unknown
    let closed: PromiseLike<void> | undefined
    let rest = ''
    for await (const text of body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const json of lines) {
        const line = operatorStateLine.parse(JSON.parse(json))
        if (line.kind === 'state') told.push(line.state.venue.records)
        if (line.kind === 'end') end = line.reason
        if (line.kind !== 'state') continue
        if (told.length === 1) desk.wait(1_000n)
        else closed = dispatcher[Symbol.asyncDispose]()
      }
    }
    assert.deepEqual(told.slice(0, 1), [desk.state.records - 1])
    assert.equal(told.at(-1), desk.state.records)
    assert.equal(end, 'CLOSING')
    await closed
  })
})

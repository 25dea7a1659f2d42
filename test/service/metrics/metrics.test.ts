import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { serveDispatcher } from '../../../service/dispatcher/dispatcher.ts'
import { exposition } from '../../../service/metrics/exposition.ts'
import { Histogram } from '../../../service/metrics/histogram.ts'
import { Metrics } from '../../../service/metrics/metrics.ts'
import { stateFamilies } from '../../../service/metrics/state-families.ts'
import { Stages } from '../../../service/serve/stages.ts'
import { createToken, type Scope } from '../../../service/tokens/tokens.ts'
import { stateOf } from '../../support/service/operator-state.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { Desk, PLANTED, plantedDesk } from '../sequencer/desk.ts'

/** A line of the text format, but for comments. */
const LINE = /^[a-z_:][a-z0-9_:]*(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? (-?[0-9.e+-]+|\+Inf)$/

it('text has a help, a type and a line for each sample, with quotes, backslashes and line ends escaped', () => {
  const text = exposition([
    { name: 'one', help: 'what\nit is', type: 'gauge', samples: [{ labels: { of: 'a "b" \\ c\nd' }, value: 1.5 }] },
    { name: 'none', help: 'nothing', type: 'counter', samples: [] },
  ])
  assert.equal(text, '# HELP one what\\nit is\n# TYPE one gauge\none{of="a \\"b\\" \\\\ c\\nd"} 1.5\n')
})

it('a histogram counts what is up to each bound, in all, and their sum', () => {
  const histogram = new Histogram({ name: 'h', help: 'seconds' }, [1, 5])
  for (const value of [0.5, 1, 3, 60]) histogram.observe({ stage: 'proved' }, value)
  const { samples } = histogram.family
  assert.deepEqual(
    samples.map(({ suffix, labels, value }) => [suffix, labels.le, value]),
    [
      ['_bucket', '1', 2],
      ['_bucket', '5', 3],
      ['_bucket', '+Inf', 4],
      ['_sum', undefined, 64.5],
      ['_count', undefined, 4],
    ],
  )
})

it('stages of batches, proofs and records are counted, alerts and the state are told, and of accounts nothing', () => {
  const metrics = new Metrics()
  const desk = plantedDesk()
  let now = 0
  const stages = new Stages(
    [],
    (batch, stage) => metrics.stage(batch, stage),
    () => now,
  )
  const put = (record: Parameters<Desk['put']>[0]) => {
    const before = desk.state
    const effects = desk.put(record)
    const steps = [{ record, before, after: desk.state, effects }]
    stages.hear(steps)
    metrics.records(steps)
  }
  desk.order(1, 1n, 'sell')
  put({ kind: 'cut', cash: false })
  now = 4_000
  put({ kind: 'proved', index: 1, root: desk.rootOf(1) })
  metrics.proof({ circuit: 'trade-batch', milliseconds: 700 })
  const alert = { code: 'GAS_LOW', severity: 'page', cause: 'secret words', since: 1n, runbook: '' } as const
  const counted = { ...alert, code: 'QUEUE_LATE', countdown: { to: 'FREEZE', at: desk.state.timestamp + 50n } } as const
  const worker = { id: 'a', name: 'Ada and her machine', heardAt: 0, job: undefined, proofs: 1, failures: 0 }
  const state = stateOf(desk.state, { alerts: [counted, alert], stages: stages.list, workers: [worker] })
  const text = metrics.text(state)
  for (const line of text.trimEnd().split('\n')) assert.match(line, /^#/.test(line) ? /^# (HELP|TYPE) zkclear_/ : LINE)
  const told = [
    'zkclear_batch_stage_seconds_bucket{circuit="trade-batch",stage="proved",le="2"} 0',
    'zkclear_batch_stage_seconds_bucket{circuit="trade-batch",stage="proved",le="5"} 1',
    'zkclear_batch_stage_seconds_sum{circuit="trade-batch",stage="proved"} 4',
    'zkclear_proof_seconds_count{circuit="trade-batch"} 1',
    'zkclear_records_total{kind="proved"} 1',
    'zkclear_alert{code="GAS_LOW",severity="page"} 1',
    'zkclear_alert{code="DISK_LOW",severity="page"} 0',
    'zkclear_countdown_seconds{code="QUEUE_LATE",to="FREEZE"} 50',
    'zkclear_book_orders{market="0",side="sell"} 1',
    'zkclear_workers{state="lost"} 1',
  ]
  for (const line of told) assert.ok(text.includes(`${line}\n`), line)
  // What accounts and the house have, what workers are called, what causes an alert.
  for (const word of [`${PLANTED}`, 'Ada', 'secret']) assert.ok(!text.includes(word), word)
})

it('all that are told stand in docs/service.md, and no other', () => {
  const counted = ['zkclear_batch_stage_seconds', 'zkclear_proof_seconds', 'zkclear_records_total']
  const told = [...counted, ...stateFamilies(stateOf(new Desk().state)).map(({ name }) => name)]
  const rows = readFileSync('docs/service.md', 'utf8').match(/^\| `zkclear_.*$/gm)!
  const written = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)/g)].map(([, name]) => name!))
  assert.deepEqual(written.toSorted(), told.toSorted())
})

describe('GET /metrics', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('is for a token of its own scope, which opens nothing else', async () => {
    await using database = await server.fresh()
    const operations = {
      line: async () => ({}),
      state: async () => stateOf(new Desk().state),
      metrics: async () => new Metrics().text(stateOf(new Desk().state)),
      stopped: () => undefined,
      resume: () => undefined,
      retry: async () => undefined,
      omit: () => undefined,
    }
    const operator = { operations, twoPersons: false, note: async () => undefined, log: () => undefined }
    const sealer = await sealerOf(database)
    await using dispatcher = await serveDispatcher({ database, sealer, circuits: [], operator })
    const ask = async (path: string, scope?: Scope, seconds = 60) => {
      const token = scope && (await createToken(database, { name: 'x', scope, seconds })).text
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return await fetch(dispatcher.url + path, { headers })
    }
    const answer = await ask('/metrics', 'metrics')
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/)
    assert.match(await answer.text(), /^# HELP zkclear_alert /)
    for (const [scope, seconds, status] of [
      [undefined, 60, 401],
      ['metrics', 0, 401],
      ['worker', 60, 403],
      ['operator', 60, 403],
    ] as const) {
      assert.equal((await ask('/metrics', scope, seconds)).status, status, `${scope}`)
    }
    for (const path of ['/operator/state', '/operator/line', '/worker/token', '/metrics/x']) {
      assert.equal((await ask(path, 'metrics')).status, 403, path)
    }
  })
})

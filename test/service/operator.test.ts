import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '../../client/wire/alerts.ts'
import type { OperatorState } from '../../client/wire/operator.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import { Refusal } from '../../service/http/refusal.ts'
import { Metrics } from '../../service/metrics/metrics.ts'
import { noteAct } from '../../service/operator/acts.ts'
import { Approvals } from '../../service/operator/approvals.ts'
import { lineDocument } from '../../service/operator/line.ts'
import type { OperatorOptions } from '../../service/operator/routes.ts'
import { createToken, revokeToken, type Scope } from '../../service/tokens/tokens.ts'
import { toJson } from '../../venue/files/schema.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { stateOf } from '../support/service/operator-state.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { Desk } from './sequencer/desk.ts'

const LOOK: Alert = {
  ...{ code: 'PAUSED', severity: 'warn', cause: 'look', since: 9n, runbook: 'docs/operations.md#paused' },
}

const ROUTES: readonly (readonly [string, string, object?])[] = [
  ['GET', '/operator/line'],
  ['GET', '/operator/state'],
  ['GET', '/operator/acts'],
  ['POST', '/operator/resume', {}],
  ['POST', '/operator/retry', { batch: 1 }],
  ['POST', '/operator/omit', { records: [3] }],
]

describe('the side of operators', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    server = await testServer()
    folder = await temporaryDirectory()
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  /** A venue whose operators' acts are only noted. */
  async function venue({ twoPersons = false } = {}) {
    await using open = new AsyncDisposableStack()
    const database = open.use(await server.fresh())
    const done: unknown[] = []
    let stopped: string | undefined = 'the first fault'
    const log: object[] = []
    const noted: object[] = []
    const operations = {
      line: async () => {
        const desk = new Desk()
        desk.order(1, 1n, 'sell')
        desk.put({ kind: 'cut', cash: false })
        return lineDocument({ state: desk.state, stopped: 'why', halted: undefined, jobs: [], alerts: [LOOK] })
      },
      state: async (approvals: OperatorState['line']['approvals']) => stateOf(new Desk().state, { approvals }),
      metrics: async () => new Metrics().text(stateOf(new Desk().state)),
      stopped: () => stopped,
      resume: () => void done.push('resume'),
      async retry(batch: number) {
        if (batch > 5) throw new Refusal(409, 'NO_DEAD_LETTER', 'it is none')
        done.push(['retry', batch])
      },
      omit: (records: readonly number[]) => void done.push(['omit', ...records]),
    }
    const operator = {
      ...{ operations, twoPersons, log: (facts: object) => log.push(facts) },
      note: async (act: object) => void noted.push({ ...act, done: done.length }),
    }
    const sealer = await sealerOf(database)
    const { url } = open.use(await serveDispatcher({ database, sealer, circuits: [], operator }))
    const tokenFor = async (name: string, scope: Scope = 'operator', seconds = 60) => {
      const { id, text } = await createToken(database, { name, scope, seconds })
      const file = folder.file(`${id}.txt`)
      await writeFile(file, text, { mode: 0o600 })
      return { id, text, file }
    }
    const ask = async (token: string | undefined, method: string, path: string, body?: object) => {
      const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const headers = body === undefined ? authorization : { ...authorization, 'content-type': 'application/json' }
      return await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    }
    const kept = open.move()
    const stop = (why: string | undefined) => {
      stopped = why
    }
    return { url, database, done, log, noted, stop, tokenFor, ask, [Symbol.asyncDispose]: () => kept.disposeAsync() }
  }

  it('is open to tokens of operators alone, and theirs to nothing of workers', async () => {
    await using here = await venue()
    const good = await here.tokenFor('Ada')
    const bad = {
      none: [undefined, 401],
      expired: [(await here.tokenFor('Ada', 'operator', 0)).text, 401],
      "a worker's": [(await here.tokenFor('machine', 'worker')).text, 403],
    } as const
    for (const [method, path, body] of ROUTES) {
      // A path has many spellings, and what it opens is the same.
      const spelled = path.replace(/[a-z](?=[a-z]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
      for (const [name, [token, status]] of Object.entries(bad)) {
        for (const one of [path, path.replace('/o', '/%6f'), spelled])
          assert.equal((await here.ask(token, method, one, body)).status, status, `${one}: ${name}`)
      }
      assert.equal(here.done.length, 0)
    }
    for (const [method, path, body] of ROUTES) assert.equal((await here.ask(good.text, method, path, body)).status, 200)
    assert.deepEqual(here.done, ['resume', ['retry', 1], ['omit', 3]])
    assert.equal((await here.ask(good.text, 'POST', '/operator/retry', { batch: 6 })).status, 409)
    assert.deepEqual(here.log.at(-1), {
      ...{ act: 'retry 6', by: 'Ada', with: undefined },
      isDone: false,
      refused: 'NO_DEAD_LETTER',
    })
    for (const path of ['/worker/lease', '/%77orker/lease', '/work%65r/lease'])
      assert.equal((await here.ask(good.text, 'POST', path, {})).status, 403)
    assert.equal((await here.ask(good.text, 'GET', '/%6detrics')).status, 403)
    assert.equal((await here.ask(undefined, 'GET', '/operator/nothing')).status, 401)
  })

  it('does with two persons what both asked for, word for word', async () => {
    await using here = await venue({ twoPersons: true })
    const [ada, ben] = await Promise.all(['Ada', 'Ben'].map((name) => here.tokenFor(name)))
    const omit = async (token: string, ...records: number[]) =>
      (await (await here.ask(token, 'POST', '/operator/omit', { records })).json()).isDone
    assert.equal(await omit(ada!.text, 4, 3), false)
    assert.equal(await omit(ada!.text, 3, 4), false)
    assert.equal(await omit(ben!.text, 3), false)
    assert.deepEqual(here.done, [])
    const { approvals } = await (await here.ask(ben!.text, 'GET', '/operator/line')).json()
    assert.deepEqual(approvals, [
      { act: 'omit 3,4', name: 'Ada' },
      { act: 'omit 3', name: 'Ben' },
    ])
    assert.equal(await omit(ben!.text, 3, 4), true)
    assert.deepEqual(here.done, [['omit', 3, 4]])
    assert.equal(await omit(ben!.text, 3, 4), false, 'it is good once')
    assert.deepEqual(here.log.at(-2), { act: 'omit 3,4', by: 'Ben', with: 'Ada', isDone: true })
    assert.deepEqual(here.noted, [{ act: 'omit 3,4', askedBy: 'Ada', agreedBy: 'Ben', done: 0 }], 'before it is done')
  })

  it('takes no token that was revoked, and no two of one name, for two persons', async () => {
    await using here = await venue({ twoPersons: true })
    const [first, again, ben] = await Promise.all(['Ada', 'Ada', 'Ben'].map((name) => here.tokenFor(name)))
    const resume = async ({ text }: { text: string }) => (await here.ask(text, 'POST', '/operator/resume', {})).json()
    assert.deepEqual(await resume(first!), { isDone: false })
    assert.equal((await resume(again!)).error.code, 'SAME_OPERATOR')
    await revokeToken(here.database, first!.id)
    assert.deepEqual(await resume(ben!), { isDone: false })
    assert.deepEqual(here.done, [])
    assert.deepEqual(await resume(again!), { isDone: true })
    assert.deepEqual(here.log.at(-1), { act: 'resume: the first fault', by: 'Ada', with: 'Ben', isDone: true })
  })

  it('does not resume after a fault that the first of two persons never saw', async () => {
    await using here = await venue({ twoPersons: true })
    const [ada, ben] = await Promise.all(['Ada', 'Ben'].map((name) => here.tokenFor(name)))
    const resume = async ({ text }: { text: string }) => (await here.ask(text, 'POST', '/operator/resume', {})).json()
    here.stop(undefined)
    assert.deepEqual(await resume(ada!), { isDone: false })
    here.stop('the first\nfault')
    assert.deepEqual(await resume(ben!), { isDone: false })
    here.stop('another fault')
    assert.deepEqual(await resume(ada!), { isDone: false })
    assert.deepEqual(here.done, [])
    assert.deepEqual(await resume(ben!), { isDone: true })
    assert.deepEqual(here.noted, [{ act: 'resume: another fault', askedBy: 'Ada', agreedBy: 'Ben', done: 0 }])
  })

  it('has commands', async () => {
    await using here = await venue()
    const { file } = await here.tokenFor('Ada')
    const place = ['--venue', here.url, '--token-file', file, '--json']
    const shown = JSON.parse((await zkclear(['line', 'show', ...place])).stdout)
    const { timestamp: _, ...batch } = shown.batches[0]
    assert.deepEqual([shown.stopped, shown.alerts, shown.approvals], ['why', [toJson(LOOK)], []])
    assert.deepEqual(batch, {
      ...{ index: 1, circuit: 'trade-batch', proved: false, sent: false },
      messages: [{ record: 3, account: 1, kind: 'bundle' }],
    })
    const text = (await zkclear(['line', 'show', ...place.slice(0, -1)])).stdout
    assert.match(text, /^[0-9]+ batch(es are| is) settled; one more is on the way\n/)
    assert.match(text, /stopped: why\nwarn: PAUSED: look \(docs\/operations\.md#paused\)\n/)
    const omitted = await zkclear(['line', 'omit', ...place, '--record', '7', '--record', '3'])
    assert.deepEqual([omitted.code, JSON.parse(omitted.stdout)], [0, { isDone: true }])
    assert.equal((await zkclear(['line', 'resume', ...place])).code, 0)
    assert.deepEqual(here.done, [['omit', 3, 7], 'resume'])
    const refused = await zkclear(['line', 'retry', ...place, '--batch', '6'])
    assert.equal(refused.code, 2)
    assert.equal(errorOf(refused).code, 'VENUE_REFUSED')
  })
})

describe('acts of operators', () => {
  it('are listed, the newest first, with who asked for them and who agreed', async () => {
    await using server = await testServer()
    await using database = await server.fresh()
    await using folder = await temporaryDirectory()
    const operations = {} as OperatorOptions['operations']
    const operator = { operations, twoPersons: false, note: async () => undefined, log: () => undefined }
    const sealer = await sealerOf(database)
    await using dispatcher = await serveDispatcher({ database, sealer, circuits: [], operator })
    const { text } = await createToken(database, { name: 'Ada', scope: 'operator', seconds: 60 })
    const file = folder.file('token.txt')
    await writeFile(file, text, { mode: 0o600 })
    const list = async (...words: string[]) => {
      const { code, stdout } = await zkclear([
        'line',
        'acts',
        '--venue',
        dispatcher.url,
        '--token-file',
        file,
        ...words,
      ])
      assert.equal(code, 0)
      return stdout
    }
    assert.equal(await list(), 'there is no act\n')
    for (let batch = 1; batch <= 101; batch++) await noteAct(database, { act: `retry ${batch}` })
    await noteAct(database, { act: 'omit 3,4', askedBy: 'Ada', agreedBy: 'Ben' })
    const { acts } = JSON.parse(await list('--json')) as { acts: Record<string, unknown>[] }
    const { at, ...newest } = acts[0]!
    assert.deepEqual(newest, { number: 102, act: 'omit 3,4', isRecorded: false, askedBy: 'Ada', agreedBy: 'Ben' })
    assert.ok(Math.abs(Number(at) - Date.now()) < 3_600_000)
    assert.deepEqual([acts.length, acts.at(-1)!.act], [100, 'retry 3'])
    const { acts: earlier } = JSON.parse(await list('--json', '--before', '3')) as { acts: { act: string }[] }
    assert.deepEqual(
      earlier.map(({ act }) => act),
      ['retry 2', 'retry 1'],
    )
    assert.match(await list(), /omit 3,4/)
    const headers = { authorization: `Bearer ${text}` }
    for (const before of ['0', 'x', '-1', '1.5', '1&before=2']) {
      const { status } = await fetch(`${dispatcher.url}/operator/acts?before=${before}`, { headers })
      assert.equal(status, 400, before)
    }
  })
})

describe('what one operator asked for', () => {
  const [ada, ben, cleo] = ['Ada', 'Ben', 'Cleo'] as const

  async function desk() {
    const server = await testServer()
    const database = await server.fresh()
    const asker = async (name: string) => {
      const { id } = await createToken(database, { name, scope: 'operator', seconds: 60 })
      return { id, name }
    }
    return {
      ...{ database, approvals: new Approvals(database), asker },
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]()
        await server[Symbol.asyncDispose]()
      },
    }
  }

  it('is forgotten after an hour, and kept over a restart until then', async () => {
    await using here = await desk()
    const [first, second] = [await here.asker(ada), await here.asker(ben)]
    const pass = (minutes: number) => {
      return here.database.query(`UPDATE approval SET asked_at = asked_at - interval '${minutes} minutes'`)
    }
    assert.equal(await here.approvals.second('resume', first), undefined)
    await pass(61)
    assert.deepEqual(await here.approvals.waiting(), [])
    assert.equal(await here.approvals.second('resume', second), undefined)
    await pass(59)
    assert.deepEqual(await new Approvals(here.database).second('resume', first), second)
  })

  it('is done once, where two others ask for it at once', async () => {
    await using here = await desk()
    const first = await here.asker(ada)
    const others = [await here.asker(ben), await here.asker(cleo)]
    await here.approvals.second('resume', first)
    const answers = await Promise.all(others.map((other) => here.approvals.second('resume', other)))
    assert.deepEqual(
      answers.filter((answer) => answer !== undefined),
      [first],
    )
  })
})

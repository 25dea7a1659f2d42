import assert from 'node:assert/strict'
import { access, chmod, readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { SMALL } from '../../lab/instances/model.ts'
import { emptyState } from '../../protocol/state.ts'
import { Journal, readJournal } from '../../service/journal/journal.ts'
import { makeKeyStore, openKeys } from '../../service/keys/key-store.ts'
import { Acts, noteAct } from '../../service/operator/acts.ts'
import { setTwoPersons } from '../../service/operator/administration.ts'
import { databaseFolder } from '../../service/postgres/borrow.ts'
import { Database } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { startPostgres } from '../../service/postgres/server.ts'
import { Sealer } from '../../service/sealing/sealer.ts'
import { decodeRecord } from '../../service/sequencer/record.ts'
import { DEFAULT_PACE, type SequencerConfig, startSequencer } from '../../service/sequencer/state.ts'
import { readToken } from '../../service/tokens/tokens.ts'
import { Writer } from '../../service/writer/writer.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const CONFIG: SequencerConfig = {
  ...{ profile: 'small', domain: 1n, ...DEFAULT_PACE },
  sizes: {
    trade: { name: 'small', messages: 4, signatures: 4, steps: 6, accounts: 3, lightAccounts: 1 },
    cash: { name: 'small', slots: 4 },
  },
}

describe('acts of operators', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** The journal of a venue, who writes it, and the acts in it. */
  async function venue() {
    const database = await server.fresh()
    const sealer = await sealerOf(database)
    const journal = await Journal.lead(database, sealer)
    const state = startSequencer({ config: CONFIG, state: emptyState(SMALL), vault: [0n, 0n] })
    const writer = new Writer({ journal, state, circuits: {} as never })
    const acts = new Acts(database, (records) => writer.put(records))
    return {
      ...{ database, writer, acts },
      async inJournal() {
        const found: object[] = []
        for await (const { record } of readJournal(database, sealer, { epoch: journal.epoch })) {
          const { at: _, ...act } = decodeRecord(record) as unknown as { at: bigint }
          found.push(act)
        }
        return found
      },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }

  const act = (number: bigint, rest: object) => ({ kind: 'act', number, ...rest })

  it('are records of the journal before they are done, with who asked and who agreed, and change nothing else', async () => {
    await using here = await venue()
    const { records, ...before } = here.writer.state
    await here.acts.note({ act: 'resume', askedBy: 'Ben', agreedBy: 'Ada' })
    // As of a command beside the venue's process.
    await noteAct(here.database, { act: 'keys erase', askedBy: 'Ada' })
    await noteAct(here.database, { act: 'x'.repeat(3000) })
    await Promise.all([here.acts.record(), here.acts.record()])
    assert.deepEqual(await here.inJournal(), [
      act(1n, { act: 'resume', askedBy: 'Ben', agreedBy: 'Ada' }),
      act(2n, { act: 'keys erase', askedBy: 'Ada' }),
      act(3n, { act: 'x'.repeat(2000) }),
    ])
    const { records: now, ...after } = here.writer.state
    assert.deepEqual([now - records, after], [3, before])
  })

  it('are written again, with the same number, by who does not know whether they were', async () => {
    await using here = await venue()
    await here.acts.note({ act: 'resume', askedBy: 'Ben' })
    await here.database.query('UPDATE operator_act SET is_recorded = false')
    await here.acts.record()
    await here.acts.record()
    assert.deepEqual(await here.inJournal(), Array(2).fill(act(1n, { act: 'resume', askedBy: 'Ben' })))
  })

  it('are written once a journal takes them, where it did not before', async () => {
    await using here = await venue()
    let isDown = true
    const acts = new Acts(here.database, async (records) => {
      if (isDown) throw new Error('down')
      return await here.writer.put(records)
    })
    await assert.rejects(acts.note({ act: 'resume' }), /down/)
    isDown = false
    await acts.record()
    assert.deepEqual(await here.inJournal(), [act(1n, { act: 'resume' })])
  })

  it('include that a venue is served with two persons, and without again', async () => {
    await using here = await venue()
    for (const twoPersons of [false, true, true, false]) await setTwoPersons(here.database, twoPersons)
    await here.acts.record()
    assert.deepEqual(await here.inJournal(), [
      act(1n, { act: 'serve with --two-person' }),
      act(2n, { act: 'serve without --two-person' }),
    ])
  })
})

it('tokens and erasure take two operators where the venue has two agree, and all of it is noted', async () => {
  await using folder = await temporaryDirectory()
  await chmod(folder.path, 0o711)
  const data = folder.file('data')
  await using server = await startPostgres({ directory: databaseFolder(data) })
  await using database = new Database({ connection: server.connection })
  await migrate(database)
  const keyStore = folder.file('keys.json')
  await makeKeyStore(keyStore)
  using keys = await openKeys(keyStore)
  await Sealer.open(database, keys)
  const run = (words: readonly string[], by?: string) => {
    const who = by === undefined ? [] : ['--operator-token-file', folder.file(`${by}.txt`)]
    return zkclear([...words, '--data', data, ...who, '--json'])
  }
  const create = (name: string, { scope = 'operator', by }: { scope?: string; by?: string } = {}) => {
    return run(['token', 'create', '--scope', scope, '--name', name, '--out', folder.file(`${name}.txt`)], by)
  }
  const done = async (result: ReturnType<typeof run>) => {
    const { code, stdout, stderr } = await result
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const refused = async (result: ReturnType<typeof run>, message: RegExp) => {
    const error = errorOf(await result)
    assert.deepEqual([error.code, error.path], ['INPUT_INVALID', '--operator-token-file'])
    assert.match(error.message, message)
  }
  const isThere = (name: string) =>
    access(folder.file(`${name}.txt`)).then(
      () => true,
      () => false,
    )

  // Before two are there, nobody could agree with the first.
  await setTwoPersons(database, true)
  const ada = (await done(create('ada'))).id
  const capital = (await done(create('Ada'))).id
  const ben = (await done(create('ben'))).id
  await refused(create('cleo'), /is missing/)
  await refused(create('machine', { scope: 'worker' }), /is missing/)
  assert.deepEqual(await done(create('cleo', { by: 'ada' })), { isDone: false })
  assert.equal(await isThere('cleo'), false)
  assert.deepEqual(await done(create('cleo', { by: 'ada' })), { isDone: false }, 'the same person twice')
  await refused(create('cleo', { by: 'Ada' }), /the token of ada that asked for it before is the same person's/)
  for (const name of ['ben ', ' ben', 'b  en', 'b\u200ben', 'ben\u00a0a', '\uff42en', 'b\u0435n', 'b\nen', '']) {
    const { code, path } = errorOf(await create(name, { by: 'ada' }))
    assert.deepEqual([code, path], ['INPUT_INVALID', '--name'], JSON.stringify(name))
  }
  assert.deepEqual(await done(create('dora', { by: 'ben' })), { isDone: false }, 'another act')
  const cleo = (await done(create('cleo', { by: 'ben' }))).id
  assert.equal((await readToken(database, (await readFile(folder.file('cleo.txt'), 'utf8')).trim()))?.name, 'cleo')
  assert.equal((await done(create('machine', { scope: 'worker', by: 'cleo' }))).isDone, false)
  const machine = (await done(create('machine', { scope: 'worker', by: 'ada' }))).id
  await refused(create('more', { by: 'machine' }), /no good token of an operator/)

  const revoke = (id: string, by?: string) => run(['token', 'revoke', '--id', id], by)
  assert.deepEqual(await done(revoke(machine)), { id: machine }, "a worker's is taken back at once")
  await refused(revoke(ada), /is missing/)
  assert.deepEqual(await done(revoke(ada, 'ben')), { isDone: false })
  assert.deepEqual(await done(revoke(ada, 'cleo')), { id: ada })
  await refused(create('more', { by: 'ada' }), /no good token of an operator/)

  const erase = ['keys', 'erase', '--key-store', keyStore]
  await refused(run(erase), /is missing/)
  assert.deepEqual(await done(run(erase, 'ben')), { isDone: false })
  assert.deepEqual(await done(run(erase, 'cleo')), { epoch: '0', first: '0' })

  const acts = await database.query<{ act: string; who: string[] }>(
    'SELECT act, ARRAY[asked_by, agreed_by] AS who FROM operator_act ORDER BY number',
  )
  assert.deepEqual(
    acts.map((one) => [one.act, ...one.who]),
    [
      ['serve with --two-person', null, null],
      [`token create operator "ada" 30: ${ada}`, null, null],
      [`token create operator "Ada" 30: ${capital}`, null, null],
      [`token create operator "ben" 30: ${ben}`, null, null],
      [`token create operator "cleo" 30: ${cleo}`, 'ada', 'ben'],
      [`token create worker "machine" 30: ${machine}`, 'cleo', 'ada'],
      [`token revoke ${machine}: worker "machine"`, null, null],
      [`token revoke ${ada}: operator "ada"`, 'ben', 'cleo'],
      ['keys erase', 'ben', 'cleo'],
    ],
  )
})

import assert from 'node:assert/strict'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { after, before, it } from 'node:test'
import { Database } from '../../../service/postgres/database.ts'
import { startPostgres } from '../../../service/postgres/server.ts'
import { connect } from '../../../settlement/index.ts'
import { publishedBatches } from '../../../settlement/published-batches.ts'
import { errorOf, zkclear } from '../../support/cli.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'

type Serve = Awaited<ReturnType<typeof startServe>>

const { open, folder, chain, target, pay } = await venueOfOne({ lots: 1_000n })
let database: Database
const folders: string[] = []
let urlFile: string

before(async () => {
  await chmod(folder.path, 0o711)
  const server = open.use(await startPostgres({ directory: folder.file('database') }))
  database = open.use(new Database({ connection: server.connection, connections: 2 }))
  urlFile = folder.file('url.txt')
  const { host, user, database: name } = server.connection
  await writeFile(urlFile, `postgres://${user}@${encodeURIComponent(host)}/${name}\n`, { mode: 0o600 })
  for (const name of ['one', 'two']) {
    folders.push(folder.file(name))
    await mkdir(folder.file(name))
  }
})

after(() => open.disposeAsync())

const start = (folder: string, ...more: string[]) =>
  startServe({ ...target, folder, more: ['--database-file', urlFile, ...more] })

/** Until all is settled, of so many batches at least, and the chain and the venue say the same. */
async function settled(serve: Serve, least: number): Promise<Status> {
  for (;;) {
    const status = await serve.until(
      ({ queue, batches }) => queue.waiting === 0 && batches.settled === batches.sealed && batches.settled >= least,
    )
    if (status.batches.settledRoot === `${(await chain.status()).stateRoot}`) return status
  }
}

const isStandby = async (serve: Serve) => ((await serve.status()) as unknown as { standby?: true }).standby === true

/** Waits until a standby is the venue, and takes what it is given: 503 is what it says else. Gives how long it took, in words. */
async function leads(serve: Serve): Promise<string> {
  const [row] = await database.query<{ left: number }>(
    'SELECT (extract(epoch FROM until - clock_timestamp()) * 1000)::float8 AS left FROM lease',
  )
  const [began, worked] = [performance.now(), await workOf(serve.pid)]
  for (;;) {
    const status = await serve.post('/v1/messages', []).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status !== 0 && status !== 503) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const [taken, left] = [performance.now() - began, Math.max(0, row!.left)]
  const work = (await workOf(serve.pid)) - worked
  const parts = [taken, left, taken - left, work].map(Math.round)
  return `the standby leads after ${parts[0]} ms: ${parts[1]} until the lease ended, ${parts[2]} more; it worked for ${parts[3]} ms of CPU`
}

/** Milliseconds of CPU that a process has taken. */
async function workOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

async function batchesOnChain(): Promise<number> {
  using connection = await connect({ rpcUrl: chain.rpcUrl })
  let count = 0
  const options = { provider: connection.signer.provider!, settlement: chain.settlement, firstNumber: 1n }
  for await (const _ of publishedBatches(options)) count++
  return count
}

it('a standby goes on where a leader was killed or stood still, who then does nothing more', async (t) => {
  const [one, two] = folders as [string, string]
  await using first = await start(one)
  await pay(5n)
  const before = await settled(first, 1)
  await copyFile(`${one}/keys.json`, `${two}/keys.json`)
  const options = ['--rpc', chain.rpcUrl, '--settlement', chain.settlement, '--key-store', `${two}/keys.json`]
  const alone = ['serve', ...options, '--standby', '--data', `${two}/data`, '--json']
  const embedded = await zkclear(alone)
  assert.match(errorOf(embedded).message, /needs --database-file/)

  await using second = await start(two, '--standby')
  assert.ok(await isStandby(second))
  assert.equal((await second.post('/v1/messages', [])).status, 503)
  while ((await second.status()).records < before.records) assert.ok(await isStandby(second))
  assert.equal(await first.end('SIGKILL'), 'SIGKILL')
  t.diagnostic(`killed: ${await leads(second)}`)
  const keyOf = async (serve: Serve) => (await serve.get('/v1/log/key')).body.key
  await pay(6n)
  const after = await settled(second, before.batches.settled + 1)
  const key = await keyOf(second)

  await using third = await start(one, '--standby')
  while ((await third.status()).records < after.records) assert.ok(await isStandby(third))
  process.kill(second.pid, 'SIGSTOP')
  t.diagnostic(`stopped: ${await leads(third)}`)
  assert.equal(await keyOf(third), key)
  await pay(7n)
  await settled(third, after.batches.settled + 1)
  const written = () =>
    database.query(
      `SELECT (SELECT count(*) FROM snapshot) AS snapshots, (SELECT count(*) FROM settlement_tx) AS transactions,
         (SELECT max(term) FROM journal) AS term, (SELECT count(*) FROM journal WHERE term < (SELECT term FROM leadership)) AS earlier`,
    )
  const then = await written()
  assert.equal(await second.end('SIGCONT'), 2)
  assert.match(second.lines.join('\n'), /does not lead any more: another process/)
  assert.deepEqual(await written(), then)
  await pay(8n)
  const { batches } = await settled(third, after.batches.settled + 2)
  assert.equal(await batchesOnChain(), batches.settled)
  const terms = await database.query<{ term: string }>('SELECT term FROM journal ORDER BY sequence')
  assert.deepEqual(
    terms,
    terms.toSorted((a, b) => Number(a.term) - Number(b.term)),
  )
  assert.equal(await third.end('SIGTERM'), 0)
})

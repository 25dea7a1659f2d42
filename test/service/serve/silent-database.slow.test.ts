import assert from 'node:assert/strict'
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startPostgres } from '../../../service/postgres/server.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { silentNetwork } from '../../support/service/silent-network.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'

const { open, folder, target, pay } = await venueOfOne({ lots: 1_000n })
let network: Awaited<ReturnType<typeof silentNetwork>>
const urlFiles: string[] = []

before(async () => {
  await chmod(folder.path, 0o711)
  const server = open.use(await startPostgres({ directory: folder.file('database') }))
  const { host, user, database } = server.connection
  network = open.use(await silentNetwork(`${host}/.s.PGSQL.5432`))
  const places = [`127.0.0.1:${network.port}`, encodeURIComponent(host)]
  for (const [i, place] of places.entries()) {
    urlFiles.push(folder.file(`url-${i}.txt`))
    await writeFile(urlFiles[i]!, `postgres://${user}@${place}/${database}\n`, { mode: 0o600 })
    await mkdir(folder.file(`${i}`))
  }
})

after(() => open.disposeAsync())

const start = (i: number, ...more: string[]) =>
  startServe({ ...target, folder: folder.file(`${i}`), more: ['--database-file', urlFiles[i]!, ...more] })

it('a leader that hears nothing of its database any more ends, once another may lead', async (t) => {
  const first = await start(0)
  t.after(() => first.end('SIGKILL'))
  await pay(5n)
  const before = await first.until(({ batches }) => batches.sealed > 0)
  await copyFile(folder.file('0/keys.json'), folder.file('1/keys.json'))
  await using second = await start(1, '--standby')
  network.fallSilent()
  const since = performance.now()
  const passed = () => `${Math.round(performance.now() - since)} ms`
  // Between the two servers of its port there is none.
  const leads = () =>
    second.status().then(
      (status) => !('standby' in status),
      () => false,
    )
  while (!(await leads())) await setTimeout(50)
  t.diagnostic(`the standby leads after ${passed()}`)
  assert.equal(await first.ended(), 2)
  t.diagnostic(`who led before has ended after ${passed()}`)
  assert.match(first.lines.join('\n'), /the database says nothing any more, and another process may lead/)
  await pay(6n)
  const { batches } = await second.until(({ batches: { sealed } }) => sealed > before.batches.sealed)
  assert.ok(batches.sealed > before.batches.sealed)
})

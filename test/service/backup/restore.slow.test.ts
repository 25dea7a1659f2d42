import assert from 'node:assert/strict'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { after, it } from 'node:test'
import { partOf, readPart } from '../../../service/backup/part.ts'
import { borrowDatabase } from '../../../service/postgres/borrow.ts'
import { documentOf, errorOf, zkclear } from '../../support/cli.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'

const { open, folder, chain, target, pay } = await venueOfOne({ lots: 1_000n })
after(() => open.disposeAsync())

const start = (...more: string[]) => startServe({ ...target, more })

/** Until what was paid is settled, and the chain and the venue say the same. */
async function settled(serve: Awaited<ReturnType<typeof startServe>>, least: number): Promise<Status> {
  for (;;) {
    const status = await serve.until(
      ({ queue, batches }) => queue.waiting === 0 && batches.settled === batches.sealed && batches.settled >= least,
    )
    if (status.batches.settledRoot === `${(await chain.status()).stateRoot}`) return status
  }
}

/** A backup that follows until it is ended. A busy database may seem gone to it meanwhile: the venue goes on once it has found it again. */
const follow = (ended: Promise<unknown>) =>
  zkclear(['backup', '--data', folder.file('data'), '--out', folder.file('backup'), '--follow', '--json'], {
    interrupt: { when: ended, signal: 'SIGTERM' },
  })
const restore = (name: string, more: readonly string[] = []) =>
  zkclear([
    ...['restore', folder.file(name), '--rpc', chain.rpcUrl, '--settlement', chain.settlement],
    ...['--key-store', folder.file('keys.json'), '--data', folder.file('data'), '--json', ...more],
  ])

/** Ends the server that a killed process left, and takes its folder away. */
async function loseData(): Promise<void> {
  const [pid] = (await readFile(folder.file('data/postgres/cluster/postmaster.pid'), 'utf8')).split('\n')
  process.kill(Number(pid), 'SIGKILL')
  await rm(folder.file('data'), { recursive: true })
}

it('a venue whose data is lost goes on from the backup that it waited for, and not from one that the chain is ahead of', async () => {
  let key: string
  let before: Status
  const lost = Promise.withResolvers<void>()
  const followed = follow(lost.promise)
  {
    await using serve = await start('--replica', 'backup')
    await pay(5n)
    await settled(serve, 1)
    await cp(folder.file('backup'), folder.file('old'), { recursive: true })
    await pay(6n)
    before = await settled(serve, 2)
    key = (await serve.get('/v1/log/key')).body.key
    assert.equal(await serve.end('SIGKILL'), 'SIGKILL')
  }
  await loseData()
  lost.resolve()
  assert.equal((await followed).code, 0)

  const old = await restore('old')
  assert.equal(old.code, 2)
  assert.equal(errorOf(old).code, 'BACKUP_BEHIND')
  assert.match(errorOf(old).message, /batch \d+ on the chain leads to root .* give a newer copy/)

  // All batches, and not the last records that were in the log when the last one was settled.
  await cp(folder.file('backup'), folder.file('lossy'), { recursive: true })
  const path = folder.file('lossy/00000000.part')
  const whole = await readFile(path)
  const lines = readPart(whole, path)!.lines.toString().trimEnd().split('\n')
  const last = lines.findLastIndex((line) => line.includes('"anchor"'))
  const without = Buffer.from(`${lines.toSpliced(last, 1).join('\n')}\n`)
  await writeFile(path, Buffer.concat(partOf(without, whole.toString().trimEnd().split('\n').at(-2)!)))
  const lossy = await restore('lossy')
  assert.equal(lossy.code, 2)
  assert.match(errorOf(lossy).message, /carries the root of a log that this one does not begin with; .*--accept-loss/)
  const accepted = await restore('lossy', ['--accept-loss'])
  assert.equal(accepted.code, 0, accepted.stderr)
  assert.equal(documentOf(accepted).isLossy, true)
  {
    const place = { directory: folder.file('data'), signal: new AbortController().signal }
    await using borrowed = await borrowDatabase(place)
    const acts = await borrowed.database.query<{ act: string }>('SELECT act FROM operator_act WHERE NOT is_recorded')
    assert.match(acts.map(({ act }) => act).join(), /^restore --accept-loss: .*carries the root of a log/)
  }
  await rm(folder.file('data'), { recursive: true })

  const restored = await restore('backup')
  assert.equal(restored.code, 0, restored.stderr)
  const { epoch, isLossy, isTorn } = documentOf(restored)
  assert.deepEqual([isLossy, isTorn], [false, false])
  await using serve = await start()
  const again = await serve.status()
  assert.deepEqual(again.batches.settledRoot, before.batches.settledRoot)
  const [name] = (await serve.get('/v1/log/key')).body.key.split('+')
  assert.equal(name, key.split('+')[0]!.replace(/0$/, `${epoch}`))
  const anchors = await zkclear([
    'log',
    'verify',
    '--venue',
    serve.url,
    '--rpc',
    chain.rpcUrl,
    '--settlement',
    chain.settlement,
    '--json',
  ])
  assert.equal(anchors.code, 0, anchors.stderr)
  await pay(7n)
  await settled(serve, before.batches.settled + 1)
})

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { before, it } from 'node:test'
import { id } from 'ethers'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { connectVenue, type Opening, type Session, signerOf } from '../../../client/index.ts'
import { proveMargin } from '../../../client/margin/index.ts'
import { operatorState } from '../../../client/wire/operator.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { marginContext } from '../../../protocol/domain.ts'
import type { ZkclearError } from '../../../protocol/errors.ts'
import { BASIS_POINTS } from '../../../protocol/parameters.ts'
import { createProver } from '../../../prover/index.ts'
import { rotateKeyStore } from '../../../service/keys/key-store.ts'
import {
  admit,
  connect,
  deposit,
  mintPlay,
  readAccount,
  registerAccount,
  registrationOf,
} from '../../../settlement/index.ts'
import { decodeRiskSnapshot } from '../../../venue/index.ts'
import { documentOf, zkclear } from '../../support/cli.ts'
import { ALICE, BOB, startVenue } from '../../support/node-venue.ts'
import { clearIn } from '../../support/service/clear-text.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { writeReports } from '../../support/signed-reports.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

/** Told apart from all other numbers. */
const CASH = 10_731_846_205_937n
const VIEW_KEYS = 0x5eca_11ed_b41a_2ce5_0f7a_11ce_0000n
const PAID = 1_000_000_000n

const secretsOf = (seed: number) => ({
  privateKey: new Uint8Array(32).fill(seed),
  ownerSecret: BigInt(seed),
  viewKey: VIEW_KEYS + BigInt(seed),
})

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
})

it('a venue takes orders, proves and settles them, loses nothing when it is killed, and pays out', async () => {
  await using folder = await temporaryDirectory()
  await using chain = await startVenue()
  const { rpcUrl, settlement, domain } = chain
  const place = { rpcUrl, settlement, folder: folder.path }

  const traders = await Promise.all(
    [ALICE, BOB].map(async ({ key }, i) => {
      using connection = await connect({ rpcUrl, privateKey: key })
      const { signer } = connection
      const secrets = secretsOf(i + 1)
      const { account } = await registerAccount({ signer, settlement, registration: registrationOf(secrets) })
      await mintPlay({ signer, settlement, asset: 0, lots: CASH })
      await deposit({ signer, settlement, account, asset: 0, lots: CASH })
      return { account, secrets }
    }),
  )
  const planted = [CASH, ...traders.map((trader) => trader.secrets.viewKey)]
  const logs: Record<string, string> = {}
  let root: string
  let before: number
  let receipts: unknown[]
  {
    await using serve = await startServe(place)
    for (const { account, secrets } of traders) {
      const shared = await waitFor(() => serve.post('/v1/view-keys', { account, viewKey: secrets.viewKey }))
      assert.deepEqual(shared, { result: 'TAKEN' })
    }
    // The first table ends what batches without one wait for: they are settled first.
    await serve.until(
      ({ queue, batches }) => queue.waiting === 0 && batches.settled === batches.sealed && batches.settled > 0,
    )
    const isWithoutTable = ({ alerts }: Status) => alerts.some(({ code }) => code === 'TABLE_MISSING')
    assert.ok(isWithoutTable(await serve.status()))
    const reports = await writeReports(folder.path, await chain.time())
    const out = ['--out', folder.file('table.proof.json'), '--snapshot-out', folder.file('table.json')]
    const updated = await zkclear([
      'risk',
      'update',
      '--rpc',
      rpcUrl,
      '--settlement',
      settlement,
      ...out,
      '--report',
      ...reports,
    ])
    assert.equal(updated.code, 0, updated.stderr)

    const { table } = decodeRiskSnapshot(JSON.parse(await readFile(folder.file('table.json'), 'utf8')), 'small')
    const { mark } = table.markets[0]!
    const [one, other] = traders as [(typeof traders)[0], (typeof traders)[0]]
    const terms = { market: 0, price: mark, size: 10n, nonce: 1n, expiry: 1n << 39n }
    const order = ({ account, secrets: { privateKey } }: typeof one, side: 'buy' | 'sell') =>
      signerOf({ account, privateKey, domain }).order({ ...terms, side })
    const bundles = [order(one, 'sell'), order(other, 'buy')]
    const { verdicts } = (await waitFor(() => serve.post('/v1/messages', bundles))) as {
      verdicts: { verdict: string; record: number; receipt: unknown }[]
    }
    receipts = verdicts.map(({ receipt }) => receipt)
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ['ACCEPTED', 'ACCEPTED'],
    )
    const again = await serve.post('/v1/messages', bundles)
    assert.deepEqual(again.body, {
      verdicts: verdicts.map(({ verdict, record }) => ({ verdict, record, again: true })),
    })
    const killed = await serve.status()
    assert.ok(!isWithoutTable(killed))
    before = killed.records
    root = killed.batches.settledRoot
    assert.equal(await serve.end('SIGKILL'), 'SIGKILL')
    logs.first = serve.lines.join('\n')
    assert.match(logs.first, /ALERT TABLE_MISSING is over/)
    assert.match(logs.first, /Keep a copy of that somewhere else; without it the journal is lost/)
    assert.deepEqual(await clearIn(folder.file('data'), planted, logs), [])
  }
  await using serve = await startServe(place)
  const restarted = await serve.status()
  assert.ok(restarted.records >= before, `${restarted.records} records, and there were ${before}`)
  const traded = await serve.until(({ batches }) => batches.settled === batches.sealed && batches.settledRoot !== root)
  assert.equal(traded.batches.settledRoot, `${(await chain.status()).stateRoot}`)

  // The log is the same after a restart: what was receipted before is in it, and the chain carries its heads.
  await writeFile(folder.file('receipts.json'), JSON.stringify(receipts))
  const checked = await zkclear([
    ...['log', 'verify', '--venue', serve.url, '--rpc', rpcUrl, '--settlement', settlement],
    ...['--receipt', folder.file('receipts.json'), '--json'],
  ])
  assert.equal(checked.code, 0, checked.stdout + checked.stderr)
  const { receipts: held, anchors } = documentOf(checked)
  const receipted = (held as { account: number; kind: string }[]).map(({ kind, account }) => [kind, account])
  assert.deepEqual(receipted.toSorted(), [
    ['message', 1],
    ['message', 2],
  ])
  assert.equal(anchors, traded.batches.settled)

  const { records: least } = await serve.status()
  const shown = await toldTo('operator', `${serve.workerUrl}/operator/state`, folder.path)
  const state = operatorState.parse(await shown.json())
  // What comes meanwhile is in it, or is not.
  assert.ok(least <= state.venue.records && state.venue.records <= (await serve.status()).records)
  assert.equal(state.batches.settled, traded.batches.settled)
  assert.deepEqual([state.solvency?.isEven, state.solvency?.assets[0]?.vault], [true, 2n * CASH])
  assert.equal(state.solvency?.assets[0]?.journal, 2n * CASH)
  assert.ok(state.gas![0]!.settlements! > 0n && state.disk!.total > 0n && state.table !== undefined)
  const stages = state.batches.list.at(-1)!.stages
  assert.ok(stages.mined !== undefined, JSON.stringify(stages))
  const watch = ['watch', '--venue', serve.url, '--rpc', rpcUrl, '--settlement', settlement, '--json']
  const seen = await zkclear(watch)
  assert.equal(seen.code, 0, seen.stdout + seen.stderr)
  const { alerts: raised, log: watched, queue } = documentOf(seen) as Record<string, unknown>
  const { size, ...known } = watched as { size: string }
  assert.deepEqual([raised, known], [[], { anchors: traded.batches.settled, faults: [] }])
  // Time passes, which the log may have had to note.
  assert.ok(Number(size) >= Number(state.log.size), `${size} after ${state.log.size}`)
  assert.deepEqual(queue, { waiting: '0' })

  const [{ account, secrets }] = traders as [(typeof traders)[0]]
  const client = connectVenue({ url: serve.url })
  const credentials = { account, privateKey: secrets.privateKey, domain }
  const session = await client.login(credentials)
  const own = await session.read()
  assert.deepEqual([own.positions[0]!.size, own.nextNonce], [-10n, 2n])

  // What it tells of the account proves margin to the chain.
  const purpose = id('a loan')
  await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'] })
  const terms = { domain, ratioBps: BASIS_POINTS, context: marginContext(chain.gate, purpose) }
  const proved = await proveMargin({ ...terms, opening: await openingOf(session), secrets, prover })
  {
    using connection = await connect({ rpcUrl, privateKey: BOB.key })
    const { signer } = connection
    await admit({ signer, gate: chain.gate, purpose, proved, rootSince: proved.rootSince })
  }

  const payment = { asset: 0, amount: PAID, nonce: 2n, expiry: 1n << 39n }
  const [asked] = await client.send([signerOf(credentials).withdraw(payment)])
  assert.equal(asked!.verdict, 'ACCEPTED')
  const { batches } = await serve.until(
    ({ batches, backlog }) =>
      backlog.waiting === 0 && batches.settled === batches.sealed && batches.settled > traded.batches.settled,
  )
  const onChain = await chain.status()
  assert.equal(batches.settledRoot, `${onChain.stateRoot}`)
  assert.equal(BigInt(batches.settled), onChain.batchCount)
  using connection = await connect({ rpcUrl })
  const { credits } = await readAccount({ provider: connection.signer.provider!, settlement, account })
  assert.equal(credits[0]!.all, PAID)
  const metrics = await (await toldTo('metrics', `${serve.workerUrl}/metrics`, folder.path)).text()
  for (const stage of ['witnessed', 'proved', 'sent', 'mined']) {
    assert.match(metrics, new RegExp(`zkclear_batch_stage_seconds_count{circuit="cash-batch",stage="${stage}"} [1-9]`))
  }
  assert.match(metrics, /^zkclear_solvent 1$/m)
  assert.equal(await serve.end('SIGTERM'), 0)
  logs.second = serve.lines.join('\n')
  assert.deepEqual(await clearIn(folder.file('data'), planted, logs), [], 'nothing private was stored or said in clear')
  assert.ok(
    (await clearIn(folder.file('data'), [BigInt(`0x${Buffer.from('trade-batch').toString('hex')}`)])).length > 0,
  )

  // With the next key all of it opens, and with the first alone nothing.
  const keyStore = folder.file('keys.json')
  const first = await readFile(keyStore)
  await rotateKeyStore(keyStore)
  {
    await using rotated = await startServe(place)
    assert.equal((await rotated.status()).batches.settledRoot, batches.settledRoot)
    assert.equal(await rotated.end('SIGTERM'), 0)
    assert.match(rotated.lines.join('\n'), /data keys wrapped anew/)
  }
  await writeFile(keyStore, first)
  await assert.rejects(startServe(place), /does not hold the key that this database is sealed under \(version 2\)/)
})

/** Of the account in the settled state, once the venue has looked at how the chain knows that. */
async function openingOf(session: Session): Promise<Opening> {
  for (;;) {
    try {
      return await session.opening()
    } catch (error) {
      if ((error as ZkclearError).details.code !== 'NOT_OPEN') throw error
    }
  }
}

/** What the bearer of a new token of that scope is told at that path. */
async function toldTo(scope: 'operator' | 'metrics', url: string, folder: string): Promise<Response> {
  const out = `${folder}/${scope}.token`
  const data = ['--data', `${folder}/data`]
  const made = await zkclear(['token', 'create', ...data, '--scope', scope, '--name', 'Ada', '--out', out])
  assert.equal(made.code, 0, made.stderr)
  return await fetch(url, { headers: { authorization: `Bearer ${(await readFile(out, 'utf8')).trim()}` } })
}

/** The body of the first answer that is not an error. */
async function waitFor(ask: () => Promise<{ status: number; body: unknown }>): Promise<unknown> {
  for (;;) {
    const { status, body } = await ask()
    if (status === 200) {
      const { verdicts } = body as { verdicts?: { verdict: string }[] }
      if (verdicts?.every(({ verdict }) => verdict === 'NOT_OPEN') !== true) return body
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { before, it } from 'node:test'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { connectVenue, signerOf } from '../../../client/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import type { ZkclearError } from '../../../protocol/errors.ts'
import { connect, deposit, mintPlay, readExit, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { decodeRiskSnapshot, encodeKeys } from '../../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../../support/cli.ts'
import { ALICE, BOB, startVenue } from '../../support/node-venue.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { writeReports } from '../../support/signed-reports.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const CASH = 5_000_000_000n

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
})

it('a frozen venue tells its traders, and its operator, what they prove their exits from, and the contract takes that', async () => {
  await using folder = await temporaryDirectory()
  await using chain = await startVenue()
  const { rpcUrl, settlement, domain } = chain
  const place = { rpcUrl, settlement, folder: folder.path }
  const at = ['--rpc', rpcUrl, '--settlement', settlement]
  const run = async (...args: string[]) => {
    const result = await zkclear([...args, '--json'], { cwd: folder.path, env: { ZKCLEAR_PRIVATE_KEY: BOB.key } })
    assert.equal(result.code, 0, result.stderr)
    return documentOf(result)
  }
  const traders = await Promise.all(
    [ALICE, BOB].map(async ({ key }, i) => {
      using connection = await connect({ rpcUrl, privateKey: key })
      const { signer } = connection
      const secrets = {
        privateKey: new Uint8Array(32).fill(i + 1),
        ownerSecret: BigInt(i + 1),
        viewKey: BigInt(i + 77),
      }
      const { account } = await registerAccount({ signer, settlement, registration: registrationOf(secrets) })
      await mintPlay({ signer, settlement, asset: 0, lots: 2n * CASH })
      await deposit({ signer, settlement, account, asset: 0, lots: CASH })
      await writeFile(folder.file(`keys-${account}.json`), JSON.stringify(encodeKeys(new Map([[account, secrets]]))))
      return { account, secrets }
    }),
  )
  const fetching = (account: number, url: string) => [
    ...['exit', 'fetch', '--venue', url, '--keys', `keys-${account}.json`, '--out', `mine-${account}`, ...at],
  ]
  const packing = ['exit', 'packages', ...at, '--profile', 'small', '--key-store', 'keys.json', '--data', 'data']
  {
    await using serve = await startServe(place)
    const client = connectVenue({ url: serve.url })
    for (const { account, secrets } of traders) {
      await again(() => client.shareViewKey({ account, viewKey: secrets.viewKey }))
    }
    await serve.until(
      ({ queue, batches }) => queue.waiting === 0 && batches.settled === batches.sealed && batches.settled > 0,
    )
    const reports = await writeReports(folder.path, await chain.time())
    const out = ['--out', 'table.proof.json', '--snapshot-out', 'table.json']
    await run('risk', 'update', ...at, ...out, '--report', ...reports)
    const { table } = decodeRiskSnapshot(JSON.parse(await readFile(folder.file('table.json'), 'utf8')), 'small')
    const terms = { market: 0, price: table.markets[0]!.mark, size: 10n, nonce: 1n, expiry: 1n << 39n }
    const bundles = traders.map(({ account, secrets: { privateKey } }, i) => {
      return signerOf({ account, privateKey, domain }).order({ ...terms, side: i === 0 ? 'sell' : 'buy' })
    })
    await again(async () => {
      const verdicts = await client.send(bundles)
      assert.deepEqual(
        verdicts.map(({ verdict }) => verdict),
        ['ACCEPTED', 'ACCEPTED'],
      )
    })
    const isTraded = async () => {
      const { account, secrets } = traders[0]!
      const session = await client.login({ account, privateKey: secrets.privateKey, domain })
      return (await session.read()).positions[0]!.size !== 0n
    }
    while (!(await isTraded()));
    await serve.until(({ batches }) => batches.settled === batches.sealed)
    const early = await zkclear([...fetching(1, serve.url), '--json'], { cwd: folder.path })
    assert.deepEqual([early.code, errorOf(early).details?.code], [2, 'NOT_FROZEN'])
    assert.equal(await serve.end('SIGTERM'), 0)
  }
  const living = await zkclear([...packing, '--out', 'packages', '--json'], { cwd: folder.path })
  assert.deepEqual([living.code, errorOf(living).path], [2, '--settlement'])

  // Nobody serves the deposit, until anybody freezes the venue.
  using connection = await connect({ rpcUrl, privateKey: BOB.key })
  const { signer } = connection
  await deposit({ signer, settlement, account: traders[1]!.account, asset: 0, lots: CASH })
  const { freezableFrom } = await readExit({ provider: signer.provider!, settlement })
  await chain.ask('evm_setNextBlockTimestamp', Number(freezableFrom!))
  await chain.ask('evm_mine')
  await run('freeze', ...at)

  await using serve = await startServe(place)
  for (const { account, secrets } of traders) {
    const session = await connectVenue({ url: serve.url }).login({ account, privateKey: secrets.privateKey, domain })
    await again(() => session.exit())
    const fetched = await run(...fetching(account, serve.url))
    assert.deepEqual([fetched.account, fetched.period], [account, 'CLAIMS'])
  }
  const foreign = await zkclear([...fetching(1, serve.url), '--account', '2', '--json'], { cwd: folder.path })
  assert.deepEqual([foreign.code, errorOf(foreign).path], [2, '--account'])

  // The operator has the same, while the venue runs and when it does not.
  const packed = await run(...packing, '--out', 'packages')
  assert.deepEqual([packed.written, packed.lacking], [3, []])
  assert.deepEqual((await readdir(folder.file('packages'))).sort(), ['0', '1', '2'])
  for (const { account } of traders) {
    const [mine, theirs] = [`mine-${account}/exit.json`, `packages/${account}/exit.json`]
    assert.equal((await stat(folder.file(theirs))).mode & 0o777, 0o600)
    const read = async (name: string) => JSON.parse(await readFile(folder.file(name), 'utf8'))
    assert.deepEqual(await read(theirs), await read(mine))
  }
  const full = await zkclear([...packing, '--out', 'packages', '--json'], { cwd: folder.path })
  assert.equal(errorOf(full).code, 'OUTPUT_UNWRITABLE')
  assert.equal(await serve.end('SIGTERM'), 0)
  assert.equal((await run(...packing, '--out', 'later')).written, 3)

  for (const [account, recovery] of [
    [1, 'mine-1'],
    [2, 'later/2'],
  ] as const) {
    await run('exit', 'prove', '--recovery', recovery, '--out', `claim-${account}.json`)
    const claimed = await run('exit', 'claim', '--proof', `claim-${account}.json`, ...at)
    assert.deepEqual([claimed.account, claimed.inTime], [account, true])
    assert.ok(BigInt((claimed.claims as string[])[0]!) > 0n)
  }
})

/** Asks again for as long as the venue refuses it, or the verdicts. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof assert.AssertionError) && (error as ZkclearError).code !== 'VENUE_REFUSED') throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

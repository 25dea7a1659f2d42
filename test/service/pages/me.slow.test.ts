import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, it } from 'node:test'
import { id } from 'ethers'
import { CIRCUIT_NAMES, marginSufficiency } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { startBrowser } from '../../../scripts/pages/browser.ts'
import { buildPage } from '../../../scripts/pages/build-page.ts'
import { builtPageFolder } from '../../../service/http/page.ts'
import { admit, connect, deposit, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { encodeKeys } from '../../../venue/index.ts'
import { proofFromJson } from '../../../verifier/index.ts'
import { statementFromJson } from '../../../verifier/statement-json.ts'
import { zkclear } from '../../support/cli.ts'
import { ALICE, BOB, startVenue } from '../../support/node-venue.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { writeReports } from '../../support/signed-reports.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SECRETS = { privateKey: new Uint8Array(32).fill(5), ownerSecret: 0x0a11ce5n, viewKey: 0x5eca_11ed_b41an }
const PURPOSE = id('a loan')

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  await buildPage('me', builtPageFolder('me'))
})

it('a margin proof that a browser made of a served venue is taken by the contract', async () => {
  await using folder = await temporaryDirectory()
  await using chain = await startVenue()
  const { rpcUrl, settlement } = chain
  let account: number
  {
    using connection = await connect({ rpcUrl, privateKey: ALICE.key })
    const { signer } = connection
    account = (await registerAccount({ signer, settlement, registration: registrationOf(SECRETS) })).account
    await mintPlay({ signer, settlement, asset: 0, lots: 5_000_000_000n })
    await deposit({ signer, settlement, account, asset: 0, lots: 5_000_000_000n })
  }
  await using serve = await startServe({ rpcUrl, settlement, folder: folder.path })
  await serve.until(({ queue, batches }) => queue.waiting === 0 && batches.settled > 0)

  await using browser = await startBrowser()
  await using window = await browser.open(`${serve.url}/me`)
  const { page } = window
  // What is proved and settled takes what the machine lets it.
  page.setDefaultTimeout(600_000)
  const keys = Buffer.from(JSON.stringify(encodeKeys(new Map([[account, SECRETS]]))))
  await page.getByLabel('Keys file').setInputFiles({ name: 'keys.json', mimeType: 'application/json', buffer: keys })
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The venue is entering your view key').waitFor()
  await page.getByText('The venue is entering your view key').waitFor({ state: 'hidden' })

  await serve.until(({ batches }) => batches.settled === batches.sealed)
  const reports = await writeReports(folder.path, await chain.time())
  const out = ['--out', folder.file('table.proof.json'), '--snapshot-out', folder.file('table.json')]
  const where = ['--rpc', rpcUrl, '--settlement', settlement]
  const updated = await zkclear(['risk', 'update', ...where, ...out, '--report', ...reports])
  assert.equal(updated.code, 0, updated.stderr)

  await page.getByLabel('Contract that asks for it').fill(chain.gate)
  await page.getByLabel('Purpose, 32 bytes in hex').fill(PURPOSE)
  const proved = page.getByText('proved and checked')
  const refused = page.getByText('There is no settled state yet')
  for (let isProved = false; !isProved; isProved = await proved.isVisible()) {
    await page.getByRole('button', { name: 'Prove my margin' }).click()
    await proved.or(refused).waitFor()
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save the proof' }).click(),
  ])
  const since = await page.locator('.since').textContent()
  const file = JSON.parse(await readFile(await download.path(), 'utf8'))
  const statement = marginSufficiency.statementOf(
    statementFromJson(marginSufficiency as never, file.statement) as never,
  )
  using connection = await connect({ rpcUrl, privateKey: BOB.key })
  await admit({
    ...{ signer: connection.signer, gate: chain.gate, purpose: PURPOSE, rootSince: BigInt(since!) },
    proved: { proof: proofFromJson(file.proof), statement },
  })
})

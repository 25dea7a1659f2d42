import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Request, Route } from 'playwright-core'
import { exit } from '../../../circuits/exit/index.ts'
import { exitRefusal } from '../../../circuits/exit/refusal.ts'
import { marginSufficiency } from '../../../circuits/index.ts'
import { marginContext } from '../../../protocol/domain.ts'
import { hashRiskTable } from '../../../protocol/risk-table.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { startBrowser, type Window } from '../../../scripts/pages/browser.ts'
import type { Page } from '../../../service/http/page.ts'
import { ledgerAt } from '../../../service/sequencer/state.ts'
import { loadMarginFiles, type MarginFiles } from '../../../service/traders/proving-files.ts'
import { encodeKeys } from '../../../venue/index.ts'
import { readProof, verify } from '../../../verifier/index.ts'
import { statementFromJson } from '../../../verifier/statement-json.ts'
import { builtPage } from '../../support/built-page.ts'
import { focusComesTo } from '../../support/focus.ts'
import { marginArtifacts } from '../../support/margin-artifacts.ts'
import { testServer } from '../../support/service/test-server.ts'
import {
  DOMAIN,
  orderOf,
  secretOf,
  signed,
  TABLE,
  type TradingVenue,
  tradingVenue,
} from '../../support/service/trading-venue.ts'

const GATE = `0x${'ab'.repeat(20)}`
const PURPOSE = `0x${'07'.repeat(32)}`
const PASSPHRASE = 'a passphrase of some length'

/** Runs in the page: keeps when each stage of a proof began, in unix milliseconds. */
function noteStages() {
  const stages: Record<string, number> = {}
  Object.assign(globalThis, { stages })
  new MutationObserver(() => {
    const words = document.querySelector('.proving p')?.textContent
    if (words) stages[words] ??= performance.timeOrigin + performance.now()
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}

const isBetween = (time: number, from: number, to: number) => from <= time && time <= to

/** What the element says that has the focus. */

type Statement = ReturnType<typeof marginSufficiency.statementOf>

/** Those that the test's venue has registered for its trader. */
const SECRETS = { privateKey: secretOf(1), ownerSecret: 1n, viewKey: 901n }

describe('the page of traders', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let venue: TradingVenue
  before(async () => {
    await marginArtifacts()
    const [marginFiles, page]: [MarginFiles, Page] = await Promise.all([
      loadMarginFiles('small'),
      builtPage('me', '/me/', { wasm: true }),
    ])
    server = await testServer()
    venue = await tradingVenue(server, { marginFiles, page })
    await venue.client.send([
      signed(1, orderOf(1, 1n, { size: 1000n })),
      signed(2, orderOf(2, 1n, { side: 'sell', size: 1000n })),
    ])
    await venue.put({ kind: 'cut', cash: false })
    await venue.settle()
    browser = await startBrowser()
  })
  after(async () => {
    await browser[Symbol.asyncDispose]()
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const keysFile = {
    name: 'keys.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(encodeKeys(new Map([[1, SECRETS]])))),
  }

  async function signIn({ page }: Window) {
    // A proof takes what the machine lets it.
    page.setDefaultTimeout(300_000)
    await page.getByLabel('Keys file').setInputFiles(keysFile)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('live', { exact: true }).waitFor()
  }

  it('trades: shows the account, places an order, shows its fill live, and cancels what is left', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page, errors } = window
    await signIn(window)
    await page.getByText('Cash, quanta').waitFor()
    await page.getByText('sell', { exact: true }).click()
    await page.getByLabel('Lots', { exact: true }).first().fill('15')
    await page.getByRole('button', { name: 'Sell' }).click()
    await page.getByText('Sells 15 lots at 1,000: accepted.').waitFor()
    await venue.client.send([signed(2, orderOf(2, BigInt(venue.writer.state.records), { size: 10n }))])
    await venue.put({ kind: 'cut', cash: false })
    await page.getByRole('cell', { name: 'soft' }).waitFor()
    await page.getByRole('row', { name: '0 +990 1,000 0 / 5' }).waitFor()
    await venue.settle()
    await page.getByRole('cell', { name: 'settled' }).waitFor()
    await page.getByRole('button', { name: 'Cancel sell 5 at 1000 in market 0' }).click()
    await page.getByText('The cancel is accepted.').waitFor()
    await venue.put({ kind: 'cut', cash: false })
    await page.getByText('None.', { exact: true }).waitFor()
    assert.deepEqual(errors, [])
    await window.screenshot('me-trading')
  })
  it('says when what was accepted comes to nothing, and why', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page, errors } = window
    await signIn(window)
    const money = page.getByRole('region', { name: 'Deposit and withdraw' })
    await money.getByLabel('Lots').fill('9000000')
    await money.getByRole('button', { name: 'Withdraw' }).click()
    await money.getByText('The withdrawal of 9,000,000 lots is accepted.').waitFor()
    await venue.put({ kind: 'cut', cash: true })
    await money
      .getByRole('alert')
      .getByText(/^Record [0-9]+ was accepted, and came to nothing: /)
      .waitFor()
    assert.deepEqual(errors, [])
  })

  it('says that the venue is frozen, and how to leave, in place of all that trades', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`, { width: 360, height: 740 })
    const { page, errors } = window
    const status = await (await fetch(`${venue.gateway.url}/v1/status`)).json()
    const alerts = [{ code: 'FROZEN', severity: 'page', since: '1' }]
    await page.route('**/v1/status', (route) => route.fulfill({ json: { ...status, alerts } }))
    await signIn(window)
    await page.getByRole('alert').getByText('Nothing is traded or settled here any more, for ever.').waitFor()
    await page.getByText(`zkclear exit fetch --venue ${venue.gateway.url} --keys`).waitFor()
    assert.deepEqual(await page.getByRole('button').allTextContents(), ['Sign out', 'Get my exit.json'])
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360)
    assert.deepEqual(errors, [])
    await window.screenshot('me-frozen-360')
  })

  it('offers as a file what the exit of a frozen venue is proved from, and nothing that does not lead to its state', async () => {
    const roots = { stateRoot: 0n, riskRoot: hashRiskTable(TABLE), frozenAt: 1n, round: 0n }
    await using frozen = await tradingVenue(server, { page: await builtPage('me', '/me/'), frozen: () => roots })
    await frozen.client.send([signed(1, orderOf(1, 1n)), signed(2, orderOf(2, 1n, { side: 'sell' }))])
    await frozen.put({ kind: 'cut', cash: false })
    await frozen.settle()
    roots.stateRoot = stateRoot(ledgerAt(frozen.writer.written, 1).state)
    await using window = await browser.open(`${frozen.gateway.url}/me/`)
    const { page, errors } = window
    const status = await (await fetch(`${frozen.gateway.url}/v1/status`)).json()
    const alerts = [{ code: 'FROZEN', severity: 'page', since: '1' }]
    await page.route('**/v1/status', (route) => route.fulfill({ json: { ...status, alerts } }))
    await signIn(window)
    await page.route('**/v1/account/exit', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), marketsRoot: '5' } })
    })
    await page.getByRole('button', { name: 'Get my exit.json' }).click()
    await page.getByRole('alert').getByText('does not lead to the state that it names').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Save exit.json' }).count(), 0)
    await page.unroute('**/v1/account/exit')
    await page.getByRole('button', { name: 'Get my exit.json' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save exit.json' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'exit.json')
    const json = JSON.parse(await readFile(await download.path(), 'utf8'))
    const { statement, witness } = await exit.readJob!(json, 'small')
    assert.equal(exitRefusal(statement, witness), undefined)
    assert.equal(statement.account, 1n)
    assert.deepEqual(errors, [])
    await window.screenshot('me-frozen-exit')
  })

  it('says that trading is paused', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page } = window
    const status = await (await fetch(`${venue.gateway.url}/v1/status`)).json()
    const alerts = [{ code: 'PAUSED', severity: 'warn', since: '1' }]
    await page.route('**/v1/status', (route) => route.fulfill({ json: { ...status, alerts } }))
    await signIn(window)
    await page.getByText('Trading is paused').waitFor()
  })

  it('says that the file has a view key that is not the one of the account', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page } = window
    const json = { error: { code: 'VIEW_KEY_REFUSED', message: 'it is another' } }
    await page.route('**/v1/view-keys', (route) => route.fulfill({ status: 409, json }))
    await page.route('**/v1/account', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), hasViewKey: false } })
    })
    await signIn(window)
    await page.getByText('The view key of this file is not the one').waitFor()
  })

  it('says that it hears nothing where the venue takes a request and says nothing, and hears it again', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page } = window
    page.setDefaultTimeout(300_000)
    await page.clock.install()
    const { promise: held, resolve: hold } = Promise.withResolvers<Route>()
    await page.route('**/v1/account/stream*', hold)
    await page.getByLabel('Keys file').setInputFiles(keysFile)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await held
    await page.clock.runFor(26_000)
    await page.getByText('no word from the venue').waitFor()
    await page.unroute('**/v1/account/stream*')
    await page.clock.resume()
    await page.getByText('live', { exact: true }).waitFor()
  })

  it('gives up where the venue takes an order and says nothing, and says that it may have taken it', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page } = window
    await page.clock.install()
    // The page's clock rules what it gives up by, too.
    await page.evaluate(() => {
      AbortSignal.timeout = (milliseconds) => {
        const over = new AbortController()
        setTimeout(() => over.abort(new DOMException('it took too long', 'TimeoutError')), milliseconds)
        return over.signal
      }
    })
    await signIn(window)
    await page.getByText('Cash, quanta').waitFor()
    const { promise: held, resolve: hold } = Promise.withResolvers<Route>()
    await page.route('**/v1/messages', hold)
    await page.getByRole('button', { name: 'Buy' }).press('Enter')
    await held
    await page.getByRole('button', { name: 'Sending …' }).waitFor()
    await page.clock.runFor(20_000)
    await page.getByRole('alert').getByText('no answer in time. It may have been taken all the same').waitFor()
    await focusComesTo(page, 'textContent', 'Buy')
  })

  it('keeps the focus where its user goes on: at what was refused, at the account, and at a proof', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me`)
    const { page } = window
    await page.getByLabel('Keys file').setInputFiles(keysFile)
    await page.route('**/v1/login', (route) => route.abort())
    await page.getByRole('button', { name: 'Sign in' }).press('Enter')
    await page.getByRole('alert').getByText('cannot be reached').waitFor()
    await focusComesTo(page, 'textContent', 'Sign in')
    await page.unroute('**/v1/login')
    await page.getByRole('button', { name: 'Sign in' }).press('Enter')
    await page.getByText('live', { exact: true }).waitFor()
    await focusComesTo(page, 'textContent', 'Account 1')
    await page.getByLabel('Contract that asks for it').fill(GATE)
    await page.getByLabel('Purpose, 32 bytes in hex').fill(PURPOSE)
    await page.getByRole('button', { name: 'Prove my margin' }).press('Enter')
    await page.getByRole('progressbar').waitFor()
    await focusComesTo(page, 'textContent', 'Cancel')
    await page.keyboard.press('Enter')
    await page.getByText('Called off. Nothing was sent.').waitFor()
    await focusComesTo(page, 'textContent', 'Prove my margin')
    await page.getByRole('button', { name: 'Sign out' }).press('Enter')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await focusComesTo(page, 'id', 'keys')
  })

  /** Asks for a proof of the margin; the account has been settled. */
  async function prove({ page }: Window, ratio = '10000') {
    await page.getByLabel('Contract that asks for it').fill(GATE)
    await page.getByLabel('Purpose, 32 bytes in hex').fill(PURPOSE)
    await page.getByLabel('Ratio in basis points').fill(ratio)
    await page.getByRole('button', { name: 'Prove my margin' }).click()
  }

  it('proves margin in a worker, asks for nothing meanwhile, and gives the proof as a file that verifies', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`, { colorScheme: 'dark' })
    const { page, errors } = window
    const sent: string[] = []
    const all: Request[] = []
    page.on('request', (request) => {
      sent.push(`${request.url()} ${request.postData() ?? ''}`)
      all.push(request)
    })
    await signIn(window)
    await page.evaluate(noteStages)
    await prove(window)
    const progress = page.getByRole('progressbar', { name: 'How far the proof is' })
    assert.ok(Number(await progress.getAttribute('value')) >= 0)
    await page.getByText('proved and checked').waitFor()
    const stages = await page.evaluate(() => (globalThis as unknown as { stages: Record<string, number> }).stages)
    const [begins, ends] = [stages['Working out the witness …']!, stages['Checking the proof …']!]
    assert.ok(begins < ends)
    // Threads are started from text that the page has with it.
    const asked = all.filter((request) => !request.url().startsWith('blob:'))
    const meanwhile = asked.filter((request) => isBetween(request.timing().startTime, begins, ends))
    assert.deepEqual(
      meanwhile.map((request) => request.url()),
      [],
    )

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save the proof' }).click(),
    ])
    const { circuit, profile, proof, statement } = JSON.parse(await readFile(await download.path(), 'utf8'))
    assert.deepEqual([circuit, profile], ['margin-sufficiency', 'small'])
    const stated = statementFromJson(marginSufficiency as never, statement) as Statement
    assert.equal(stated.context, marginContext(GATE, PURPOSE))
    assert.equal(stated.domain, DOMAIN)
    const { vkey } = await loadMarginFiles('small')
    assert.ok(await verify(marginSufficiency, readProof('groth16', proof), stated, { vkey }))
    const key = Buffer.from(SECRETS.privateKey).toString('hex')
    assert.ok(sent.some((each) => each.includes('/v1/login ')))
    assert.deepEqual(
      sent.filter((each) => each.includes(key) || /ownerSecret|privateKey/.test(each)),
      [],
    )
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, location.search]), [
      0,
      0,
      '',
    ])
    assert.deepEqual(errors, [])
    await window.screenshot('me-proved-dark')
  })

  it('calls a proof off at a click, and makes the next one', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`, { width: 360, height: 740 })
    const { page, errors } = window
    await signIn(window)
    await prove(window)
    await page.getByText('Proving …').waitFor()
    await window.screenshot('me-proving-360')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('Called off. Nothing was sent.').waitFor()
    await prove(window)
    await page.getByText('Proving …').waitFor()
    assert.deepEqual(errors, [])
  })

  it('says by how much the margin misses the ratio', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`)
    const { page } = window
    await signIn(window)
    await prove(window, '131071')
    await page.getByText(/the account misses the ratio of 131071 bps by [0-9]+ quanta/).waitFor()
  })

  it('keeps the keys in the browser only under a passphrase, and forgets them', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`)
    const { page, errors } = window
    await page.getByLabel('Keep the keys in this browser').check()
    await page.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE)
    await signIn(window)
    await page.getByText('Cash, quanta').waitFor()
    const kept = await page.evaluate(() => Object.values(localStorage).join(' '))
    assert.ok(kept.length > 200)
    assert.doesNotMatch(kept, new RegExp(`${Buffer.from(SECRETS.privateKey).toString('hex')}|ownerSecret|"901"`))
    await page.reload()
    await page.getByLabel('Passphrase of account 1').fill('another passphrase')
    await page.keyboard.press('Enter')
    await page.getByText('That is not the passphrase').waitFor()
    await window.screenshot('me-unlock')
    await page.getByLabel('Passphrase of account 1').fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await page.getByText('live', { exact: true }).waitFor()
    await page.getByText('Cash, quanta').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Forget these keys' }).click()
    await page.getByLabel('Keys file').waitFor()
    assert.equal(await page.evaluate(() => localStorage.length), 0)
    assert.deepEqual(errors, [])
  })

  it('calls off what it asks for when its trader signs out, before the token ends', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`)
    const { page, errors } = window
    await signIn(window)
    await page.getByText('Cash, quanta').waitFor()
    const { promise: held, resolve: hold } = Promise.withResolvers<Route>()
    await page.route('**/v1/account', hold)
    await venue.client.send([signed(1, orderOf(1, BigInt(venue.writer.state.records)))])
    const reading = await held
    const of = (request: Request) => request === reading.request()
    const outcome = Promise.race([
      page.waitForEvent('requestfailed', of).then(() => 'called off'),
      page.waitForEvent('requestfinished', of).then(() => 'answered'),
    ])
    const [left] = await Promise.all([
      page.waitForResponse('**/v1/logout'),
      page.getByRole('button', { name: 'Sign out' }).click(),
    ])
    assert.equal(left.status(), 200)
    // Of what was called off there is nothing that could go on.
    await reading.continue().catch(() => undefined)
    assert.equal(await outcome, 'called off')
    assert.deepEqual(errors, [])
  })

  it('takes no other file for keys, and says which one to take', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`)
    const { page } = window
    const buffer = Buffer.from(JSON.stringify({ name: 'a package', version: '1.0.0' }))
    await page.getByLabel('Keys file').setInputFiles({ ...keysFile, buffer })
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This is no keys file; take the one that "zkclear account register" wrote.').waitFor()
  })

  it('takes no keys of another account, and says why', async () => {
    await using window = await browser.open(`${venue.gateway.url}/me/`)
    const { page } = window
    const wrong = new Map([[1, { ...SECRETS, privateKey: new Uint8Array(32).fill(3) }]])
    const buffer = Buffer.from(JSON.stringify(encodeKeys(wrong)))
    await page.getByLabel('Keys file').setInputFiles({ ...keysFile, buffer })
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The venue has no account 1, or its trading key is not the one of these keys.').waitFor()
  })

  it('runs nothing but what comes from the venue', async () => {
    const { headers } = await fetch(`${venue.gateway.url}/me/`)
    const policy = headers.get('content-security-policy')!
    assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; .*worker-src 'self' blob:;/)
    assert.doesNotMatch(policy, /'unsafe-|https?:|\*/)
    const redirected = await fetch(`${venue.gateway.url}/me`, { redirect: 'manual' })
    assert.deepEqual([redirected.status, redirected.headers.get('location')], [302, '/me/'])
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startBrowser } from '../../../scripts/pages/browser.ts'
import { serveDispatcher } from '../../../service/dispatcher/dispatcher.ts'
import { type Page, readPage } from '../../../service/http/page.ts'
import { builtPage } from '../../support/built-page.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

describe('a page beside routes that need a token', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let page: Page
  before(async () => {
    server = await testServer()
    page = await builtPage('dashboard', '/')
  })
  after(() => server[Symbol.asyncDispose]())

  async function served() {
    await using open = new AsyncDisposableStack()
    const database = open.use(await server.fresh())
    const sealer = await sealerOf(database)
    const { url } = open.use(await serveDispatcher({ database, sealer, circuits: [], page }))
    const kept = open.move()
    return { url, [Symbol.asyncDispose]: () => kept.disposeAsync() }
  }

  it('is given to anybody, whole, with a policy that lets it load from nowhere else; all else still needs a token', async () => {
    await using here = await served()
    assert.ok(page.files.length >= 3)
    for (const { path, type, bytes } of page.files) {
      const response = await fetch(here.url + path)
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), type)
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes)
      const policy = response.headers.get('content-security-policy')!
      assert.match(policy, /default-src 'none'; script-src 'self';/)
      assert.doesNotMatch(policy, /unsafe|https?:|\*/)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    }
    for (const path of ['/worker/token', '/nothing', '/assets/', '/assets/../worker/token', '/index.html']) {
      assert.equal((await fetch(here.url + path)).status, 401, path)
    }
    assert.equal((await fetch(`${here.url}/`, { method: 'POST' })).status, 401)
  })

  it('has no inlined script or style, and names no other address', () => {
    const document = page.files.find(({ path }) => path === '/')!.bytes.toString()
    assert.doesNotMatch(document, /<script[^>]*>[^<]|<style|\son\w+=|https?:/)
  })

  it('weighs less than 300 kB', () => {
    assert.ok(page.files.reduce((sum, { bytes }) => sum + bytes.length, 0) < 300_000)
  })

  it('opens in a browser without an error, asks nobody else, and says how to sign in', async () => {
    await using here = await served()
    await using browser = await startBrowser()
    await using window = await browser.open(here.url)
    await window.page.getByLabel("Operator's token").waitFor()
    assert.deepEqual(window.errors, [])
    assert.ok(window.requests.length > 1)
    assert.ok(window.requests.every((url) => url.startsWith(`${here.url}/`)))
    await window.page.getByLabel("Operator's token").fill('no token')
    await window.page.keyboard.press('Enter')
    await window.page.getByText('The venue refuses it').waitFor()
    assert.ok(!window.page.url().includes('token'))
  })

  it('is none where its files are not built', async () => {
    await using folder = await temporaryDirectory()
    assert.equal(await readPage(folder.path, '/'), undefined)
    assert.equal(await readPage(folder.file('missing'), '/'), undefined)
  })
})

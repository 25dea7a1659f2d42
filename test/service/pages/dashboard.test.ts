import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { OperatorState } from '../../../client/wire/operator.ts'
import { startBrowser, type WindowOptions } from '../../../scripts/pages/browser.ts'
import { serveDispatcher } from '../../../service/dispatcher/dispatcher.ts'
import type { Page } from '../../../service/http/page.ts'
import type { Operations } from '../../../service/operator/routes.ts'
import { createToken, revokeToken } from '../../../service/tokens/tokens.ts'
import { builtPage } from '../../support/built-page.ts'
import { focusComesTo } from '../../support/focus.ts'
import { operatorStateWith, stagedBatch, TIME } from '../../support/service/shown-state.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'

/** What is wrong at three in the morning. */
const TROUBLE = operatorStateWith({
  alerts: [
    {
      ...{ code: 'QUEUE_LATE', severity: 'page', since: BigInt(TIME - 600), runbook: 'docs/operations.md#queue-late' },
      cause: "entry 17 of the contract's queue has waited for half its period: no batch serves it, as no worker proves",
      countdown: { to: 'FREEZE', at: BigInt(TIME + 7_991) },
    },
    {
      ...{ code: 'BATCH_LATE', severity: 'page', since: BigInt(TIME - 240), runbook: 'docs/operations.md#batch-late' },
      cause: 'batch 41 is 4 minutes old and not proved',
      countdown: { to: 'REWIND', at: BigInt(TIME + 361) },
    },
    {
      ...{ code: 'DISK_LOW', severity: 'warn', since: BigInt(TIME - 86_000), runbook: 'docs/operations.md#disk-low' },
      cause: '9 GB of 250 GB are free on the disk that has the data',
    },
  ],
})

describe('the dashboard', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let page: Page
  let database: Awaited<ReturnType<typeof server.fresh>>
  before(async () => {
    server = await testServer()
    database = await server.fresh()
    browser = await startBrowser()
    page = await builtPage('dashboard', '/')
  })
  after(async () => {
    await browser[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  /** A venue that tells of itself what the test says, and a window in which an operator has signed in. */
  async function shown(first: OperatorState = operatorStateWith(), options: WindowOptions = {}) {
    await using open = new AsyncDisposableStack()
    const sealer = await sealerOf(database)
    let state = first
    const operations = { state: async () => state } as unknown as Operations
    const operator = { operations, twoPersons: false, note: async () => undefined, log: () => undefined }
    const venue = { database, sealer, circuits: [], operator, page }
    const dispatcher = await serveDispatcher(venue)
    open.defer(() => dispatcher[Symbol.asyncDispose]())
    const { id, text } = await createToken(database, { name: 'Ada', scope: 'operator', seconds: 3600 })
    const window = open.use(await browser.open(dispatcher.url, options))
    await window.page.getByLabel("Operator's token").fill(text)
    await window.page.getByRole('button', { name: 'Sign in' }).click()
    await window.page.getByRole('heading', { name: 'Batches', exact: true }).waitFor()
    const kept = open.move()
    return {
      ...{ window, page: window.page, url: dispatcher.url },
      tell(next: OperatorState) {
        state = next
      },
      revoke: () => revokeToken(database, id),
      end: () => dispatcher[Symbol.asyncDispose](),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
  }

  it('shows a batch move through its stages as the venue tells it, without an error and without asking anybody else', async () => {
    await using here = await shown()
    const { page, window } = here
    assert.equal(await page.locator('[data-batch="41"]').getAttribute('data-stage'), 'witnessed')
    const { batches } = operatorStateWith()
    const moved = batches.list.map((batch) =>
      batch.batch === 41 ? stagedBatch(41, 'cut', 'witnessed', 'proved', 'sent', 'mined') : batch,
    )
    here.tell(operatorStateWith({ batches: { ...batches, proved: 41, settled: 41, list: moved } }))
    await page.locator('[data-batch="41"][data-stage="mined"]').waitFor()
    assert.equal(await page.locator('[data-total="settled"]').textContent(), '41')
    assert.deepEqual(window.errors, [])
    assert.ok(window.requests.every((url) => url.startsWith(`${here.url}/`)))
    assert.ok(!window.requests.some((url) => url.includes('zkclear_')), 'no token is in a URL')
  })

  it('puts first what cannot be undone, counting down to it, and the cause with its runbook', async () => {
    await using here = await shown(TROUBLE)
    const { page } = here
    const words = await page.locator('.countdown h2').allTextContents()
    assert.deepEqual(words, [
      'Batches are made anew: fills can be busted',
      'Trading stops, unless the next risk table comes',
      'Anybody may freeze the venue, for ever',
    ])
    assert.match((await page.locator('.countdown .clock').first().textContent())!, /^[56]:\d\d$/)
    await page.getByRole('status').filter({ hasText: 'entry 17' }).waitFor()
    await page
      .locator('.head')
      .getByRole('button', { name: /^Runbook/ })
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    const clock = page.locator('.countdown .clock').first()
    const before = await clock.textContent()
    await page.waitForFunction((text) => document.querySelector('.countdown .clock')?.textContent !== text, before)
    assert.deepEqual(here.window.errors, [])
  })

  it('says when the venue has fallen silent, and asks for another token when this one is revoked', async () => {
    await using here = await shown()
    await here.revoke()
    await here.end()
    await here.page.getByText('What follows is what it said last').waitFor()
    assert.equal(await here.page.locator('.link').textContent(), 'no connection')
    await here.page.getByRole('button', { name: 'Sign out' }).click()
    await here.page.getByLabel("Operator's token").waitFor()
    assert.equal(await here.page.evaluate(() => sessionStorage.length), 0)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`fits 1280 and 360 pixels in ${colorScheme} colours, and can be read there`, async () => {
      await using here = await shown(TROUBLE, { colorScheme })
      const { page, window } = here
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 })
        await window.screenshot(`dashboard-${colorScheme}-${width}`)
        const [needed, has] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ])
        assert.ok(needed! <= has!, `${needed} pixels at a width of ${width}`)
        assert.deepEqual(await page.evaluate(unreadable), [])
      }
    })
  }

  it('names every region, control and picture for those who hear it, and is worked by keys', async () => {
    await using here = await shown(TROUBLE)
    const { page } = here
    assert.deepEqual(await page.evaluate(unnamed), [])
    assert.equal(await page.getByRole('main').count(), 1)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en')
    const reached = new Set<string>()
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab')
      reached.add(await page.evaluate(() => document.activeElement?.textContent ?? ''))
    }
    for (const name of ['Skip to the batches', 'Sign out']) assert.ok(reached.has(name), name)
    assert.ok([...reached].some((text) => text.startsWith('Runbook: ')))
  })

  it('keeps the focus for who works it by keys: at the token where that was refused, at the venue once it was taken', async () => {
    await using here = await shown()
    const { page } = here
    await focusComesTo(page, 'textContent', 'zkclear')
    await page.getByRole('button', { name: 'Sign out' }).press('Enter')
    const field = page.getByLabel("Operator's token")
    await field.waitFor()
    await focusComesTo(page, 'id', 'token')
    await field.fill('no token')
    await field.press('Enter')
    await page.getByRole('alert').getByText('The venue refuses it').waitFor()
    await focusComesTo(page, 'id', 'token')
  })
})

/** In the page: regions, buttons and pictures without a name, tables without a caption, ids that are there twice. */
function unnamed(): string[] {
  const nameOf = (element: Element) =>
    element.getAttribute('aria-label') ??
    document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent ??
    (element.tagName === 'BUTTON' ? element.textContent : '')
  const all = (selector: string) => [...document.querySelectorAll(selector)]
  const ids = all('[id]').map(({ id }) => id)
  return [
    ...all('section, button, [role="img"]').filter((element) => !nameOf(element)?.trim()),
    ...all('table').filter((table) => table.querySelector('caption') === null),
    ...all('svg').filter((svg) => !svg.hasAttribute('role') && svg.getAttribute('aria-hidden') !== 'true'),
  ]
    .map((element) => element.outerHTML.slice(0, 120))
    .concat(ids.filter((id, i) => ids.indexOf(id) !== i))
}

/** In the page: texts whose colour is too near to what is behind them (WCAG 2, 4.5 to 1), or that are cut off. */
function unreadable(): string[] {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d')!
  const parse = (colour: string) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const light = (rgb: number[]) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const behind = (element: Element): number[] => {
    for (let each: Element | null = element; each !== null; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor)
      if (colour[3] === 255) return colour.slice(0, 3)
    }
    return [255, 255, 255]
  }
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const hasText = [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim())
    if (!hasText || element.closest('svg, .aloud, .skip, noscript')) return []
    const text = light(parse(getComputedStyle(element).color).slice(0, 3))
    const ground = light(behind(element))
    const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)
    return contrast >= 4.5 ? [] : [`${element.outerHTML.slice(0, 100)}: ${contrast.toFixed(2)}`]
  })
}

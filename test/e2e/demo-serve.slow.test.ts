import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBrowser } from '../../scripts/pages/browser.ts'
import { buildPage } from '../../scripts/pages/build-page.ts'
import { builtPageFolder } from '../../service/http/page.ts'

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))

test('the demo of the service shows batches of traders settle in the browser, and ends when it is interrupted', async () => {
  await buildPage('dashboard', builtPageFolder('dashboard'))
  const child = spawn(process.execPath, [DEMO, '--serve'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  try {
    const told: Record<string, string> = {}
    for await (const line of createInterface(child.stdout)) {
      const url = /Its dashboard: (\S+)/.exec(line)?.[1]
      const token = /as an operator with (\S+)/.exec(line)?.[1]
      if (url !== undefined) told.url = url
      if (token !== undefined) told.token = token
      if (told.url !== undefined && told.token !== undefined) break
    }
    assert.ok(told.url !== undefined && told.token !== undefined, 'the demo says where its dashboard is')
    await using browser = await startBrowser()
    await using window = await browser.open(told.url)
    const { page } = window
    page.setDefaultTimeout(300_000)
    await page.getByLabel("Operator's token").fill(told.token)
    await page.keyboard.press('Enter')
    // The first table brings trades: a batch of them is settled, and then another one.
    await page.locator('.batch[data-stage="final"] .circuit', { hasText: 'trade-batch' }).first().waitFor()
    const settled = async () => Number(await page.locator('[data-total="settled"]').textContent())
    const before = await settled()
    await page.waitForFunction(
      (count) => Number(document.querySelector('[data-total="settled"]')?.textContent) > count,
      before,
    )
    await window.screenshot('demo-serve')
    assert.deepEqual(window.errors, [])
    // Who is let in stands in the log.
    const headers = { authorization: `Bearer ${told.token}` }
    const { acts } = await (await fetch(new URL('/operator/acts', told.url), { headers })).json()
    assert.match(acts.at(-1).act, /^token create operator "demo"/)
    assert.equal(acts.at(-1).isRecorded, true)
  } finally {
    child.kill('SIGINT')
  }
  const [code] = await exit
  assert.equal(code, 0)
})

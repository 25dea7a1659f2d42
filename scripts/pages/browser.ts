import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver, type Page } from 'playwright-core'
import { defaultBuildDirectory } from '../../circom/paths.ts'
import { oneAtATime } from '../../lab/circuits/only-once.ts'

export interface WindowOptions {
  /** Pixels. Default 1280 and 900. */
  readonly width?: number
  readonly height?: number
  /** Default light. */
  readonly colorScheme?: 'light' | 'dark'
}

/** A window of the browser, with what went wrong in it and what it asked for. */
export interface Window extends AsyncDisposable {
  readonly page: Page
  /** Errors of scripts and of the console, and requests that got no answer. */
  readonly errors: readonly string[]
  /** URLs that it asked for. */
  readonly requests: readonly string[]
  /** Writes what is to be seen into build/screenshots/<name>.png, the whole page. Returns the file. */
  screenshot(name: string): Promise<string>
}

/** A real browser without a screen; its windows share nothing. It ends when disposed. */
export async function startBrowser() {
  const browser = await driver.launch({ args: FLAGS, executablePath: await executable(), headless: true })
  return {
    /** Such as `Chromium 153.0.8000.0`. */
    name: `Chromium ${browser.version()}`,
    open: (url: string, options: WindowOptions = {}) => openWindow(browser, url, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** As root there is no sandbox; what the tests open is their own. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']

/** The package unpacks it at its first use, which two processes must not do at once. */
async function executable(): Promise<string> {
  let path: string | undefined
  chromium.setGraphicsMode = false
  const unpack = async () => {
    path = await chromium.executablePath()
  }
  await oneAtATime(join(defaultBuildDirectory(), 'browser.lock'), () => path !== undefined, unpack)
  return path!
}

async function openWindow(browser: Browser, url: string, options: WindowOptions): Promise<Window> {
  const { width = 1280, height = 900, colorScheme = 'light' } = options
  const context = await browser.newContext({ viewport: { width, height }, colorScheme })
  const page = await context.newPage()
  const errors: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('requestfailed', (request) => {
    // A page that closes its own stream.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') errors.push(`${request.url()} got no answer`)
  })
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(url)
  return {
    ...{ page, errors, requests },
    async screenshot(name) {
      const folder = join(defaultBuildDirectory(), 'screenshots')
      await mkdir(folder, { recursive: true })
      const path = join(folder, `${name}.png`)
      await page.screenshot({ path, fullPage: true })
      return path
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}

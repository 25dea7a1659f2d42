import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../../circom/paths.ts'
import { marginSufficiency } from '../../../circuits/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import type { ProfileName } from '../../../protocol/shape.ts'
import { readPage } from '../../../service/http/page.ts'
import { startBrowser } from '../../pages/browser.ts'
import { buildSite } from '../../pages/build-page.ts'
import { type Spread, spread } from '../spread.ts'

/** Milliseconds of one proof. `all` ends when it was verified. */
export interface BrowserProof {
  readonly witness: number
  readonly prove: number
  readonly all: number
}

/** What the page measures. */
export interface BrowserTimes {
  /** From files in memory to a worker that is ready to prove. */
  readonly load: number
  readonly first: BrowserProof
  readonly proofs: readonly BrowserProof[]
}

/** Margin proved by a page, as a trader's browser does it. */
export interface BrowserResult {
  readonly browser: string
  readonly profile: ProfileName
  /** Of what the page loads to prove: circom's program and the key. */
  readonly fileBytes: number
  readonly load: Spread
  readonly first: Spread
  readonly witness: Spread
  readonly prove: Spread
  readonly all: Spread
}

/** Proves the example of margin-sufficiency in a real browser, each time in a fresh worker once and then `runs` times. */
export async function measureBrowser(options: {
  profile: ProfileName
  runs: number
  report: (fraction: number) => void
}): Promise<BrowserResult> {
  const { profile, runs, report } = options
  const [artifacts] = await buildArtifacts({ circuits: [marginSufficiency], profile })
  const { wasm, zkey, vkey } = artifacts!.files
  const folder = await mkdtemp(join(tmpdir(), 'zkclear-browser-'))
  try {
    await buildSite(join(packageRoot(), 'scripts', 'bench', 'browser', 'page'), '/', folder)
    await using site = await serve(folder, { '/files/wasm': wasm, '/files/zkey': zkey, '/files/vkey': vkey })
    await using browser = await startBrowser()
    await using window = await browser.open(site.url)
    report(0.1)
    const measured = () =>
      window.page.evaluate(
        ([profile, runs]) => {
          return (
            globalThis as unknown as { measure(profile: ProfileName, runs: number): Promise<BrowserTimes> }
          ).measure(profile, runs)
        },
        [profile, runs] as const,
      )
    const times = await measured()
    if (window.errors.length > 0) throw new Error(`the page failed: ${window.errors.join('; ')}`)
    const of = (pick: (proof: BrowserProof) => number) => spread(times.proofs.map(pick))
    return {
      ...{ browser: browser.name, profile, fileBytes: site.bytes },
      load: spread([times.load]),
      first: spread([times.first.all]),
      witness: of(({ witness }) => witness),
      prove: of(({ prove }) => prove),
      all: of(({ all }) => all),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A page, and files beside it; `bytes` counts what was sent of the files. */
async function serve(folder: string, files: Readonly<Record<string, string>>) {
  const page = await readPage(folder, '/')
  let bytes = 0
  const server = createServer((request, response) => {
    const file = files[request.url!]
    const of = page?.files.find(({ path }) => path === request.url)
    if (file !== undefined) {
      createReadStream(file)
        .on('data', (chunk) => {
          bytes += chunk.length
        })
        .pipe(response)
    } else if (of !== undefined) response.setHeader('content-type', of.type).end(of.bytes)
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get bytes() {
      return bytes
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

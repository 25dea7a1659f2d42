import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { stateRoot } from '../../protocol/state.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import type { Page } from '../../service/http/page.ts'
import { ledgerAt } from '../../service/sequencer/state.ts'
import { createToken, revokeToken, type Scope } from '../../service/tokens/tokens.ts'
import { testServer } from '../support/service/test-server.ts'
import { orderOf, signed, type TradingVenue, tradingVenue } from '../support/service/trading-venue.ts'

interface ServedRoute {
  readonly url: string
  readonly method: string
  readonly path: string
  readonly whose: 'public' | Scope
}

const SCOPES = ['trader', 'worker', 'operator', 'metrics'] as const
const WHOSE = {
  public: 'nobody',
  trader: 'traders',
  worker: 'workers',
  operator: 'operators',
  metrics: 'metrics',
} as const
/** Of the other scopes. */
const FOREIGN = 'of another scope'
/** Good, and of another trader, who asks for what is the first one's. */
const OTHERS = "another trader's"

/** What is nobody's secret, and takes a token of a trader all the same, as it is large. */
const SAME = 'the same for all'
/** What a trader's route shows of whose it is. */
const SHOWN: Readonly<Record<string, (answer: Record<string, unknown>) => unknown>> = {
  '/v1/account': ({ account }) => account,
  '/v1/account/opening': ({ index }) => index,
  '/v1/account/exit': ({ index }) => index,
  '/v1/account/standing-cancels': ({ state, left }) => ({ state, left }),
  '/v1/account/stream': ({ number }) => number,
}

/** A page of one file: what is served of each is the same. */
function pageAt(path: string): Page {
  return { files: [{ path, type: 'text/html', bytes: Buffer.from('page') }], policy: "default-src 'none'" }
}

function standingCancelsOf(account: number) {
  const cancel = { kind: 'cancel-all', market: 0, account, side: 'both', nonce: 1_000_000n } as const
  return { bundles: [signed(account, cancel)], seconds: 10, watch: 'heartbeat' }
}

/** What the third trader posts, who has nothing to lose by it. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/v1/account/standing-cancels': standingCancelsOf(3),
  '/v1/account/standing-cancels/drop': {},
  '/v1/account/heartbeat': {},
  '/v1/logout': { everywhere: true },
}

/** Names of routes in the order of their paths. */
function byPath(one: string, other: string): number {
  const key = (name: string) => name.slice(1, -1).split(' ').reverse().join(' ')
  return key(one) < key(other) ? -1 : 1
}

describe('every route with every credential', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  let dispatcher: Awaited<ReturnType<typeof serveDispatcher>>
  let routes: readonly ServedRoute[]
  /** By scope and what is the matter with it: the header that it makes. */
  const credentials = new Map<Scope, Readonly<Record<string, readonly (string | undefined)[]>>>()
  /** Of an accepted message of the first trader. */
  let record: number

  before(async () => {
    server = await testServer()
    const file = (digit: string) => ({ sha256: digit.repeat(64), content: Buffer.from(digit) })
    const marginFiles = { profile: 'small', vkey: {}, wasm: file('0'), zkey: file('1') } as const
    const frozen = () => {
      const { written } = venue.writer
      return { stateRoot: stateRoot(ledgerAt(written, written.settledIndex).state), riskRoot: 0n }
    }
    venue = await tradingVenue(server, {
      rules: { requestsAtOnce: 100_000 },
      marginFiles,
      page: pageAt('/me/'),
      frozen,
    })
    const { database, sealer } = venue
    const nothing = {
      line: async () => ({}),
      state: async () => ({}) as never,
      metrics: async () => '',
      stopped: () => undefined,
      resume() {},
      async retry() {},
      omit() {},
    }
    const operator = { operations: nothing, twoPersons: false, note: async () => undefined, log: () => undefined }
    dispatcher = await serveDispatcher({ database, sealer, circuits: [], operator, page: pageAt('/') })
    routes = [
      ...venue.gateway.routes.map(({ access, ...route }) => ({ ...route, url: venue.gateway.url, whose: access })),
      ...dispatcher.routes.map(({ access, ...route }) => ({ ...route, url: dispatcher.url, whose: access })),
    ].filter(({ method }) => method !== 'HEAD')
    record = (await venue.send(signed(1, orderOf(1, 1n)))).verdicts[0].record
    await venue.put({ kind: 'cut', cash: false })
    await venue.settle()
    const made = async (scope: Scope, account = 1) =>
      scope === 'trader' ? await venue.login(account) : await tokenOf(scope, 3600)
    const good = new Map<Scope, string>()
    for (const scope of SCOPES) good.set(scope, await made(scope))
    for (const scope of SCOPES) {
      const revoked = await made(scope)
      await revokeToken(database, revoked.split('_')[1]!)
      credentials.set(scope, {
        none: [undefined, '', 'Bearer', 'Bearer ', `Basic ${btoa('a:b')}`],
        'made up': ['Bearer x', `Bearer zkclear_${'0'.repeat(12)}_${'A'.repeat(43)}`, `Bearer ${good.get(scope)}A`],
        expired: [`Bearer ${await expired(await made(scope))}`],
        revoked: [`Bearer ${revoked}`],
        [FOREIGN]: SCOPES.filter((other) => other !== scope).map((other) => `Bearer ${good.get(other)}`),
        [OTHERS]: [`Bearer ${await made(scope, 2)}`],
        good: [`Bearer ${good.get(scope)}`],
      })
    }
    const { status } = await venue.post('/v1/account/standing-cancels', standingCancelsOf(1), good.get('trader'))
    assert.equal(status, 200)
    await venue.beSilent(1)
  })
  after(async () => {
    await dispatcher[Symbol.asyncDispose]()
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  async function tokenOf(scope: Scope, seconds: number): Promise<string> {
    return (await createToken(venue.database, { name: scope, scope, seconds })).text
  }

  async function expired(token: string): Promise<string> {
    const past = "UPDATE token SET expires_at = clock_timestamp() - interval '1 s' WHERE id = $1"
    await venue.database.query(past, [token.split('_')[1]])
    return token
  }

  /** The status that all of them get, and what they are told. */
  async function statusOf(route: ServedRoute, headers: readonly (string | undefined)[]): Promise<number> {
    const statuses = await Promise.all(headers.map((authorization) => ask(route, authorization)))
    assert.equal(new Set(statuses).size, 1, `${route.method} ${route.path}: ${statuses}`)
    return statuses[0]!
  }

  async function ask({ url, method, path }: ServedRoute, authorization: string | undefined): Promise<number> {
    const place = placeOf(path)
    const headers = {
      ...(authorization !== undefined && { authorization }),
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    }
    const query = path.endsWith('/messages') && method === 'GET' ? '?nonce=1' : ''
    const answer = await fetch(url + place + query, { method, headers, ...(method === 'POST' && { body: 'x' }) })
    if (answer.headers.get('content-type') === 'application/x-ndjson') await answer.body!.cancel()
    else await requireRefusal(answer)
    return answer.status
  }

  function placeOf(path: string): string {
    return path.replaceAll(/:(\w+)/g, (_, name) => (name === 'record' ? `${record}` : '0'.repeat(64)))
  }

  async function requireRefusal(answer: Response): Promise<void> {
    const body = await answer.text()
    if (answer.status === 401 || answer.status === 403) assert.equal(JSON.parse(body).error.code, 'TOKEN_REFUSED')
  }

  it('is answered as the table in docs/security.md says', async () => {
    const rows = new Map<string, string[]>()
    for (const route of routes) {
      const { method, path, whose } = route
      const cells = whose === 'public' ? publicCells() : await cellsOf(route, whose)
      const row = [WHOSE[whose], ...cells].join(' | ')
      rows.set(row, [...(rows.get(row) ?? []), `\`${method} ${path}\``])
    }
    const names = Object.keys(credentials.get('trader')!).filter((name) => name !== 'good')
    const table = [
      `| asks for tokens of | ${names.join(' | ')} | routes |`,
      `|${'---|'.repeat(names.length + 2)}`,
      ...[...rows].map(([row, paths]) => `| ${row} | ${paths.sort(byPath).join(', ')} |`),
    ].join('\n')
    const [, shown] = readFileSync('docs/security.md', 'utf8').split(/<!-- credentials: (?:begin|end) -->/)
    assert.equal(shown?.trim(), table)
  })

  function publicCells(): string[] {
    return Object.keys(credentials.get('trader')!)
      .filter((name) => name !== 'good')
      .map(() => '')
  }

  async function cellsOf(route: ServedRoute, whose: Scope): Promise<string[]> {
    const cells: string[] = []
    for (const [name, headers] of Object.entries(credentials.get(whose)!)) {
      const status = await statusOf(route, headers)
      const isRefused = status === 401 || status === 403
      if (name === 'good') assert.ok(!isRefused, `${route.method} ${route.path} with a good token: ${status}`)
      else if (name !== OTHERS) {
        assert.ok(isRefused, `${route.method} ${route.path} with a token that is ${name}: ${status}`)
        cells.push(`${status}`)
      } else cells.push(whose === 'trader' ? await cellOfOther(route, status) : '')
    }
    return cells
  }

  /** What another trader gets where the first one has something, and gets something too. */
  async function cellOfOther({ method, path }: ServedRoute, status: number): Promise<string> {
    if (/messages|record/.test(path)) {
      assert.equal(status, 404, `${method} ${path}`)
      return '404'
    }
    const [first, other] = [credentials.get('trader')!.good![0]!, credentials.get('trader')![OTHERS]![0]!]
    if (path.startsWith('/v1/proving/')) {
      assert.deepEqual(await bytesAt(path, other), await bytesAt(path, first))
      return SAME
    }
    if (method === 'GET') {
      assert.notDeepEqual(await shownAt(path, other), await shownAt(path, first), `${method} ${path}`)
      assert.equal(await shownAt('/v1/account', other), 2)
      if (/opening|exit/.test(path)) assert.equal(await shownAt(path, other), 2)
      return 'his own'
    }
    const before = await allShown(first)
    const { status: done } = await venue.post(path, BODIES[path], await venue.login(3))
    assert.equal(done, 200, `${method} ${path}`)
    assert.deepEqual(await allShown(first), before, `${method} ${path}`)
    return 'his own'
  }

  async function allShown(authorization: string): Promise<unknown[]> {
    return await Promise.all(Object.keys(SHOWN).map((path) => shownAt(path, authorization)))
  }

  /** Of the answer, or of the first line of what goes on. */
  async function shownAt(path: string, authorization: string): Promise<unknown> {
    const answer = await fetch(venue.gateway.url + path, { headers: { authorization } })
    assert.equal(answer.status, 200, path)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (let isOver = false; !isOver && !text.includes('\n'); ) {
      const { value = '', done } = await reader.read()
      text += value
      isOver = done
    }
    await reader.cancel()
    return SHOWN[path]!(JSON.parse(text.split('\n')[0]!))
  }

  async function bytesAt(path: string, authorization: string): Promise<Buffer> {
    const answer = await fetch(venue.gateway.url + placeOf(path), { headers: { authorization } })
    assert.equal(answer.status, 200, path)
    return Buffer.from(await answer.arrayBuffer())
  }

  it('asks for nothing at public routes, and a token that is bad does not matter there', async () => {
    for (const route of routes.filter(({ whose, path }) => whose === 'public' && !path.endsWith('/stream'))) {
      const [without, ...others] = await Promise.all(
        [undefined, 'Bearer x', ...credentials.get('trader')!.revoked!].map((header) => ask(route, header)),
      )
      for (const status of others) assert.equal(status, without, `${route.method} ${route.path}`)
    }
  })

  it('takes an answer to a challenge once: replayed, of another account or of another venue it is refused', async () => {
    const challenge = await venue.challenge(1)
    const answer = venue.answerTo(1, challenge)
    const other = { ...venue.answerTo(1, await venue.challenge(1)), account: 2 }
    assert.equal((await venue.post('/v1/login', other)).status, 401)
    assert.equal((await venue.post('/v1/login', answer)).status, 200)
    const again = await venue.post('/v1/login', answer)
    assert.deepEqual([again.status, again.body.error.code], [401, 'LOGIN_REFUSED'])
  })

  it('is another route than there is: 401 at the port of workers and operators, 404 at that of traders', async () => {
    const at = async (url: string) => (await fetch(`${url}/v1/nothing`)).status
    assert.deepEqual([await at(dispatcher.url), await at(venue.gateway.url)], [401, 404])
  })
})

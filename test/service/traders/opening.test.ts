import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { marginSufficiency } from '../../../circuits/index.ts'
import { marginRefusal } from '../../../circuits/margin-sufficiency/refusal.ts'
import { fetchMarginFiles, type MarginTerms, marginClaim, proveMargin } from '../../../client/margin/index.ts'
import type { Opening } from '../../../client/session.ts'
import { proverInMemory } from '../../../prover/prover-in-memory.ts'
import { loadMarginFiles, type MarginFiles } from '../../../service/traders/proving-files.ts'
import { verify } from '../../../verifier/index.ts'
import { marginArtifacts } from '../../support/margin-artifacts.ts'
import { testServer } from '../../support/service/test-server.ts'
import { DOMAIN, orderOf, signed, type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

/** Those that the test's venue has registered. */
const secretsOf = (account: number) => ({ ownerSecret: BigInt(account), viewKey: BigInt(900 + account) })
const TERMS: MarginTerms = { domain: DOMAIN, ratioBps: 10_000n, context: 42n }

describe('what margin is proved from', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  let marginFiles: MarginFiles
  let opening: Opening
  before(async () => {
    await marginArtifacts()
    marginFiles = await loadMarginFiles('small')
    server = await testServer()
    venue = await tradingVenue(server, { marginFiles })
    await venue.client.send([
      signed(1, orderOf(1, 1n, { side: 'sell', size: 1500n })),
      signed(2, orderOf(2, 1n, { size: 1000n })),
    ])
    await venue.put({ kind: 'cut', cash: false })
    await venue.settle()
    opening = await (await venue.session(1)).opening()
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('is the own account in the settled state, with its path and a table, and without its view key', async () => {
    const { account, index, batch, isKept } = opening
    assert.deepEqual([index, batch, isKept, account.positions[0]!.size], [1, 1, true, -1000n])
    assert.ok(!('viewKey' in account))
    const { text } = await venue.get('/v1/account/opening', await venue.login(1))
    assert.doesNotMatch(text, /"901"|viewKey/)
    const other = await (await venue.session(2)).opening()
    assert.deepEqual([other.index, other.account.positions[0]!.size], [2, 1000n])
  })

  it('makes a claim that the model takes', () => {
    const { statement, witness } = marginClaim(opening, secretsOf(1), TERMS)
    assert.equal(marginRefusal(statement, witness), undefined)
    assert.equal(statement.stateRoot, opening.stateRoot)
  })

  it('is not there before a batch is settled, with the word to ask again', async () => {
    await using empty = await tradingVenue(server)
    const refused = await empty.get('/v1/account/opening', await empty.login(1))
    assert.deepEqual([refused.status, refused.body.error.code], [503, 'NOT_OPEN'])
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
  })

  for (const [what, changed] of Object.entries<(opening: Opening) => Partial<Opening>>({
    'another state root': ({ stateRoot }) => ({ stateRoot: stateRoot + 1n }),
    'another table': ({ riskTable }) => ({ riskTable: { ...riskTable, asOf: riskTable.asOf + 1n } }),
    'more cash': ({ account }) => ({ account: { ...account, collateral: [1n << 60n, 0n] } }),
    'another path': ({ children }) => ({ children: children.map((level) => level.toReversed()) }),
    'another account': () => ({ index: 2 }),
    'another profile': () => ({ profile: 'standard' }),
    'another venue': () => ({ domain: DOMAIN + 1n }),
  })) {
    it(`is not believed where the venue tells ${what}`, () => {
      const told = { ...opening, ...changed(opening) }
      assert.throws(() => marginClaim(told, secretsOf(1), TERMS), { code: 'VENUE_REFUSED' })
    })
  }

  it('is for its owner: another secret is refused, another view key does not fit, and no error tells either', () => {
    const foreign = { ...secretsOf(1), ownerSecret: 987_654_321n }
    assert.throws(() => marginClaim(opening, foreign, TERMS), { code: 'INPUT_INVALID', path: 'ownerSecret' })
    assert.throws(
      () => marginClaim(opening, { ...secretsOf(1), viewKey: 123_456_789n }, TERMS),
      (error: Error) => {
        const told = `${error.message} ${(error.cause as Error).message} ${JSON.stringify(error)}`
        return !/123456789|987654321/.test(told) && /view key is not that/.test(told)
      },
    )
  })

  it('comes with the files that prove it, by their digests, for traders alone, to be kept for ever', async () => {
    const session = await venue.session(1)
    const seen: number[] = []
    const files = await fetchMarginFiles(
      { url: venue.gateway.url },
      { token: session.token, onProgress: (received, total) => seen.push(received / total) },
    )
    assert.deepEqual(files.vkey, marginFiles.vkey)
    assert.ok(marginFiles.zkey.content.equals(files.zkey))
    assert.equal(seen.at(-1), 1)
    const path = `/v1/proving/files/${marginFiles.wasm.sha256}`
    const response = await fetch(venue.gateway.url + path, { headers: { authorization: `Bearer ${session.token}` } })
    assert.deepEqual(
      ['content-type', 'cache-control'].map((name) => response.headers.get(name)),
      ['application/octet-stream', 'private, max-age=31536000, immutable'],
    )
    assert.ok(marginFiles.wasm.content.equals(Buffer.from(await response.arrayBuffer())))
    assert.equal((await venue.get(path)).status, 401)
    assert.equal((await venue.get(`/v1/proving/files/${'0'.repeat(64)}`, session.token)).status, 404)
  })

  it('takes no file that is another than its digest says, or than is expected', async () => {
    const { token } = await venue.session(1)
    const { wasm, zkey } = marginFiles
    const expected = { wasm: wasm.sha256, zkey: zkey.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
    await assert.rejects(fetchMarginFiles({ url: venue.gateway.url }, { token, expected }), { code: 'VENUE_REFUSED' })
    const tampers = [
      (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(1, 9, 10),
      (bytes: Uint8Array<ArrayBuffer>) => bytes.subarray(1),
    ]
    for (const tamper of tampers) {
      const forged: typeof fetch = async (...request) => {
        const response = await fetch(...request)
        if (!String(request[0]).includes('/files/')) return response
        return new Response(tamper(new Uint8Array(await response.arrayBuffer())))
      }
      await assert.rejects(fetchMarginFiles({ url: venue.gateway.url, fetch: forged }, { token }), {
        code: 'VENUE_REFUSED',
        message: /not what its digest says/,
      })
    }
  })

  it('is proved by them without files or Node, and the proof verifies', async () => {
    const session = await venue.session(1)
    const files = await fetchMarginFiles({ url: venue.gateway.url }, { token: session.token })
    await using prover = await proverInMemory(marginSufficiency, files.profile, files)
    const stages = new Set<string>()
    const onProgress = ({ stage }: { stage: string }) => stages.add(stage)
    const { proof, statement } = await proveMargin({ ...TERMS, opening, secrets: secretsOf(1), prover, onProgress })
    assert.ok(await verify(marginSufficiency, proof, statement, { vkey: marginFiles.vkey }))
    assert.deepEqual([...stages], ['witness', 'prove', 'verify'])
    const short = proveMargin({ ...TERMS, ratioBps: 131_071n, opening, secrets: secretsOf(1), prover })
    await assert.rejects(short, { code: 'WITNESS_FAILED', message: /misses the ratio/ })
  })
})

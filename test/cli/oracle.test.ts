import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Wallet } from 'ethers'
import { makeReport } from '../../lab/instances/reports.ts'
import { PUBLISHER_DOMAIN, PUBLISHER_TYPES } from '../../oracle/index.ts'
import { hashReport, isReportValid } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { decodeReport, encodePrices } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const SHAPE = venueShape('small')
const { indices, forwards, volatilities } = makeReport(SHAPE)
const KEY = '0b'.repeat(32)
const OWN = tradingKey(new Uint8Array(32).fill(11))

suite('oracle', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
    await writeFile(folder.file('key.txt'), `${KEY}\n`)
    await writeFile(
      folder.file('prices.json'),
      JSON.stringify(encodePrices({ indices, forwards, volatilities }, 'small')),
    )
  })
  after(() => folder[Symbol.asyncDispose]())

  const run = (args: readonly string[], env: Readonly<Record<string, string>> = { ZKCLEAR_ORACLE_KEY: KEY }) =>
    zkclear(['oracle', ...args], { cwd: folder.path, env })
  const sign = (args: readonly string[]) => run(['sign', '--feed-set', '5', ...args])

  test('keys makes a key that only its owner can read, and shows what is public of it', async () => {
    const made = await run(['keys', '--out', 'new.txt', '--json'])
    assert.equal(made.code, 0, made.stderr)
    const secret = (await readFile(folder.file('new.txt'), 'utf8')).trim()
    assert.match(secret, /^[0-9a-f]{64}$/)
    assert.equal((await stat(folder.file('new.txt'))).mode & 0o777, 0o600)
    const { x, y } = tradingKey(Buffer.from(secret, 'hex'))
    assert.deepEqual(documentOf(made), { x: `${x}`, y: `${y}`, out: 'new.txt' })
    assert.ok(!made.stdout.includes(secret))
    const shown = await run(['keys', '--key-file', 'new.txt', '--json'])
    assert.deepEqual(documentOf(shown), { x: `${x}`, y: `${y}` })
    const again = await run(['keys', '--out', 'new.txt', '--json'])
    assert.deepEqual([again.code, errorOf(again).code], [2, 'OUTPUT_UNWRITABLE'])
    assert.equal((await readFile(folder.file('new.txt'), 'utf8')).trim(), secret)
  })

  test('sign prints a report of a prices file, or of what a command prints', async () => {
    for (const source of [
      ['--prices', 'prices.json'],
      ['--command', 'cat prices.json'],
    ]) {
      const done = await sign([...source, '--json'])
      assert.equal(done.code, 0, done.stderr)
      const signed = decodeReport(documentOf(done), 'small')
      assert.ok(isReportValid(signed, SHAPE))
      assert.deepEqual([signed.key, signed.report.feedSet], [OWN, 5n])
      assert.deepEqual(signed.report.forwards, forwards)
    }
  })

  test('sign writes a report file, with the key from a file', async () => {
    const args = ['sign', '--feed-set', '5', '--prices', 'prices.json', '--key-file', 'key.txt', '--out', 'report.json']
    const done = await run([...args, '--json'], {})
    assert.equal(done.code, 0, done.stderr)
    const signed = decodeReport(JSON.parse(await readFile(folder.file('report.json'), 'utf8')), 'small')
    assert.ok(isReportValid(signed, SHAPE))
    const { x, y } = OWN
    assert.deepEqual(documentOf(done), {
      ...{ out: 'report.json', feedSet: '5', timestamp: `${signed.report.timestamp}` },
      ...{ digest: `${hashReport(signed.report)}`, key: { x: `${x}`, y: `${y}` } },
    })
  })

  test('sign takes what a publisher signed, and nothing else', async () => {
    const wallet = Wallet.createRandom()
    const report = makeReport(SHAPE, { feedSet: 5n, timestamp: BigInt(Math.floor(Date.now() / 1000)) })
    const signature = await wallet.signTypedData(PUBLISHER_DOMAIN, { ...PUBLISHER_TYPES }, report)
    const document = { ...(encodePrices(report, 'small') as object), feedSet: '5', signature }
    await writeFile(folder.file('published.json'), JSON.stringify(document))
    const from = ['--prices', 'published.json', '--max-age', '600', '--json', '--publisher']
    const done = await sign([...from, wallet.address])
    assert.equal(done.code, 0, done.stderr)
    assert.equal(decodeReport(documentOf(done), 'small').report.timestamp, report.timestamp)
    const other = await sign([...from, Wallet.createRandom().address])
    assert.deepEqual([other.code, errorOf(other).code], [2, 'SOURCE_UNAVAILABLE'])
  })

  test('refuses no source and two, feeds without a chain, a key that is none; nothing is written', async () => {
    await writeFile(folder.file('bad-key.txt'), 'f00dface')
    const refusals: [args: string[], code: string, path: string | undefined][] = [
      [[], 'INPUT_INVALID', '--prices'],
      [['--prices', 'prices.json', '--command', 'true'], 'INPUT_INVALID', '--prices'],
      [['--feeds', 'feeds.json'], 'INPUT_INVALID', '--rpc'],
      [['--prices', 'prices.json', '--rpc', 'http://127.0.0.1:1'], 'INPUT_INVALID', '--rpc'],
      [['--prices', 'missing.json'], 'SOURCE_UNAVAILABLE', undefined],
      [['--command', 'exit 4'], 'SOURCE_UNAVAILABLE', undefined],
      [['--prices', 'prices.json', '--key-file', 'bad-key.txt'], 'INPUT_INVALID', 'bad-key.txt'],
      [['--prices', 'prices.json', '--publisher', '0x12'], 'INPUT_INVALID', '--publisher'],
      [['--prices', 'key.txt', '--profile', 'standard'], 'SOURCE_UNAVAILABLE', undefined],
    ]
    for (const [args, code, path] of refusals) {
      const result = await sign([...args, '--out', 'never.json', '--json'])
      assert.equal(result.code, 2, args.join(' '))
      const error = errorOf(result)
      assert.deepEqual([error.code, error.path], [code, path], args.join(' '))
      assert.doesNotMatch(result.stderr, /f00dface|0b0b/)
      await assert.rejects(stat(folder.file('never.json')))
    }
    const keyless = await run(['sign', '--feed-set', '5', '--prices', 'prices.json', '--json'], {
      ZKCLEAR_ORACLE_KEY: '',
    })
    assert.deepEqual([keyless.code, errorOf(keyless).path], [2, '--key-file'])
  })

  test('serve answers with fresh reports, says when it has none, and ends with 0 when it is told to', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const args = ['serve', '--command', 'cat served.json', '--feed-set', '5', '--port', '0', '--verbose', '--json']
      const env = { ...process.env, ZKCLEAR_ORACLE_KEY: KEY }
      const child = spawn(process.execPath, [MAIN, 'oracle', ...args], {
        cwd: folder.path,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const errors = text(child.stderr)
      const closed = once(child, 'close')
      const printed = createInterface(child.stdout)
      let document = ''
      for await (const line of printed) {
        document += line
        if (line === '}') break
      }
      const { url, feedSet, key } = JSON.parse(document)
      assert.deepEqual([feedSet, key], ['5', { x: `${OWN.x}`, y: `${OWN.y}` }])
      const prices = encodePrices({ indices, forwards, volatilities }, 'small')
      await writeFile(folder.file('served.json'), JSON.stringify(prices))
      const response = await fetch(url)
      const signed = decodeReport(await response.json(), 'small')
      assert.ok(isReportValid(signed, SHAPE))
      assert.deepEqual([response.status, signed.report.indices], [200, indices])
      await writeFile(folder.file('served.json'), 'broken')
      // within the second of a report there is that one
      let status = 200
      while (status === 200) status = (await fetch(url)).status
      assert.equal(status, 503)
      child.kill(signal)
      await closed
      assert.equal(child.exitCode, 0)
      const logged = await errors
      assert.match(logged, /"signed"/)
      assert.match(logged, /no report: the command says something that is not JSON/)
      assert.ok(!logged.includes(KEY))
    }
  })

  test('serve says where it cannot listen', async () => {
    const args = ['serve', '--prices', 'prices.json', '--feed-set', '5', '--host', '192.0.2.1', '--json']
    const refused = await run(args)
    assert.deepEqual([refused.code, errorOf(refused).code, errorOf(refused).path], [2, 'INPUT_INVALID', 'port'])
  })
})

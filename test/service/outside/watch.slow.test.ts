import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { documentOf, errorOf, zkclear } from '../../support/cli.ts'
import { startVenue } from '../../support/node-venue.ts'
import { testServer } from '../../support/service/test-server.ts'
import { tradingVenue } from '../../support/service/trading-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))

describe('zkclear watch', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let chain: Awaited<ReturnType<typeof startVenue>>
  before(async () => {
    server = await testServer()
    chain = await startVenue()
    // The house waits in the queue, and the venue's clock stands still.
    await chain.ask('evm_increaseTime', 300)
    await chain.ask('evm_mine')
  })
  after(async () => {
    await chain[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const codesOf = (alerts: unknown) => (alerts as { code: string }[]).map(({ code }) => code).toSorted()

  it('says what needs a person, and ends with 1', async () => {
    await using venue = await tradingVenue(server)
    const place = ['--venue', venue.gateway.url, '--rpc', chain.rpcUrl, '--settlement', chain.settlement]
    const seen = await zkclear(['watch', ...place, '--json'])
    assert.equal(seen.code, 1, seen.stderr)
    const { alerts, queue, silence } = documentOf(seen) as Record<string, unknown>
    assert.deepEqual(codesOf(alerts), ['RECORDS_STUCK', 'TABLE_MISSING'])
    assert.equal((queue as { first: string }).first, '0')
    assert.equal(silence, undefined)
    const text = await zkclear(['watch', ...place])
    assert.equal(text.code, 1)
    assert.match(text.stdout, /page: RECORDS_STUCK: .*FREEZE in .*docs\/operations\.md#records-stuck/)
  })

  it('says that a venue is silent, and ends with 2 where the node cannot be asked', async () => {
    const silent = ['--venue', 'http://127.0.0.1:9', '--settlement', chain.settlement, '--json']
    const seen = await zkclear(['watch', ...silent, '--rpc', chain.rpcUrl])
    assert.equal(seen.code, 1, seen.stderr)
    assert.deepEqual(codesOf(documentOf(seen).alerts), ['TABLE_MISSING', 'VENUE_SILENT'])
    const gone = await zkclear(['watch', ...silent, '--rpc', 'http://127.0.0.1:9'])
    assert.deepEqual([gone.code, errorOf(gone).code], [2, 'CHAIN_UNREACHABLE'])
  })

  it('goes on, and tells a webhook when the venue falls silent', async () => {
    await using folder = await temporaryDirectory()
    const secret = folder.file('secret.txt')
    await writeFile(secret, 'shared\n', { mode: 0o600 })
    const told: { kind: string; code: string; isSigned: boolean }[] = []
    let hear: () => void = () => undefined
    const hook = createServer(async (request, response) => {
      let body = ''
      for await (const text of request.setEncoding('utf8')) body += text
      const { kind, alert } = JSON.parse(body)
      told.push({ kind, code: alert.code, isSigned: request.headers['x-zkclear-signature'] !== undefined })
      response.end()
      hear()
    })
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
    const venue = await tradingVenue(server)
    const options = {
      ...{ venue: venue.gateway.url, rpc: chain.rpcUrl, settlement: chain.settlement, every: '1' },
      'alert-webhook': `http://127.0.0.1:${(hook.address() as AddressInfo).port}`,
      'alert-webhook-secret-file': secret,
    }
    const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    const child = spawn(process.execPath, [MAIN, 'watch', '--follow', '--json', ...given], { stdio: 'pipe' })
    const exit = once(child, 'exit')
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await Promise.race([new Promise<void>((resolve) => (hear = resolve)), exit])
      assert.equal(child.exitCode, null, stderr)
    }
    await until(() => told.length === 2)
    assert.deepEqual(codesOf(told), ['RECORDS_STUCK', 'TABLE_MISSING'])
    await venue[Symbol.asyncDispose]()
    await until(() => told.some(({ kind, code }) => kind === 'raised' && code === 'VENUE_SILENT'))
    assert.ok(told.every(({ isSigned }) => isSigned))
    child.kill('SIGINT')
    assert.deepEqual(await exit, [0, null])
    assert.match(stderr, /"alert":"VENUE_SILENT","kind":"raised"|ALERT page: VENUE_SILENT/)
    await new Promise((resolve) => hook.close(resolve))
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { leafHash } from '../../log/hash.ts'
import { LyingLog, leavesOf, naiveConsistency, naiveRoot } from '../log/support.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const log = new LyingLog(`zkclear/31337/0x${'ab'.repeat(20)}/0`)
const HONEST = leavesOf(9)
const REWRITTEN = [...HONEST.slice(0, 7).with(3, leafHash(Buffer.from('another'))), ...leavesOf(4, 'later')]
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

const proofOf = (from: number, leaves: readonly Uint8Array[]) => ({
  ...{ from, to: leaves.length, root: base64(naiveRoot(leaves.slice(0, from))) },
  path: naiveConsistency(from, leaves).map(base64),
})

/** A venue that shows the log of these leaves. */
async function serveLog(leaves: readonly Uint8Array[]) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://venue')
    const answers: Readonly<Record<string, () => object>> = {
      '/v1/log/key': () => ({ key: log.key }),
      '/v1/log/checkpoint': () => ({ checkpoint: log.checkpoint(leaves) }),
      '/v1/log/consistency': () => proofOf(Number(searchParams.get('from')), leaves),
    }
    const answer = answers[pathname]?.()
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function logFolder() {
  const folder = await temporaryDirectory()
  await writeFile(folder.file('key.txt'), `${log.key}\n`)
  await writeFile(folder.file('kept.txt'), log.checkpoint(HONEST.slice(0, 7)))
  return folder
}

describe('zkclear log', () => {
  it('finds a log that only grew, and warns where it has the key from the venue alone', async () => {
    await using folder = await logFolder()
    await using venue = await serveLog(HONEST)
    const result = await zkclear(['log', 'verify', '--venue', venue.url, '--checkpoint', folder.file('kept.txt')])
    assert.equal(result.code, 0, result.stderr)
    assert.match(result.stdout, /^0 receipts, 1 checkpoints and 0 anchors of settlements hold\nhead: 9 records/)
    assert.match(result.stdout, /warning: the key is the one that the venue shows now/)
  })

  it('writes what convicts a venue that rewrote its log, which convicts by itself', async () => {
    await using folder = await logFolder()
    await using venue = await serveLog(REWRITTEN)
    const out = folder.file('evidence.json')
    const given = ['--key-file', folder.file('key.txt'), '--json']
    const kept = ['--checkpoint', folder.file('kept.txt'), '--out', out]
    const found = await zkclear(['log', 'verify', '--venue', venue.url, ...kept, ...given])
    assert.equal(found.code, 4, found.stderr)
    const { valid, evidence, faults } = documentOf(found)
    assert.deepEqual([valid, evidence, faults], [false, ['NOT_A_PREFIX'], []])
    const checked = await zkclear(['log', 'check', '--evidence', out, ...given])
    assert.deepEqual([checked.code, documentOf(checked).convicts], [4, true])
    // Of a log that is not signed with that key it shows nothing.
    await writeFile(folder.file('other.txt'), new LyingLog(log.origin).key)
    const other = await zkclear(['log', 'check', '--evidence', out, '--key-file', folder.file('other.txt'), '--json'])
    assert.deepEqual([other.code, documentOf(other).convicts], [1, false])
  })

  it('checks files by files, and ends with 1 for what is false and convicts nobody', async () => {
    await using folder = await logFolder()
    await writeFile(folder.file('newer.json'), JSON.stringify({ checkpoint: log.checkpoint(HONEST) }))
    await writeFile(folder.file('proof.json'), JSON.stringify(proofOf(7, HONEST)))
    await writeFile(folder.file('false.json'), JSON.stringify({ ...proofOf(7, HONEST), path: [] }))
    const verify = (proof: string) =>
      zkclear([
        ...['log', 'verify', '--key-file', folder.file('key.txt'), '--json'],
        ...['--checkpoint', folder.file('kept.txt'), folder.file('newer.json'), '--consistency', folder.file(proof)],
      ])
    const good = await verify('proof.json')
    assert.deepEqual([good.code, documentOf(good).unlinked, documentOf(good).checkpoints], [0, 0, 2], good.stderr)
    const bad = await verify('false.json')
    assert.equal(bad.code, 1)
    assert.deepEqual(
      (documentOf(bad).faults as { code: string }[]).map(({ code }) => code),
      ['CONSISTENCY_FALSE'],
    )
  })

  it('says what is missing', async () => {
    await using folder = await logFolder()
    const none = await zkclear(['log', 'verify', '--json'])
    assert.deepEqual([none.code, errorOf(none).path], [2, '--key-file'])
    const chain = await zkclear([
      'log',
      'verify',
      '--rpc',
      'http://127.0.0.1:1',
      '--key-file',
      folder.file('key.txt'),
      '--json',
    ])
    assert.deepEqual([chain.code, errorOf(chain).path], [2, '--rpc'])
  })
})

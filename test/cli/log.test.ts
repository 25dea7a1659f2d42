import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { Interface } from 'ethers'
import { CLOCK_MARGIN } from '../../log/evidence.ts'
import { evidenceText } from '../../log/evidence-text.ts'
import { leafHash } from '../../log/hash.ts'
import { saltedLeaf } from '../../log/receipt.ts'
import { ABIS } from '../../settlement/abi.ts'
import { ACCEPTED, LyingLog, leavesOf, naiveConsistency, naivePath, naiveRoot } from '../log/support.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SETTLEMENT = `0x${'ab'.repeat(20)}`
const log = new LyingLog(`zkclear/31337/${SETTLEMENT}/0`)
const HONEST = leavesOf(9)
const REWRITTEN = [...HONEST.slice(0, 7).with(3, leafHash(Buffer.from('another'))), ...leavesOf(4, 'later')]
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

const proofOf = (from: number, leaves: readonly Uint8Array[]) => ({
  ...{ from, to: leaves.length, root: base64(naiveRoot(leaves.slice(0, from))) },
  path: naiveConsistency(from, leaves).map(base64),
})

/** A venue that shows the log of these leaves. */
async function serveLog(leaves: readonly Uint8Array[], failing: readonly string[] = []) {
  let asked = 0
  const server = createServer((request, response) => {
    // Each other request is one too many.
    if (asked++ % 2 === 0) return void response.writeHead(429, { 'retry-after': '0' }).end()
    const { pathname, searchParams } = new URL(request.url!, 'http://venue')
    const answers: Readonly<Record<string, () => object>> = {
      '/v1/log/key': () => ({ key: log.key }),
      '/v1/log/checkpoint': () => ({ checkpoint: log.checkpoint(leaves) }),
      '/v1/log/consistency': () => proofOf(Number(searchParams.get('from')), leaves),
    }
    const answer = answers[pathname]?.()
    response
      .writeHead(failing.includes(pathname) ? 500 : answer === undefined ? 404 : 200)
      .end(JSON.stringify(answer ?? {}))
  })
  return await listening(server)
}

/** A node on whose chain batch 1 was settled at that time, with that anchor. */
async function serveChain({ time, anchor, transaction }: { time: bigint; anchor: string; transaction: string }) {
  const hash = `0x${'00'.repeat(32)}`
  const abi = new Interface([...ABIS.Settlement])
  const { topics, data } = abi.encodeEventLog('Settled', [1, hash, hash, 0, hash, time, anchor, []])
  const event = { address: SETTLEMENT, topics, data, blockNumber: '0x1', blockHash: hash, transactionHash: transaction }
  const results: Readonly<Record<string, unknown>> = {
    ...{ eth_chainId: '0x7a69', net_version: '31337', eth_blockNumber: '0x2' },
    eth_getLogs: [{ ...event, transactionIndex: '0x0', logIndex: '0x0', removed: false }],
  }
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString())
    const answer = ({ id, method }: { id: number; method: string }) => ({ jsonrpc: '2.0', id, result: results[method] })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)))
  })
  return await listening(server)
}

async function listening(server: Server) {
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

  it('takes the key as the venue answers it', async () => {
    await using folder = await logFolder()
    const given = ['log', 'verify', '--checkpoint', folder.file('kept.txt'), '--key-file', folder.file('answer.json')]
    await writeFile(folder.file('answer.json'), JSON.stringify({ key: log.key }))
    const result = await zkclear([...given, '--json'])
    assert.deepEqual([result.code, documentOf(result).key], [0, log.key], result.stderr)
    await writeFile(folder.file('answer.json'), JSON.stringify({ key: log.key, checkpoint: '' }))
    assert.equal((await zkclear([...given, '--json'])).code, 2)
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

  it('writes what convicts before it gives up on a venue that does not answer', async () => {
    await using folder = await logFolder()
    await using venue = await serveLog(HONEST, ['/v1/log/checkpoint', '/v1/log/consistency'])
    await writeFile(folder.file('fork.txt'), log.checkpoint(REWRITTEN.slice(0, 7)))
    const out = folder.file('evidence.json')
    const given = ['--venue', venue.url, '--key-file', folder.file('key.txt'), '--out', out, '--json']
    const forked = ['--checkpoint', folder.file('kept.txt'), folder.file('fork.txt')]
    const found = await zkclear(['log', 'verify', ...forked, ...given])
    assert.equal(found.code, 4, found.stderr)
    assert.deepEqual(documentOf(found).evidence, ['TWO_ROOTS'])
    const none = await zkclear(['log', 'verify', '--checkpoint', folder.file('kept.txt'), ...given])
    assert.equal(none.code, 1, none.stderr)
  })

  it('convicts by an anchor only with what the chain says of it', async () => {
    await using folder = await logFolder()
    const [time, transaction] = [1_000_000n, `0x${'cd'.repeat(32)}`]
    const anchor = `0x${Buffer.from(naiveRoot(REWRITTEN)).toString('hex')}`
    const place = { chainId: 31_337n, settlement: SETTLEMENT, batch: 1n, transaction, time, anchor }
    const checkpoint = log.checkpoint(HONEST, time + CLOCK_MARGIN)
    const file = folder.file('evidence.json')
    const evidence = [{ kind: 'ANCHOR_UNKNOWN' as const, ...place, checkpoint, leaves: [...HONEST] }]
    await writeFile(file, evidenceText({ key: log.key, evidence }))
    const check = (...given: string[]) =>
      zkclear(['log', 'check', '--evidence', file, '--key-file', folder.file('key.txt'), ...given])
    const alone = await check()
    assert.equal(alone.code, 1, alone.stderr)
    assert.match(alone.stdout, /SHOWS NOTHING: ANCHOR_UNKNOWN without --rpc: to be compared .* timestamp 1000000, /)
    for (const [settled, code] of [
      [place, 4],
      [{ ...place, time: time + 1n }, 1],
      [{ ...place, anchor: `0x${'01'.repeat(32)}` }, 1],
      [{ ...place, transaction: `0x${'ce'.repeat(32)}` }, 1],
    ] as const) {
      await using node = await serveChain(settled)
      const checked = await check('--rpc', node.url)
      assert.equal(checked.code, code, checked.stdout + checked.stderr)
    }
  })

  it('says what receipts are of, and takes none of another record than the answer that it came with', async () => {
    await using folder = await logFolder()
    const salt = Buffer.alloc(32, 1)
    const leaves = HONEST.with(3, saltedLeaf(salt, ACCEPTED))
    const receipt = {
      ...{ version: 1, epoch: '0', record: 3, salt: base64(salt), bytes: base64(ACCEPTED) },
      ...{ path: naivePath(3, leaves).map(base64), checkpoint: log.checkpoint(leaves) },
    }
    const file = folder.file('answer.json')
    const verify = async (record: number) => {
      await writeFile(file, JSON.stringify({ verdicts: [{ verdict: 'ACCEPTED', record, receipt }] }))
      return await zkclear(['log', 'verify', '--key-file', folder.file('key.txt'), '--receipt', file])
    }
    const good = await verify(3)
    assert.equal(good.code, 0, good.stderr)
    assert.match(good.stdout, /^1 receipts, .*\nreceipt: record 3, a message of account 7\n/)
    const bad = await verify(4711)
    assert.equal(bad.code, 1, bad.stderr)
    assert.match(bad.stdout, /FALSE: receipt of record 4711 .*\(RECORD\)/)
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

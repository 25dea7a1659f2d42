import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { network } from 'hardhat'
import { after, before, beforeEach, describe, it } from 'mocha'
import { ORACLE_KEYS } from '../../lab/instances/reports.ts'
import { decodeFeeds, feedPrices } from '../../oracle/index.ts'
import { isReportValid } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { connectReader } from '../../settlement/connect.ts'
import { decodeReport } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { serveChain } from '../support/contracts/serve-chain.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SHAPE = venueShape('small')
const NOBODY = '0x00000000000000000000000000000000000000aa'

/** A real chain of this process, with mocks of aggregators: no feed of Chainlink's is asked. */
describe('prices from feeds on a chain', () => {
  let ethers: Awaited<ReturnType<typeof network.create>>['ethers']
  const open = new AsyncDisposableStack()
  after(() => open.disposeAsync())
  let served: Awaited<ReturnType<typeof serveChain>>
  let bitcoin: Awaited<ReturnType<typeof mock>>
  let gold: Awaited<ReturnType<typeof mock>>

  const mock = async (decimals: number) => {
    const contract = await ethers.deployContract('MockAggregator', [decimals])
    return { address: (await contract.getAddress()) as string, tell: contract.getFunction('tell') }
  }
  const time = async () => BigInt((await ethers.provider.getBlock('latest'))!.timestamp)

  before(async () => {
    ethers = (await network.create()).ethers
    served = open.use(await serveChain(ethers.provider))
    bitcoin = await mock(8)
    gold = await mock(18)
  })
  beforeEach(async () => {
    await bitcoin.tell(6_412_345_678_901n, await time())
    await gold.tell(2_650_123_456_789_012_345_678n, await time())
  })

  const feedsFile = (change: object = {}) => ({
    ...{ version: 1, profile: 'small' },
    indices: [
      { aggregator: bitcoin.address, scale: '1000000', maxAge: '3600' },
      { aggregator: gold.address, scale: '10000', maxAge: '3600' },
    ],
    forwards: [
      { aggregator: bitcoin.address, scale: '1000', maxAge: '3600' },
      ...[1, 2, 3].map(() => ({ constant: '1' })),
    ],
    volatilities: [0, 1, 2, 3].map(() => ({ constant: '550000' })),
    ...change,
  })
  const read = async (change: object = {}) => {
    using connection = await connectReader({ rpcUrl: served.url })
    return await feedPrices(connection.provider, decodeFeeds(feedsFile(change), 'small'), SHAPE).read()
  }

  it('are the answers in quanta, rounded down, whatever their decimals, as of the newest block', async () => {
    assert.deepEqual(await read(), {
      indices: [64_123_456_789n, 26_501_234n],
      forwards: [64_123_456n, 1n, 1n, 1n],
      volatilities: [550_000n, 550_000n, 550_000n, 550_000n],
      timestamp: await time(),
    })
  })

  const feedOf = (aggregator: string, change: object = {}) => ({
    forwards: [{ aggregator, scale: '1', maxAge: '3600', ...change }, ...[1, 2, 3].map(() => ({ constant: '1' }))],
  })
  const unavailable = (message: RegExp) => ({ code: 'SOURCE_UNAVAILABLE', message })

  it('are none where a feed is old, from the future, not positive, never updated or not there: its place is said', async () => {
    const at = await time()
    const other = await mock(18)
    await other.tell(1n, at - 100n)
    assert.equal((await read(feedOf(other.address, { maxAge: '200', scale: `${10n ** 18n}` }))).forwards[0], 1n)
    const old = feedOf(other.address, { maxAge: '100' })
    await assert.rejects(read(old), unavailable(/\(forwards\[0\]\) that was updated \d+ s ago, and 100 are allowed/))
    await gold.tell(1n, at + 1000n)
    await assert.rejects(read(), unavailable(/\(indices\[1\]\) that was updated \d+ s after the newest block/))
    for (const answer of [0n, -5n]) {
      await gold.tell(answer, at)
      await assert.rejects(read(), unavailable(new RegExp(`\\(indices\\[1\\]\\) whose answer is ${answer}`)))
    }
    await gold.tell(10n ** 18n, at)
    const silent = await mock(8)
    await assert.rejects(read(feedOf(silent.address)), unavailable(/no answering feed at .* \(forwards\[0\]\)/))
    await assert.rejects(read(feedOf(NOBODY)), unavailable(/no answering feed at .* \(forwards\[0\]\)/))
  })

  it('are none where an answer comes to 0 quanta or to more than a report holds', async () => {
    const refused = { code: 'INPUT_INVALID', path: 'feeds.forwards[0]' }
    const other = await mock(18)
    await other.tell(1n, await time())
    await assert.rejects(read(feedOf(other.address)), refused)
    await other.tell(1n << 47n, await time())
    await assert.rejects(read(feedOf(other.address, { scale: `${10n ** 18n}` })), refused)
  })

  it('refuses a feeds file that does not fit, naming the field', () => {
    const wrong: [path: string, change: object][] = [
      ['feeds.profile', { profile: 'standard' }],
      ['feeds.indices', { indices: [] }],
      ['feeds.volatilities[0]', { volatilities: [{ constant: 5 }, {}, {}, {}] }],
      ['feeds.forwards[0].aggregator', feedOf('0x12')],
    ]
    for (const [path, change] of wrong) {
      assert.throws(() => decodeFeeds(feedsFile(change), 'small'), { code: 'INPUT_INVALID', path })
    }
  })

  it('are signed by a command', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('feeds.json'), JSON.stringify(feedsFile()))
    await writeFile(folder.file('key.txt'), Buffer.from(ORACLE_KEYS[0]!).toString('hex'))
    const files = ['--feeds', folder.file('feeds.json'), '--key-file', folder.file('key.txt')]
    const sign = ['oracle', 'sign', ...files, '--rpc', served.url, '--feed-set', '5', '--max-age', '86400', '--json']
    const done = await zkclear(sign)
    assert.equal(done.code, 0, done.stderr)
    const signed = decodeReport(documentOf(done), 'small')
    assert.ok(isReportValid(signed, SHAPE))
    assert.deepEqual([signed.report.feedSet, signed.report.indices[0]], [5n, 64_123_456_789n])
    await bitcoin.tell(-1n, await time())
    const refused = await zkclear(sign)
    assert.deepEqual([refused.code, errorOf(refused).code], [2, 'SOURCE_UNAVAILABLE'])
  })
})

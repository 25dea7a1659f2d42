import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Wallet } from 'ethers'
import { makeReport, ORACLE_KEYS } from '../../lab/instances/reports.ts'
import {
  type JsonSource,
  jsonPrices,
  PUBLISHER_DOMAIN,
  PUBLISHER_TYPES,
  publisherPrices,
  signPrices,
} from '../../oracle/index.ts'
import { isReportValid, type PriceReport } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { encodePrices } from '../../venue/index.ts'

const shape = venueShape('small')
const report = makeReport(shape)
const { indices, forwards, volatilities } = report
const saying = (document: unknown): JsonSource => ({ name: 'the test', read: async () => document })
const now = () => BigInt(Math.floor(Date.now() / 1000))
const signing = { feedSet: 9n, shape, privateKey: ORACLE_KEYS[0]! }
const pricesOf = (timestamp?: bigint) =>
  jsonPrices(saying(encodePrices({ timestamp, indices, forwards, volatilities }, 'small')), 'small')

suite('signPrices', () => {
  test('signs what the source says, as of now', async () => {
    const before = now()
    const signed = await signPrices({ ...signing, source: pricesOf() })
    assert.ok(isReportValid(signed, shape))
    const { timestamp, ...rest } = signed.report
    assert.deepEqual(rest, { feedSet: 9n, indices, forwards, volatilities })
    assert.ok(timestamp >= before && timestamp <= now())
  })

  test('signs as of the time that the source names, up to maxAge from now, and not beyond', async () => {
    const of = async (timestamp: bigint) => {
      const { report } = await signPrices({ ...signing, source: pricesOf(timestamp), maxAge: 100n })
      return report.timestamp === timestamp
    }
    const at = now()
    assert.ok(await of(at - 90n))
    assert.ok(await of(at + 90n))
    await assert.rejects(of(at - 101n), { code: 'SOURCE_UNAVAILABLE', message: /101 s old|102 s old/ })
    await assert.rejects(of(at + 110n), { code: 'SOURCE_UNAVAILABLE', message: /ahead of this machine's clock/ })
  })

  test('signs nothing that is out of range', async () => {
    const document = encodePrices({ indices: [0n, 1n], forwards, volatilities }, 'small')
    const source = jsonPrices(saying(document), 'small')
    await assert.rejects(signPrices({ ...signing, source }), { code: 'INPUT_INVALID', path: 'prices.indices[0]' })
  })
})

suite('publisherPrices', async () => {
  const publisher = Wallet.createRandom()
  const signedBy = async (wallet: typeof publisher, of: PriceReport) => ({
    ...(encodePrices(of, 'small') as object),
    feedSet: `${of.feedSet}`,
    signature: await wallet.signTypedData(PUBLISHER_DOMAIN, { ...PUBLISHER_TYPES }, of),
  })
  const read = (document: unknown, feedSet = report.feedSet) =>
    publisherPrices(saying(document), { publisher: publisher.address, feedSet, profile: 'small' }).read()

  test('gives the prices that the publisher signed, and their time', async () => {
    const { feedSet: _, ...prices } = report
    assert.deepEqual(await read(await signedBy(publisher, report)), prices)
  })

  test('takes the address in any case', async () => {
    const document = await signedBy(publisher, report)
    const options = { publisher: publisher.address.toLowerCase(), feedSet: report.feedSet, profile: 'small' } as const
    assert.equal((await publisherPrices(saying(document), options).read()).timestamp, report.timestamp)
  })

  test('refuses what somebody else signed, what was changed, and what no signature is', async () => {
    const honest = await signedBy(publisher, report)
    const forgeries = [
      await signedBy(Wallet.createRandom(), report),
      { ...honest, timestamp: `${report.timestamp + 1n}` },
      { ...honest, indices: ['1', '2'] },
      { ...honest, forwards: (honest as never as { forwards: string[] }).forwards.toReversed() },
      { ...honest, signature: `0x${'00'.repeat(65)}` },
    ]
    const refused = { code: 'SOURCE_UNAVAILABLE', message: /did not sign/ }
    for (const forged of forgeries) await assert.rejects(read(forged), refused)
  })

  test('refuses another feed set, a signature of another length, and prices out of range', async () => {
    const honest = await signedBy(publisher, report)
    await assert.rejects(read(honest, 1n), { code: 'SOURCE_UNAVAILABLE', message: /feed set/ })
    await assert.rejects(read({ ...honest, signature: '0x12' }), { code: 'INPUT_INVALID', path: 'published.signature' })
    const zero = await signedBy(publisher, { ...report, indices: [0n, 1n] })
    await assert.rejects(read(zero), { code: 'INPUT_INVALID', path: 'published.indices[0]' })
  })
})

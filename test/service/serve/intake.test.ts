import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Alerts } from '../../../service/alerts/alerts.ts'
import { type Check, SignatureChecker } from '../../../service/intake/signature-checker.ts'
import { readJournal } from '../../../service/journal/journal.ts'
import { decodeRecord } from '../../../service/sequencer/record.ts'
import { ledgerRoot } from '../../../service/sequencer/state.ts'
import { Venue, type VenueParts } from '../../../service/serve/venue.ts'
import { testServer } from '../../support/service/test-server.ts'
import { DOMAIN, orderOf, signed, type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

const DYING = new URL('../../support/service/dying-thread.ts', import.meta.url)

describe('intake', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** A venue that is open, at the chain that it was made for, whose signatures are checked so. */
  async function venueOver({ writer }: TradingVenue, signatures: Pick<SignatureChecker, 'check'>): Promise<Venue> {
    const { clock, base } = writer.state
    const chain = {
      ...{ block: { number: 1, hash: '0x' }, time: clock / 1000n, pausedUntil: 0n, frozenAt: 0n },
      ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0 },
      settled: { count: 0, root: ledgerRoot(base) },
    }
    const venue = new Venue({
      ...{ database: { query: async () => [{ ms: `${clock}` }] }, writer, signatures, feeCap: 1n },
      reader: { read: async () => chain, cover: async () => ({ now: 0n, perHour: 0n }), settlement: { address: '0x' } },
      ...{ settler: { turn: async () => ({ kind: 'idle' }) }, alerts: new Alerts(() => undefined) },
      ...{ circuits: {}, journal: {}, sealer: {}, sight: {}, provable: { look: async () => undefined } },
    } as unknown as VenueParts)
    await venue.chainTurn()
    return venue
  }

  const checkerOf = (options: Partial<ConstructorParameters<typeof SignatureChecker>[0]> = {}) =>
    new SignatureChecker({ domain: DOMAIN, onLost: () => undefined, ...options })

  /** Which messages the journal has, in its order: account and nonce. */
  async function written({ database, sealer, journal }: TradingVenue): Promise<[account: number, nonce: bigint][]> {
    const found: [number, bigint][] = []
    for await (const { record } of readJournal(database, sealer, { epoch: journal.epoch })) {
      const decoded = decodeRecord(record)
      const [first] = decoded.kind === 'message' ? decoded.bundle.messages : []
      if (first !== undefined) found.push([first.account, first.nonce])
    }
    return found
  }

  it('gives messages their place in the order in which they come, whichever is checked first', async () => {
    await using trading = await tradingVenue(server)
    await using checker = checkerOf()
    const held: (() => void)[] = []
    const venue = await venueOver(trading, {
      async check(checks: readonly Check[]) {
        await checker.check(checks)
        await new Promise<void>((resolve) => held.push(resolve))
      },
    })
    const sent = Array.from({ length: 6 }, (_, i) => [1 + (i % 3), BigInt(1 + Math.floor(i / 3))] as const)
    const taken = sent.map(([account, nonce]) => venue.take([signed(account, orderOf(account, nonce))]))
    while (held.length < sent.length) await setImmediate()
    const { records } = trading.writer.state
    // The last one is free to go first.
    for (const go of held.toReversed()) {
      assert.equal(trading.writer.state.records, records)
      go()
      await setImmediate()
    }
    const answers = (await Promise.all(taken)).flat()
    assert.deepEqual(
      answers.map(({ verdict, record }) => [verdict, record]),
      sent.map((_, i) => ['ACCEPTED', records + i]),
    )
    assert.deepEqual(
      await written(trading),
      sent.map(([account, nonce]) => [account, nonce]),
    )
  })

  it('answers a forged message among good ones as ever, and writes nothing of it', async () => {
    await using trading = await tradingVenue(server)
    await using checker = checkerOf()
    const venue = await venueOver(trading, checker)
    const forged = { ...signed(2, orderOf(2, 1n)), signature: signed(1, orderOf(1, 9n)).signature }
    const stranger = signed(9, orderOf(9, 1n))
    const answers = await Promise.all([
      venue.take([signed(1, orderOf(1, 1n)), forged]),
      venue.take([stranger, signed(2, orderOf(2, 1n))]),
    ])
    assert.deepEqual(
      answers.flat().map(({ verdict }) => verdict),
      ['ACCEPTED', 'BAD_SIGNATURE', 'UNKNOWN_ACCOUNT', 'ACCEPTED'],
    )
    assert.deepEqual(await written(trading), [
      [1, 1n],
      [2, 1n],
    ])
  })

  it('turns away what comes while as many signatures wait as may, before it costs anything', async () => {
    await using trading = await tradingVenue(server)
    await using checker = checkerOf({ most: 2 })
    const venue = await venueOver(trading, checker)
    const orders = [1, 2, 3].map((account) => venue.take([signed(account, orderOf(account, 1n))]))
    await assert.rejects(orders[2]!, { status: 503, code: 'BUSY', retryAfter: 1 })
    await Promise.all(orders.slice(0, 2))
    const [answer] = await venue.take([signed(3, orderOf(3, 1n))])
    assert.equal(answer!.verdict, 'ACCEPTED')
    assert.equal((await written(trading)).length, 3)
  })

  it('loses nothing that was receipted when the thread that checks ends, and takes nothing more', async () => {
    await using trading = await tradingVenue(server)
    const lost = Promise.withResolvers<Error>()
    await using checker = checkerOf()
    await using dying = checkerOf({ module: DYING, onLost: lost.resolve })
    let current: Pick<SignatureChecker, 'check'> = checker
    const venue = await venueOver(trading, { check: (checks) => current.check(checks) })
    const [receipted] = await venue.take([signed(1, orderOf(1, 1n))])
    assert.equal(receipted!.verdict, 'ACCEPTED')
    current = dying
    const why = /the thread that checks signatures has ended/
    const two = [1, 2].map((account) => venue.take([signed(account, orderOf(account, 2n))]))
    await Promise.all(two.map((one) => assert.rejects(one, why)))
    assert.match((await lost.promise).message, why)
    assert.deepEqual(await written(trading), [[1, 1n]])
    // What was accepted before is told as it was, and needs no check.
    assert.equal((await venue.take([signed(1, orderOf(1, 1n))]))[0]!.again, true)
  })
})

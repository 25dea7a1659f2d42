import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Alerts } from '../../../service/alerts/alerts.ts'
import type { Check } from '../../../service/intake/checks.ts'
import { SignatureChecker } from '../../../service/intake/signature-checker.ts'
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
  async function venueOver(
    { writer, desk }: TradingVenue,
    signatures: Pick<SignatureChecker, 'check'>,
    frozenAt = 0n,
  ): Promise<Venue> {
    const { clock, base } = writer.state
    const chain = {
      ...{ block: { number: 1, hash: '0x' }, time: clock / 1000n, pausedUntil: 0n, frozenAt },
      ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0 },
      settled: { count: 0, root: ledgerRoot(base) },
    }
    const venue = new Venue({
      ...{ database: { query: async () => [{ ms: `${clock}` }] }, writer, signatures, known: desk.known, feeCap: 1n },
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

  it('takes nothing of a frozen venue, also in the moment after somebody resumed it', async () => {
    await using trading = await tradingVenue(server)
    await using checker = checkerOf()
    const venue = await venueOver(trading, checker, 5n)
    const { records } = trading.writer.state
    const refused = async () => {
      const taken = venue.take([signed(1, orderOf(1, 1n))])
      await assert.rejects(taken, { status: 503, code: 'VENUE_HALTED', message: /was frozen at 5/ })
      assert.equal(trading.writer.state.records, records)
    }
    await refused()
    venue.operations.resume()
    await refused()
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
    const orders = [1, 2, 3].map((account) => {
      return venue.take([signed(account, orderOf(account, 1n))], { caller: `${account}` })
    })
    await assert.rejects(orders[2]!, { status: 503, code: 'BUSY', retryAfter: 1 })
    await Promise.all(orders.slice(0, 2))
    const [answer] = await venue.take([signed(3, orderOf(3, 1n))])
    assert.equal(answer!.verdict, 'ACCEPTED')
    assert.equal((await written(trading)).length, 3)
  })

  const forgedOf = (account: number, nonce: bigint) => {
    return { messages: [orderOf(account, nonce)], signature: signed(9, orderOf(9, 1n)).signature }
  }

  it('serves a trader from where his word came before, and who comes for the first time, while 300 addresses flood it in his name', async () => {
    await using trading = await tradingVenue(server)
    await using checker = checkerOf({ most: 600 })
    const venue = await venueOver(trading, checker)
    const take = (caller: string, ...messages: Parameters<typeof venue.take>[0]) => venue.take(messages, { caller })
    assert.equal((await take('home', signed(1, orderOf(1, 1n))))[0]!.verdict, 'ACCEPTED')
    const { signature } = signed(9, orderOf(9, 1n))
    const told: string[] = []
    const flood = Array.from({ length: 900 }, async (_, i) => {
      const forged = [2n, 3n, 4n, 5n].map((nonce) => ({ messages: [orderOf(1, nonce)], signature }))
      const answers = await take(`flood ${i % 300}`, ...forged).catch((error) => [{ verdict: error.code }])
      told.push(answers[0]!.verdict)
    })
    const cancel = signed(1, { kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 2n })
    const [order, first, own] = await Promise.all([
      take('home', signed(1, orderOf(1, 3n))),
      take('elsewhere', signed(2, orderOf(2, 1n))),
      // As what a trader left with the venue.
      venue.take([cancel], { door: trading.desk.door.forStanding }),
    ])
    assert.deepEqual([order[0]!.verdict, first[0]!.verdict], ['ACCEPTED', 'ACCEPTED'])
    assert.equal(own[0]!.verdict, 'OLD_NONCE')
    await Promise.all(flood)
    assert.deepEqual([...new Set(told)].sort(), ['BAD_SIGNATURE', 'BUSY'])
  })

  it('keeps the order of what an account sends from one place, also when that becomes known meanwhile', async () => {
    await using trading = await tradingVenue(server)
    const held: { readonly stranger: string | undefined; go(): void }[] = []
    const venue = await venueOver(trading, {
      check: (_, stranger) => new Promise<void>((go) => held.push({ stranger, go })),
    })
    // Two may rest on a side.
    const take = (caller: string, nonce: bigint) => {
      const side = nonce > 2n ? ({ side: 'sell', price: 1010n } as const) : {}
      return venue.take([signed(1, orderOf(1, nonce, { market: Number(nonce % 2n), ...side }))], { caller })
    }
    const [one, two] = [take('a', 1n), take('a', 2n)]
    held[0]!.go()
    await one
    const three = take('a', 3n)
    assert.deepEqual(
      held.map(({ stranger }) => stranger),
      ['a', 'a', 'a'],
    )
    held[1]!.go()
    held[2]!.go()
    await Promise.all([two, three])
    const last = [take('a', 4n), take('b', 5n)]
    assert.deepEqual(
      held.slice(3).map(({ stranger }) => stranger),
      [undefined, 'b'],
    )
    for (const { go } of held) go()
    await Promise.all(last)
    assert.deepEqual(
      (await written(trading)).map(([, nonce]) => nonce),
      [1n, 2n, 3n, 4n, 5n],
    )
  })

  it('knows nobody by what he hands in that others signed or were told, or that is refused', async () => {
    await using trading = await tradingVenue(server)
    await using checker = checkerOf()
    const venue = await venueOver(trading, checker)
    const { known } = trading.desk
    const sent = signed(1, orderOf(1, 5n))
    const verdictOf = async (caller: string, message: typeof sent) => (await venue.take([message], { caller }))[0]!
    assert.equal((await verdictOf('thief', forgedOf(1, 5n))).verdict, 'BAD_SIGNATURE')
    assert.equal((await verdictOf('home', sent)).verdict, 'ACCEPTED')
    assert.equal((await verdictOf('thief', sent)).again, true)
    assert.equal((await verdictOf('thief', signed(1, orderOf(1, 4n)))).verdict, 'OLD_NONCE')
    assert.deepEqual([known.isOf(1, 'home'), known.has('thief')], [true, false])
  })

  it('checks no signature of what is refused whoever signed it', async () => {
    await using trading = await tradingVenue(server)
    const venue = await venueOver(trading, { check: () => assert.fail('checked') })
    const by = { caller: 'a' }
    const order = orderOf(1, 1n)
    const { signature } = signed(1, order)
    const bundles = [
      { messages: [{ ...order, market: 200 }], signature },
      { messages: [order, { ...order, account: 2, nonce: 2n }], signature },
      signed(9, orderOf(9, 1n)),
    ]
    const answers = await venue.take(bundles, by)
    const verdicts = answers.map(({ verdict }) => verdict)
    assert.deepEqual(verdicts, ['OTHER_MARKET', 'MALFORMED', 'UNKNOWN_ACCOUNT'])
    const bid = { victim: 2, bidder: 1, held: 0n, price: 1n, nonce: 1n, expiry: 2n ** 40n }
    const answer = await venue.takeBid({ bid, signature } as Parameters<typeof venue.takeBid>[0], by)
    assert.deepEqual(answer, { verdict: 'NOT_FLAGGED' })
    assert.deepEqual(await written(trading), [])
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

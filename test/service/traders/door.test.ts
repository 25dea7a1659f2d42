import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Message } from '../../../protocol/message.ts'
import { signBundle } from '../../../protocol/signature.ts'
import { Allowance } from '../../../service/traders/allowance.ts'
import type { DoorOptions } from '../../../service/traders/door.ts'
import { testServer } from '../../support/service/test-server.ts'
import {
  DOMAIN,
  orderOf,
  secretOf,
  signed,
  type TradingVenue,
  tradingVenue,
  withdrawal,
} from '../../support/service/trading-venue.ts'

const cancel = (account: number, nonce: bigint, sequence: bigint): Message => {
  return { kind: 'cancel', market: 0, account, side: 'buy', price: 1000n, sequence, nonce }
}
const cancelAll = (account: number, nonce: bigint): Message => ({
  kind: 'cancel-all',
  market: 0,
  account,
  side: 'both',
  nonce,
})

describe('the door', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const open = (options: Partial<DoorOptions> = {}) => tradingVenue(server, { now: () => 1000, ...options })
  const cut = (venue: TradingVenue) => venue.put({ kind: 'cut', cash: false })
  async function verdicts(venue: TradingVenue, ...messages: Message[][]): Promise<string[]> {
    const sent = await venue.client.send(messages.map((bundle) => signed(bundle[0]!.account, ...bundle)))
    return sent.map(({ verdict }) => verdict)
  }

  it('makes an address pay for signatures that are to be checked, and more for those that are bad', async () => {
    await using venue = await open({ rules: { requestsAtOnce: 10, requestsPerSecond: 1 } })
    const forged = { ...signed(1, orderOf(1, 1n)), signature: signed(2, orderOf(2, 1n)).signature }
    const asked = async (count: number) => (await venue.post('/v1/messages', Array(count).fill(forged))).status
    assert.equal(await asked(64), 429)
    assert.equal(await asked(3), 200)
    // It owes twelve more, and three for the long body; another address owes nothing.
    assert.equal(await asked(1), 429)
    assert.equal((await venue.get('/v1/markets')).status, 429)
    venue.desk.door.admit('another')
    assert.throws(() => venue.desk.door.admit('127.0.0.1'), { status: 429, retryAfter: 8 })
  })

  it('makes an address pay for what an account signed that can never be taken: nobody else would', async () => {
    await using venue = await open({ rules: { requestsAtOnce: 10, requestsPerSecond: 1 } })
    assert.deepEqual(await verdicts(venue, [orderOf(1, 9n)]), ['ACCEPTED'])
    assert.deepEqual(await verdicts(venue, [orderOf(1, 1n)], [orderOf(1, 2n)]), ['OLD_NONCE', 'OLD_NONCE'])
    // Two requests, and four for each; what is sent again costs nothing more.
    assert.equal((await venue.get('/v1/limits')).status, 429)
  })

  it('makes an address pay for logins that the account did not sign', async () => {
    await using venue = await open({ rules: { requestsAtOnce: 10, requestsPerSecond: 1 } })
    const forged = async () => venue.answerTo(1, await venue.challenge(1), secretOf(2))
    assert.equal((await venue.post('/v1/login', await forged())).status, 401)
    assert.equal(venue.desk.known.has('127.0.0.1'), false)
    assert.equal((await venue.post('/v1/login', await forged())).status, 401)
    assert.equal((await venue.get('/v1/limits')).status, 429)
  })

  it('counts a long body as several requests, before it is read', async () => {
    await using venue = await open({ rules: { requestsAtOnce: 10, requestsPerSecond: 1 } })
    const long = (bytes: number) => venue.post('/v1/messages', `"${'x'.repeat(bytes - 2)}"`)
    assert.equal((await long(10 * 8_192)).status, 429)
    assert.equal((await long(8 * 8_192)).status, 400)
    assert.equal((await long(8_192)).status, 429)
    assert.equal((await venue.get('/v1/limits')).status, 200)
  })

  it('lets time go on with what is accepted alone: what is refused leaves nothing in the journal', async () => {
    await using venue = await open()
    const { writer } = venue
    const { records, clock } = writer.state
    const tick = { kind: 'tick', clock: clock + 1000n } as const
    const forged = { ...signed(1, orderOf(1, 1n)), signature: signed(2, orderOf(2, 1n)).signature }
    assert.deepEqual(await writer.take([forged], [tick]), [{ verdict: 'BAD_SIGNATURE' }])
    assert.equal(writer.state.records, records)
    const answers = await writer.take([forged, signed(1, orderOf(1, 1n)), signed(1, orderOf(1, 2n))], [tick])
    const told = answers.map(({ verdict, record }) => (record === undefined ? { verdict } : { verdict, record }))
    assert.deepEqual(told, [
      { verdict: 'BAD_SIGNATURE' },
      { verdict: 'ACCEPTED', record: records + 1 },
      { verdict: 'ACCEPTED', record: records + 2 },
    ])
    assert.equal(writer.state.clock, clock + 1000n)
    // Judged at the time of the tick.
    const late = signed(1, orderOf(1, 3n, { expiry: (clock + 1000n) / 1000n }))
    const beyond = { kind: 'tick', clock: clock + 5000n } as const
    assert.deepEqual(await writer.take([late], [beyond]), [{ verdict: 'NO_EFFECT' }])
  })

  for (const [name, message] of [
    ['a cancel of nothing', cancel(1, 1n, 7n)],
    ['a cancel of all where nothing rests', cancelAll(1, 1n)],
    ['an order below the least size', orderOf(1, 1n, { size: 0n })],
    ['an order that has expired', orderOf(1, 1n, { expiry: 1n })],
    ['an order that reduces nothing', orderOf(1, 1n, { timeInForce: 'IOC', reduceOnly: true })],
    ['an order out of the band', orderOf(1, 1n, { price: 2n ** 40n })],
    ['an order that meets nothing and does not rest', orderOf(1, 1n, { timeInForce: 'IOC' })],
    ['an order beyond the largest position', orderOf(1, 1n, { size: 2n ** 40n })],
  ] as const) {
    it(`keeps out ${name}, which leaves nothing in the journal`, async () => {
      await using venue = await open()
      const { records } = venue.writer.state
      assert.deepEqual(await verdicts(venue, [message]), ['NO_EFFECT'])
      assert.equal(venue.writer.state.records, records)
    })
  }

  it('lets in what may act on what had no turn yet', async () => {
    await using venue = await open()
    assert.deepEqual(await verdicts(venue, [orderOf(1, 1n)], [cancel(1, 2n, 0n)]), ['ACCEPTED', 'ACCEPTED'])
    await cut(venue)
    assert.deepEqual(await verdicts(venue, [cancel(1, 3n, 0n)]), ['NO_EFFECT'])
  })

  it('lets an order in that takes the place of one that rests', async () => {
    await using venue = await open()
    await verdicts(venue, [orderOf(1, 1n)], [orderOf(1, 2n)])
    await cut(venue)
    assert.deepEqual(await verdicts(venue, [orderOf(1, 3n)]), ['RESTING_LIMIT'])
    assert.deepEqual(await verdicts(venue, [cancelAll(1, 3n), orderOf(1, 4n)]), ['ACCEPTED'])
  })

  it('counts no cancel as room that names no resting order of the account, or one that another names', async () => {
    await using venue = await open()
    await verdicts(venue, [orderOf(1, 1n)], [orderOf(1, 2n)])
    await cut(venue)
    const one = cancel(1, 3n, 0n)
    const refused: Message[][] = [
      [cancel(1, 3n, 7n), orderOf(1, 4n)],
      [one, cancel(1, 4n, 0n), orderOf(1, 5n), orderOf(1, 6n)],
      [cancelAll(1, 3n), cancel(1, 4n, 0n), orderOf(1, 5n), orderOf(1, 6n), orderOf(1, 7n)],
    ]
    for (const bundle of refused) assert.deepEqual(await verdicts(venue, bundle), ['RESTING_LIMIT'])
    assert.deepEqual(await verdicts(venue, [one, orderOf(1, 4n)]), ['ACCEPTED'])
  })

  it('tells the very same message its first record again, whatever it would be told now', async () => {
    await using venue = await open()
    const { writer } = venue
    const cash = (nonce: bigint) => {
      const { signature, ...message } = withdrawal(2, nonce, 5n)
      return { message, signature }
    }
    const sent = [signed(1, orderOf(1, 1n)), cash(1n)]
    const first = await writer.take(sent)
    await venue.put({ kind: 'tick', clock: writer.state.clock + 9_000_000n })
    assert.deepEqual(await writer.take([cash(2n)]), [{ verdict: 'EXPIRED' }])
    const again = first.map(({ record }) => ({ verdict: 'ACCEPTED', record, again: true }))
    assert.deepEqual(await writer.take(sent), again)
    assert.deepEqual(
      sent.map((message) => writer.isAgain(message)),
      [true, true],
    )
    const forged = { ...sent[0]!, signature: signed(2, orderOf(2, 1n)).signature } as (typeof sent)[0]
    assert.equal(writer.isAgain(forged), false)
  })

  it('lets an account have so many orders on a side, waiting ones counted, and as many on the other', async () => {
    await using venue = await open()
    const sell = (nonce: bigint) => orderOf(1, nonce, { side: 'sell', price: 1010n })
    assert.deepEqual(
      await verdicts(venue, [orderOf(1, 1n)], [orderOf(1, 2n)], [orderOf(1, 3n)], [sell(3n)], [orderOf(2, 1n)]),
      [...['ACCEPTED', 'ACCEPTED', 'RESTING_LIMIT', 'ACCEPTED', 'ACCEPTED']],
    )
  })

  it('lets an account send so much at once, with an allowance of its own for cancels', async () => {
    let now = 1000
    await using venue = await open({
      now: () => now,
      rules: { messagesAtOnce: 2, messagesPerSecond: 1, cancelsAtOnce: 1 },
    })
    const sent = [
      [orderOf(1, 1n)],
      [orderOf(1, 2n)],
      [orderOf(1, 3n, { side: 'sell', price: 1010n })],
      [cancelAll(1, 3n)],
      [cancelAll(1, 4n)],
    ]
    assert.deepEqual(await verdicts(venue, ...sent), [
      'ACCEPTED',
      'ACCEPTED',
      'RATE_LIMITED',
      'ACCEPTED',
      'RATE_LIMITED',
    ])
    now += 1
    assert.deepEqual(await verdicts(venue, [orderOf(1, 5n, { side: 'sell', price: 1010n })]), ['ACCEPTED'])
  })

  it('asks for fills of who sends many orders', async () => {
    await using venue = await open({ rules: { ordersPerHour: 2, ordersPerFill: 1 } })
    assert.deepEqual(await verdicts(venue, [orderOf(1, 1n)], [orderOf(1, 2n)]), ['ACCEPTED', 'ACCEPTED'])
    await cut(venue)
    assert.deepEqual(await verdicts(venue, [cancelAll(1, 3n), orderOf(1, 4n)]), ['ORDER_TO_FILL'])
    await verdicts(venue, [orderOf(2, 1n, { side: 'sell' })])
    await cut(venue)
    assert.deepEqual(await verdicts(venue, [cancelAll(1, 3n), orderOf(1, 4n)]), ['ACCEPTED'])
  })

  it('lets an account have its share of what can be proved, and not that of others', async () => {
    await using venue = await open({ credit: () => 10n, rules: { creditLeast: 1, creditShare: 4 } })
    const bids = (account: number, from: bigint, market: number) =>
      [from, from + 1n].map((nonce) => [orderOf(account, nonce, { market })])
    assert.deepEqual(await verdicts(venue, ...bids(1, 1n, 0), ...bids(1, 3n, 1)), [
      ...['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'CREDIT_SHARE'],
    ])
    assert.deepEqual(await verdicts(venue, [orderOf(2, 1n)]), ['ACCEPTED'])
  })

  it('spends nothing of an account for what others send in its name, and tells them nothing of it', async () => {
    await using venue = await open({ rules: { messagesAtOnce: 1, cancelsAtOnce: 1 } })
    await verdicts(venue, [orderOf(1, 5n)])
    const forged = [orderOf(1, 1n), orderOf(1, 6n), cancel(1, 7n, 9n), cancelAll(1, 8n)].map((message) =>
      signBundle([message], DOMAIN, secretOf(2)),
    )
    const { signature } = withdrawal(2, 1n, 1n)
    const { signature: _, ...stolen } = withdrawal(1, 1n, 1n)
    const answers = await venue.client.send([...forged, { message: stolen, signature }])
    assert.deepEqual([...new Set(answers.map(({ verdict }) => verdict))], ['BAD_SIGNATURE'])
    assert.deepEqual(await verdicts(venue, [cancelAll(1, 9n)]), ['ACCEPTED'])
  })

  it('lets an address ask so often, and says when to come again', async () => {
    await using venue = await open({ rules: { requestsAtOnce: 3, requestsPerSecond: 1 } })
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await venue.get('/v1/limits')).status)
    assert.deepEqual(statuses, [200, 200, 200, 429])
    assert.equal((await venue.get('/v1/none')).headers.get('retry-after'), '1')
  })
})

describe('an allowance', () => {
  it('comes back with time, up to what there is at once', () => {
    const allowance = new Allowance<string>({ perSecond: 2, atOnce: 4 })
    assert.equal(allowance.spend('a', 4, 0), 0)
    assert.equal(allowance.spend('a', 2, 0), 1)
    assert.equal(allowance.spend('a', 2, 1), 0)
    assert.equal(allowance.spend('a', 4, 100), 0)
    assert.ok(allowance.spend('a', 1, 100) > 0)
    assert.equal(allowance.spend('b', 4, 100), 0)
  })

  it('is more by what is given, which stays until it is spent, also after a charge', () => {
    const allowance = new Allowance<string>({ perSecond: 2, atOnce: 4 })
    allowance.give('a', 3, 0)
    assert.equal(allowance.spend('a', 8, 100), 0.5)
    assert.equal(allowance.spend('a', 7, 100), 0)
    assert.equal(allowance.spend('a', 1, 100), 0.5)
    allowance.charge('b', 10, 0)
    allowance.give('b', 8, 0)
    assert.equal(allowance.spend('b', 2, 0), 0)
    assert.equal(allowance.spend('b', 1, 0), 0.5)
  })
})

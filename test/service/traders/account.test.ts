import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { signerOf } from '../../../client/index.ts'
import { NOW } from '../../../lab/instances/model.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { batchAt } from '../../../service/sequencer/state.ts'
import { testServer } from '../../support/service/test-server.ts'
import {
  cashOf,
  DOMAIN,
  orderOf,
  secretOf,
  signed,
  type TradingVenue,
  tradingVenue,
} from '../../support/service/trading-venue.ts'

describe('what a trader reads and sends', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** A venue in which account 1 sold 10 lots to account 2, of 15 that it offered. */
  async function traded() {
    venue = await tradingVenue(server)
    const sell = { ...signed(1, orderOf(1, 1n, { side: 'sell', size: 15n })), clientOrderId: 'an-offer' }
    const buy = signed(2, orderOf(2, 1n))
    const [sold] = await venue.client.send([sell])
    const [bought] = await venue.client.send([buy])
    await venue.put({ kind: 'cut', cash: false })
    return { venue, sell, buy, sold: sold!.record!, bought: bought!.record! }
  }

  it('has positions, margin, open orders and the next nonce', async () => {
    const { venue, sold } = await traded()
    await using _ = venue
    const own = await (await venue.session(1)).read()
    assert.equal(own.positions[0]!.size, -10n)
    assert.equal(own.nextNonce, 2n)
    assert.deepEqual(
      own.orders.map(({ side, price, size, sequence, record, place }) => ({
        side,
        price,
        size,
        sequence,
        record,
        place,
      })),
      [{ side: 'sell', price: 1000n, size: 5n, sequence: 0n, record: sold, place: 0 }],
    )
    assert.equal(own.positions[0]!.openSell, 5n)
    const { equity, orders, initialExcess, maintenanceExcess } = own.margin!
    assert.ok(equity > 0n && orders > 0n && initialExcess < maintenanceExcess && maintenanceExcess < equity)
  })

  it('is the book of a market, with its depth and checksum', async () => {
    const { venue } = await traded()
    await using _ = venue
    await venue.client.send([signed(2, orderOf(2, 2n, { price: 990n }), orderOf(2, 3n, { price: 980n, size: 20n }))])
    await venue.put({ kind: 'cut', cash: false })
    const book = await venue.client.book(0)
    assert.deepEqual(
      [book.bids, book.asks],
      [
        [
          [990n, 10n],
          [980n, 20n],
        ],
        [[1000n, 5n]],
      ],
    )
    const shallow = await venue.client.book(0, 1)
    assert.deepEqual([shallow.bids, shallow.checksum], [[[990n, 10n]], book.checksum])
    const unknown = await venue.get('/v1/markets/99/book')
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'MARKET_UNKNOWN'])
  })

  it('are markets, limits and batches', async () => {
    const { venue } = await traded()
    await using _ = venue
    const { markets } = await venue.client.markets()
    assert.deepEqual([markets[0]!.phase, markets[0]!.openInterest], ['OPEN', 20n])
    assert.equal((await venue.client.limits()).restingPerSide, 2)
    assert.deepEqual(
      (await venue.client.batches()).batches.map(({ batch, circuit, state }) => [batch, circuit, state]),
      [[1, 'trade-batch', 'soft']],
    )
  })

  it('is told soft, proved, settled and final apart', async () => {
    const { venue, bought } = await traded()
    await using _ = venue
    const session = await venue.session(2)
    const root = stateRoot(batchAt(venue.writer.state, 1)!.after.state)
    const found = async () => {
      const { finality, fills } = await session.message({ record: bought })
      return [finality, ...fills.map(({ state, size, role }) => [state, size, role])]
    }
    assert.deepEqual(await found(), ['soft', ['soft', 10n, 'taker']])
    await venue.put({ kind: 'proved', index: 1, root })
    assert.deepEqual(await found(), ['proved', ['proved', 10n, 'taker']])
    await venue.put({ kind: 'settled', index: 1, root })
    assert.deepEqual(await found(), ['settled', ['settled', 10n, 'taker']])
    await venue.put({ kind: 'final', index: 1 })
    assert.deepEqual(await found(), ['final', ['final', 10n, 'taker']])
  })

  it('is told busted, where a batch is made anew without the trade', async () => {
    const { venue, sold, bought } = await traded()
    await using _ = venue
    await venue.put({ kind: 'rewind', to: 0, cause: 'WITNESS', without: [sold] })
    const other = await (await venue.session(2)).message({ record: bought })
    assert.deepEqual(
      other.fills.map(({ state }) => state),
      ['busted'],
    )
    assert.deepEqual([other.state, other.orders[0]!.state], ['executed', 'rested'])
    const own = await (await venue.session(1)).message({ record: sold })
    assert.deepEqual([own.state, own.reason], ['refused', 'QUARANTINED'])
  })

  it('is found by record, nonce, name and sequence number', async () => {
    const { venue, sold } = await traded()
    await using _ = venue
    const session = await venue.session(1)
    const expected = await session.message({ record: sold })
    assert.deepEqual([expected.clientOrderId, expected.orders[0]!.sequence], ['an-offer', 0n])
    for (const name of [{ nonce: 1n }, { clientOrderId: 'an-offer' }, { market: 0, sequence: 0n } as const]) {
      assert.deepEqual(await session.message(name), expected)
    }
    await assert.rejects(session.message({ nonce: 2n }), { code: 'VENUE_REFUSED' })
  })

  it('gets the same answer where it is handed in again, and another bundle of that name none of its own', async () => {
    const { venue, sell, sold } = await traded()
    await using _ = venue
    const again = { verdict: 'ACCEPTED', record: sold, again: true }
    const unnamed = { messages: sell.messages, signature: sell.signature }
    const another = { ...signed(1, orderOf(1, 5n, { side: 'sell', price: 1010n })), clientOrderId: 'an-offer' }
    assert.deepEqual(await venue.client.send([sell, unnamed, another]), [again, again, again])
    const [fresh] = await venue.client.send([{ ...another, clientOrderId: 'the-next' }])
    assert.deepEqual([fresh!.verdict, fresh!.again], ['ACCEPTED', undefined])
  })

  it('gets one answer also where it is handed in twice at the same time', async () => {
    venue = await tradingVenue(server)
    await using _ = venue
    const bundle = { ...signed(1, orderOf(1, 1n)), clientOrderId: 'twice' }
    const other = { ...signed(1, orderOf(1, 2n)), clientOrderId: 'twice' }
    const answers = await Promise.all([bundle, bundle, other].map((each) => venue.client.send([each])))
    const records = new Set(answers.map(([answer]) => answer!.record))
    assert.deepEqual([records.size, venue.writer.state.waiting.length], [1, 1])
  })

  it('is no name of others: a name is the account’s own', async () => {
    const { venue } = await traded()
    await using _ = venue
    const [answer] = await venue.client.send([{ ...signed(2, orderOf(2, 2n)), clientOrderId: 'an-offer' }])
    assert.deepEqual([answer!.verdict, answer!.again], ['ACCEPTED', undefined])
  })

  it('is a withdrawal too', async () => {
    venue = await tradingVenue(server)
    await using _ = venue
    const trader = signerOf({ account: 1, privateKey: secretOf(1), domain: DOMAIN })
    const paid = trader.withdraw({ asset: 0, amount: 5n, nonce: 1n, expiry: NOW + 60n })
    const [answer] = await venue.client.send([paid])
    await venue.put({ kind: 'cut', cash: true })
    const session = await venue.session(1)
    assert.equal((await session.read()).collateral[0], cashOf(1) - 5n)
    assert.equal((await session.message({ record: answer!.record! })).state, 'executed')
  })

  it('is a cancel, by the numbers that the account shows, and a bid, which is judged', async () => {
    const { venue } = await traded()
    await using _ = venue
    const trader = signerOf({ account: 1, privateKey: secretOf(1), domain: DOMAIN })
    const session = await venue.session(1)
    const { orders, nextNonce: nonce } = await session.read()
    const [{ market, side, price, sequence }] = orders as [(typeof orders)[0]]
    const [answer] = await venue.client.send([trader.cancel({ market, side, price, sequence, nonce })])
    assert.equal(answer!.verdict, 'ACCEPTED')
    await venue.put({ kind: 'cut', cash: false })
    assert.deepEqual((await session.read()).orders, [])
    const bid = trader.bid({ victim: 2, held: 1n, price: 5n, nonce: nonce + 1n, expiry: NOW + 60n })
    assert.equal((await venue.client.sendBid(bid, DOMAIN)).verdict, 'NOT_FLAGGED')
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { LimitOrder } from '../../../protocol/message.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { readJournal } from '../../../service/journal/journal.ts'
import { decodeRecord } from '../../../service/sequencer/record.ts'
import { reduce } from '../../../service/sequencer/reducer.ts'
import { batchAt } from '../../../service/sequencer/state.ts'
import { Tapes } from '../../../service/traders/tape.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

describe('the trades of a market', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const send = async (venue: TradingVenue, account: number, nonce: bigint, changes: Partial<LimitOrder> = {}) => {
    const [answer] = await venue.client.send([signed(account, orderOf(account, nonce, changes))])
    return answer!.record!
  }
  /** Account 1 sells 7 and 8 lots at two prices; account 2 buys 12, and so meets both. */
  async function traded(venue: TradingVenue) {
    const sold = await send(venue, 1, 1n, { side: 'sell', size: 7n })
    await send(venue, 1, 2n, { side: 'sell', size: 8n, price: 1001n })
    await send(venue, 2, 1n, { size: 12n, price: 1001n })
    await venue.put({ kind: 'cut', cash: false })
    return sold
  }
  const shown = (entries: readonly { kind: string; side: string; price: bigint; size: bigint; state?: string }[]) =>
    entries.map(({ kind, side, price, size, state }) => [kind, side, price, size, state])

  it('are told to everybody: price, lots, the side of who came, the time of their batch, and no account', async () => {
    await using venue = await tradingVenue(server)
    await traded(venue)
    const { market, last, entries } = await venue.client.trades(0)
    assert.deepEqual(shown(entries), [
      ['trade', 'buy', 1000n, 7n, 'soft'],
      ['trade', 'buy', 1001n, 5n, 'soft'],
    ])
    assert.deepEqual([market, last], [0, entries[1]!.number])
    const { timestamp } = batchAt(venue.writer.state, 1)!.work.transition.context
    assert.deepEqual([entries[0]!.time, entries[1]!.previous], [timestamp, entries[0]!.number])
    assert.doesNotMatch((await venue.get('/v1/markets/0/trades')).text, /account|record|nonce/i)
    assert.deepEqual((await venue.client.trades(1)).entries, [])
    const unknown = await venue.get('/v1/markets/99/trades')
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'MARKET_UNKNOWN'])
    assert.equal((await venue.get('/v1/markets/0/trades?limit=1001')).status, 400)
  })

  it('are soft, proved, settled and final as their batch is', async () => {
    await using venue = await tradingVenue(server)
    await traded(venue)
    const root = stateRoot(batchAt(venue.writer.state, 1)!.after.state)
    const states = async () => (await venue.client.trades(0)).entries.map((each) => 'state' in each && each.state)
    assert.deepEqual(await states(), ['soft', 'soft'])
    await venue.put({ kind: 'proved', index: 1, root })
    assert.deepEqual(await states(), ['proved', 'proved'])
    await venue.put({ kind: 'settled', index: 1, root })
    assert.deepEqual(await states(), ['settled', 'settled'])
    await venue.put({ kind: 'final', index: 1 })
    assert.deepEqual(await states(), ['final', 'final'])
  })

  it('are told to be none any more, by their number, where a batch is made anew without them', async () => {
    await using venue = await tradingVenue(server)
    const sold = await traded(venue)
    const before = await venue.client.trades(0)
    await venue.put({ kind: 'rewind', to: 0, cause: 'OPERATOR', without: [sold] })
    const { entries } = await venue.client.trades(0)
    // What is left of the buyer's 12 lots meets all eight at the second price.
    assert.deepEqual(shown(entries), [
      ['trade', 'buy', 1000n, 7n, 'busted'],
      ['trade', 'buy', 1001n, 5n, 'busted'],
      ['trade', 'buy', 1001n, 8n, 'soft'],
      ['busted', 'buy', 1000n, 7n, undefined],
      ['busted', 'buy', 1001n, 5n, undefined],
    ])
    const busted = entries.flatMap((entry) => (entry.kind === 'busted' ? [entry.trade] : []))
    assert.deepEqual(
      busted,
      before.entries.map(({ number }) => number),
    )
    // Who asks for what came since learns of it too.
    assert.deepEqual(await venue.client.trades(0, { after: before.last }), {
      ...{ market: 0, last: entries.at(-1)!.number },
      entries: entries.slice(2),
    })
  })

  it('are given from a number on, so many at once', async () => {
    await using venue = await tradingVenue(server)
    await traded(venue)
    const { entries } = await venue.client.trades(0)
    const first = await venue.client.trades(0, { after: 0, limit: 1 })
    assert.deepEqual(first.entries, entries.slice(0, 1))
    assert.deepEqual((await venue.client.trades(0, { after: entries[0]!.number })).entries, entries.slice(1))
    assert.deepEqual((await venue.client.trades(0, { limit: 1 })).entries, entries.slice(1))
  })

  it('come as a stream to whoever follows, from a number on, and with a word where that is not known', async () => {
    await using venue = await tradingVenue(server)
    const ended = new AbortController()
    const { signal } = ended
    const lines = venue.client.followTrades(0, { signal })
    const { value: begin } = await lines.next()
    assert.equal(begin.kind, 'begin')
    const sold = await traded(venue)
    await venue.put({ kind: 'rewind', to: 0, cause: 'OPERATOR', without: [sold] })
    const told = []
    for (let i = 0; i < 5; i++) told.push((await lines.next()).value)
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['trade', 'trade', 'trade', 'busted', 'busted'],
    )
    assert.equal(told[3].trade, told[0].number)
    const again = venue.client.followTrades(0, { after: told[0].number, signal })
    assert.equal((await again.next()).value.kind, 'begin')
    for (const each of told.slice(1)) assert.deepEqual((await again.next()).value, each)
    const unknown = venue.client.followTrades(0, { after: told[4].number + 1, signal })
    assert.deepEqual((await unknown.next()).value, { kind: 'gap', number: told[4].number })
    ended.abort()
  })

  it('have the same numbers when the journal is reduced again, and begin where that is read from', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer, journal, writer } = venue
    let state = writer.written
    const tapes = new Tapes(state)
    const sold = await traded(venue)
    await venue.put({ kind: 'rewind', to: 0, cause: 'OPERATOR', without: [sold] })
    for await (const { record } of readJournal(database, sealer, {
      epoch: journal.epoch,
      from: BigInt(state.records),
    })) {
      const step = decodeRecord(record)
      const { state: after, effects } = reduce(state, step)
      tapes.hear({ record: step, before: state, after, effects })
      state = after
    }
    const [first, ...rest] = tapes.page(state, 0, { limit: 100 }).entries
    const [told, ...others] = (await venue.client.trades(0)).entries
    assert.deepEqual([{ ...first!, previous: told!.previous }, ...rest], [told, ...others])
    assert.equal(tapes.after(0, first!.previous - 1), undefined)
  })

  it('are forgotten beyond so many, and the entries that are kept say so', async () => {
    await using venue = await tradingVenue(server)
    const tapes = new Tapes(venue.writer.written, 2)
    const fill = { market: 0, taker: undefined, maker: undefined, takerAccount: 1, makerAccount: 2 } as const
    const step = (records: number) => {
      const told = { ...fill, takerSide: 'buy', price: 5n, size: 1n } as const
      const state = { ...venue.writer.written, records }
      return {
        record: { kind: 'sweep' },
        before: state,
        after: state,
        effects: [{ kind: 'filled', fill: told, batch: 1 }],
      } as const
    }
    for (const records of [10, 11, 12]) tapes.hear(step(records))
    const { entries, last } = tapes.page(venue.writer.written, 0, { after: 0, limit: 10 })
    assert.deepEqual([entries.length, tapes.after(0, 0), last], [2, undefined, entries[1]!.number])
    assert.ok(entries[0]!.previous > 0)
    const busted = { ...step(13), effects: [{ kind: 'busted', fill: step(13).effects[0].fill }] } as const
    const trade = entries[1]!.number
    const [told] = tapes.hear(busted)
    assert.deepEqual([told![1].kind, told![1].kind === 'busted' && told![1].trade], ['busted', trade])
    // Of the trades of before none is kept any more after the next one.
    tapes.hear(step(14))
    tapes.hear({ ...busted, before: step(15).before })
    const [unknown] = tapes.hear({ ...busted, before: step(16).before })
    assert.equal(unknown![1].kind === 'busted' && unknown![1].trade, undefined)
  })
})

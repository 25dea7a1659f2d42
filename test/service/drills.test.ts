import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { makeTable, NOW, SMALL } from '../../lab/instances/model.ts'
import type { Message } from '../../protocol/message.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { accountAt, stateRoot } from '../../protocol/state.ts'
import { Journal, readJournal } from '../../service/journal/journal.ts'
import { Liquidator } from '../../service/liquidator/liquidator.ts'
import type { Database } from '../../service/postgres/database.ts'
import { decodeRecord, type SequencerRecord } from '../../service/sequencer/record.ts'
import { reduce } from '../../service/sequencer/reducer.ts'
import { decodeSnapshot, encodeSnapshot } from '../../service/sequencer/snapshot.ts'
import { currentState, type SequencerState, unsettled } from '../../service/sequencer/state.ts'
import { recover } from '../../service/writer/recover.ts'
import { Writer } from '../../service/writer/writer.ts'
import { storeSnapshot } from '../support/service/store-snapshot.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'
import { CIRCUITS, orderOf, signed, tradingVenue } from '../support/service/trading-venue.ts'
import { BELOW, bid, flagged, position, SIZE, VICTIM, WINNER } from './sequencer/crisis.ts'
import { Desk, TABLE } from './sequencer/desk.ts'
import { signedWith } from './sequencer/simulation/traders.ts'

const documentOf = (state: SequencerState) => JSON.parse(new TextDecoder().decode(encodeSnapshot(state)))
const free = async () => ({ now: 0n, perHour: 0n })

describe('what befell others: funding indices that a race of restarts reset', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const fundedAt = (fundingIndex: bigint) => makeTable(SMALL, { maxAge: 100_000n }, { fundingIndex })
  const order = (account: number, side: 'buy' | 'sell', size: bigint, nonce: bigint): Message => ({
    ...{ kind: 'order', market: 0, account, side, price: 1000n, size, nonce },
    ...{ timeInForce: 'GTC', reduceOnly: false, expiry: NOW + 3_600n },
  })
  const trade = (size: bigint, nonce: bigint): SequencerRecord[] => [
    ...([WINNER, VICTIM] as const).map((account) => {
      const bundle = signedWith(0, [order(account, account === WINNER ? 'sell' : 'buy', size, nonce)])
      return { kind: 'message', bundle, verdict: 'ACCEPTED' } as const
    }),
    { kind: 'cut', cash: false },
  ]
  const start = { ...new Desk().state, records: 0 }

  async function lead(database: Database) {
    const sealer = await sealerOf(database)
    const journal = await Journal.lead(database, sealer)
    const begin = async () => start
    const { state } = await recover({ database, sealer, journal, config: start.config, begin, warn: assert.fail })
    return { sealer, journal, writer: new Writer({ journal, state, circuits: CIRCUITS }) }
  }

  /** What accounts have, of a venue that nothing interrupted. */
  const without = (records: readonly SequencerRecord[]) =>
    records.reduce((state, record) => reduce(state, record).state, start)
  const heldIn = (state: SequencerState) => [WINNER, VICTIM].map((index) => accountAt(currentState(state), index)!)

  for (const processes of [2, 6]) {
    it(`is not to be had with ${processes} that start at once while another writes: funding is paid once, by what it was`, async () => {
      await using database = await server.fresh()
      const opened: SequencerRecord[] = [{ kind: 'table', table: fundedAt(100n), relisted: 0n }, ...trade(SIZE, 1n)]
      const first = await lead(database)
      await first.writer.put(opened)
      const { clock } = first.writer.state
      const writing = (async () => {
        for (let i = 1n; ; i++) await first.writer.put([{ kind: 'tick', clock: clock + i }])
      })()
      const racing = Array.from({ length: processes }, async () => {
        const { writer, sealer, journal } = await lead(database)
        await writer.put([{ kind: 'tick', clock: writer.state.clock + 1n }])
        // Of one that was followed meanwhile as well.
        await storeSnapshot(database, sealer, { epoch: journal.epoch, state: writer.written })
      })
      const [written, ...ends] = await Promise.allSettled([writing, ...racing])
      assert.equal(written.status, 'rejected')
      for (const end of [written, ...ends])
        if (end.status === 'rejected') assert.equal(end.reason.code, 'LEADERSHIP_LOST')
      assert.ok(ends.some(({ status }) => status === 'fulfilled'))

      const { writer, sealer, journal } = await lead(database)
      for (const { positions } of heldIn(writer.state)) assert.equal(positions[0]!.fundingIndex, 100n)
      const closed = (index: bigint): SequencerRecord[] => [
        { kind: 'table', table: fundedAt(index), relisted: 0n },
        ...trade(1n, 2n),
      ]
      await writer.put(closed(150n))
      const [winner, victim] = heldIn(writer.state)
      const [unpaid, unpaying] = heldIn(without([...opened, ...closed(100n)]))
      assert.equal(winner!.collateral[0]! - unpaid!.collateral[0]!, SIZE * 50n)
      assert.equal(unpaying!.collateral[0]! - victim!.collateral[0]!, SIZE * 50n)
      assert.deepEqual(heldIn(writer.state), heldIn(without([...opened, ...closed(150n)])))
      let replayed = start
      for await (const { record } of readJournal(database, sealer, { epoch: journal.epoch })) {
        replayed = reduce(replayed, decodeRecord(record)).state
      }
      assert.deepEqual({ ...documentOf(replayed), records: 0 }, { ...documentOf(writer.state), records: 0 })
    })
  }
})

describe('what befell others: prices of before a stop that were taken for those of now', () => {
  const DAY = 86_400n
  const THEN = NOW + DAY
  const hourly = (table: RiskTable): RiskTable => ({ ...table, maxAge: 3_600n })
  const fresh = (table: RiskTable): RiskTable => ({ ...hourly(table), asOf: THEN })
  const fell = () => {
    const desk = position(hourly(TABLE))
    desk.put({ kind: 'table', table: hourly(BELOW), relisted: 0n })
    return desk
  }
  /** The process that starts a day later, out of what is stored. */
  function resumed(desk: Desk): Desk {
    const later = new Desk()
    later.state = decodeSnapshot(encodeSnapshot(desk.state))
    later.wait(DAY * 1000n)
    return later
  }
  async function turn(desk: Desk, liquidator = new Liquidator()) {
    const { records } = await liquidator.turn(desk.state, THEN, free)
    for (const record of records) desk.put(record)
    return records
  }
  const buy = (nonce: bigint): Message => ({
    ...{ kind: 'order', market: 0, account: VICTIM, side: 'sell', price: 790n, size: 1n, nonce },
    ...{ timeInForce: 'GTC', reduceOnly: false, expiry: THEN + 3_600n },
  })

  for (const [who, begin] of [
    ['an account that missed maintenance at the old table', fell],
    ['an account that was flagged at the old table', () => flagged(hourly(BELOW), hourly(TABLE))],
  ] as const) {
    it(`are not: nothing is done about ${who}, and nothing traded, until a table comes`, async () => {
      const desk = resumed(begin())
      const { flaggedAt, positions } = accountAt(currentState(desk.state), VICTIM)!
      assert.deepEqual(await turn(desk), [])
      const told = desk.told('filled').length
      desk.put({ kind: 'operations', operations: [{ kind: 'FLAG', account: VICTIM }] })
      desk.put({ kind: 'takeover', victim: VICTIM, cover: { now: 0n, perHour: 0n } })
      desk.put({ kind: 'deleverage', victim: VICTIM, mayPay: 0n, most: 8 })
      assert.equal(desk.told('operation-refused').length, 3)
      desk.send(buy(7n))
      desk.send({ ...buy(7n), account: WINNER, side: 'buy' })
      desk.put({ kind: 'cut', cash: false })
      assert.equal(desk.told('filled').length, told)
      const after = accountAt(currentState(desk.state), VICTIM)!
      assert.deepEqual([after.flaggedAt, after.positions[0]!.size], [flaggedAt, positions[0]!.size])
    })

    it(`are not: prices that recovered meanwhile cost ${who} nothing`, async () => {
      const desk = resumed(begin())
      desk.put({ kind: 'table', table: fresh(TABLE), relisted: 0n })
      assert.deepEqual(await turn(desk), [])
    })

    it(`are not: ${who} is flagged by prices of now, and has all of its time from then on`, async () => {
      const desk = resumed(begin())
      desk.put({ kind: 'table', table: fresh(BELOW), relisted: 0n })
      const liquidator = new Liquidator()
      const flag = { kind: 'operations', operations: [{ kind: 'FLAG', account: VICTIM }] }
      assert.deepEqual(await turn(desk, liquidator), [flag])
      assert.equal(accountAt(currentState(desk.state), VICTIM)!.flaggedAt, THEN)
      desk.put({ kind: 'bid', signed: bid(desk, { expiry: THEN + 3_600n }) })
      assert.deepEqual(await turn(desk, liquidator), [])
    })
  }
})

describe('what befell others: a database that grew until it was full', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('keeps of each batch its records, and nothing else grows with their number', async (t) => {
    const unlimited = { messagesPerSecond: 1e9, messagesAtOnce: 1e9, ordersPerHour: 1e9, requestsPerSecond: 1e9 }
    await using venue = await tradingVenue(server, { rules: { ...unlimited, requestsAtOnce: 1e9 } })
    const { database, sealer, writer, journal } = venue
    let nonce = 0n
    const rounds = async (count: number) => {
      for (let i = 0; i < count; i++) {
        nonce += 2n
        const sides = [1, 2].map((account) => orderOf(account, nonce, { side: account === 1 ? 'sell' : 'buy' }))
        await venue.send(...sides.map((one) => signed(one.account, one)))
        await venue.send(...sides.map((one) => signed(one.account, { ...one, side: back(one), nonce: nonce + 1n })))
        await venue.wait(1_000n)
        const made = unsettled(writer.state).map(({ index, after }) => ({ index, root: stateRoot(after.state) }))
        for (const mark of made)
          await writer.put([
            { kind: 'proved', ...mark },
            { kind: 'settled', ...mark },
          ])
        await writer.put([{ kind: 'final', index: made.at(-1)!.index }])
        if (i % 5 === 0) await storeSnapshot(database, sealer, { epoch: journal.epoch, state: writer.written })
      }
      await writer.jobsWritten()
      return await sizes(database)
    }
    const few = await rounds(20)
    const batches = writer.state.finalIndex
    const many = await rounds(60)
    const made = writer.state.finalIndex - batches
    assert.ok(made >= 60)
    const grown = Object.keys(many).filter((table) => many[table]!.rows > few[table]!.rows)
    assert.deepEqual(grown, ['journal'])
    // A venue that is served has the first one too.
    assert.deepEqual([many.job!.rows, many.snapshot!.rows], [0, 2])
    const [row] = await database.query<{ longest: number; shortest: number }>(
      'SELECT max(length(state)) AS longest, min(length(state)) AS shortest FROM snapshot WHERE sequence > 0',
    )
    const began = encodeSnapshot(writer.state).length
    assert.ok(row!.longest < 1.1 * began, `${row!.longest} bytes of a snapshot, and the state has ${began}`)
    const bytes = Math.round((many.journal!.bytes - few.journal!.bytes) / made)
    const records = (many.journal!.rows - few.journal!.rows) / made
    t.diagnostic(`the journal: ${bytes} bytes and ${records.toFixed(1)} records for a batch of four orders`)
  })

  const back = ({ side }: { readonly side: 'buy' | 'sell' }) => (side === 'buy' ? 'sell' : 'buy')

  /** Rows of each table, and its bytes, those of its indices among them. */
  async function sizes(database: Database): Promise<Record<string, { readonly rows: number; readonly bytes: number }>> {
    const tables = await database.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
    )
    const found = tables.map(async ({ name }) => {
      const [row] = await database.query<{ rows: number; bytes: number }>(
        `SELECT (SELECT count(*)::int FROM ${name}) AS rows, pg_total_relation_size('${name}'::regclass)::int AS bytes`,
      )
      return [name, row!] as const
    })
    return Object.fromEntries(await Promise.all(found))
  }
})

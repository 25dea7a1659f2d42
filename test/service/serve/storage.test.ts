import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SMALL } from '../../../lab/instances/model.ts'
import { emptyState } from '../../../protocol/state.ts'
import { Journal } from '../../../service/journal/journal.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { encodeSnapshot } from '../../../service/sequencer/snapshot.ts'
import {
  DEFAULT_PACE,
  type SequencerConfig,
  type SequencerState,
  startSequencer,
} from '../../../service/sequencer/state.ts'
import { Transactions } from '../../../service/settler/transactions.ts'
import { eraseHistory } from '../../../service/writer/erase-history.ts'
import type { BatchCircuits } from '../../../service/writer/job-changes.ts'
import { recover } from '../../../service/writer/recover.ts'
import { Writer } from '../../../service/writer/writer.ts'
import { SETTLEMENT, signedSettlement } from '../../support/service/signed-settlement.ts'
import { storeSnapshot } from '../../support/service/store-snapshot.ts'
import { sealerOf, testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'

const CONFIG: SequencerConfig = {
  ...{ profile: 'small', domain: 1n, ...DEFAULT_PACE },
  sizes: {
    trade: { name: 'small', messages: 4, signatures: 4, steps: 6, accounts: 3, lightAccounts: 1 },
    cash: { name: 'small', slots: 4 },
  },
}
const begin = async () => startSequencer({ config: CONFIG, state: emptyState(SMALL), vault: [0n, 0n] })
/** Records of these tests seal no batch. */
const NO_CIRCUITS = {} as BatchCircuits
const TICKS = [1n, 2n, 3n].map((clock) => ({ kind: 'tick', clock }) as const)

const documentOf = (state: SequencerState) => JSON.parse(new TextDecoder().decode(encodeSnapshot(state)))

describe('what a venue stores', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  async function lead(database: Database, config = CONFIG) {
    const warnings: string[] = []
    const sealer = await sealerOf(database)
    const journal = await Journal.lead(database, sealer)
    const warn = (message: string) => warnings.push(message)
    const readings: number[] = []
    const onReading = (records: number) => readings.push(records)
    const { state } = await recover({ database, sealer, journal, config, begin, warn, onReading })
    return { journal, sealer, state, warnings, readings, writer: new Writer({ journal, state, circuits: NO_CIRCUITS }) }
  }

  it('is what the next process goes on from, with a snapshot and without', async () => {
    await using database = await server.fresh()
    const { writer, journal, sealer } = await lead(database)
    await writer.put(TICKS)
    assert.equal(writer.written.clock, 3n)
    const whole = documentOf(writer.state)
    assert.deepEqual(documentOf((await lead(database)).state), whole)
    await storeSnapshot(database, sealer, { epoch: journal.epoch, state: writer.written })
    assert.deepEqual(documentOf((await lead(database)).state), whole)
  })

  it('is said to be read where there are many records, and only then', async () => {
    await using database = await server.fresh()
    const { writer, readings } = await lead(database)
    await writer.put(Array.from({ length: 999 }, (_, i) => ({ kind: 'tick', clock: BigInt(i + 1) }) as const))
    const before = await lead(database)
    await before.writer.put([{ kind: 'tick', clock: 1_000n }])
    assert.deepEqual([readings, before.readings, (await lead(database)).readings], [[], [], [1_000]])
  })

  it('is read from an earlier snapshot where the newest cannot be read', async () => {
    await using database = await server.fresh()
    const { writer, journal } = await lead(database)
    await writer.put(TICKS)
    await database.query('INSERT INTO snapshot VALUES ($1, 3, $2)', [journal.epoch, Buffer.from('nothing')])
    const { state, warnings } = await lead(database)
    assert.equal(state.records, 3)
    assert.match(warnings.join(), /snapshot at record 3 cannot be read/)
  })

  it('is erased of what no start needs: what lies before two snapshots that open', async () => {
    await using database = await server.fresh()
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        // Each leader has a segment of its own.
        const { writer, sealer, journal } = await lead(database)
        const clock = writer.state.clock
        await writer.put(TICKS.map((tick) => ({ ...tick, clock: clock + tick.clock })))
        await storeSnapshot(database, sealer, { epoch: journal.epoch, state: writer.written })
      }
    }
    await rounds(1)
    const sealer = await sealerOf(database)
    assert.deepEqual(await eraseHistory(database, sealer), { epoch: 0n, first: 0n })
    await rounds(2)
    const whole = documentOf((await lead(database)).state)
    assert.deepEqual(await eraseHistory(database, sealer), { epoch: 0n, first: 6n })
    assert.deepEqual(documentOf((await lead(database)).state), whole)
    await database.query("UPDATE snapshot SET state = '' WHERE sequence = 9")
    assert.deepEqual(await eraseHistory(database, sealer), { epoch: 0n, first: 6n }, 'one snapshot opens')
    const { state, warnings } = await lead(database)
    assert.deepEqual(documentOf(state), whole)
    assert.match(warnings.join(), /snapshot at record 9 cannot be read/)
    await database.query("UPDATE snapshot SET state = '' WHERE sequence = 6")
    await assert.rejects(lead(database), { code: 'SEAL_BROKEN', path: 'segment/0/0' })
  })

  describe('of which a part was put back to an earlier state', () => {
    const clocksFrom = (first: bigint) => TICKS.map((tick, i) => ({ ...tick, clock: first + BigInt(i) }))

    /** Two histories from record 3 on, each written by leaders of its own: the first one's rows, and a database with the second. */
    async function twice() {
      const database = await server.fresh()
      const put = async (first: bigint) => {
        const { writer, sealer, journal } = await lead(database)
        await writer.put(clocksFrom(first))
        await storeSnapshot(database, sealer, { epoch: journal.epoch, state: writer.written })
      }
      await put(1n)
      await put(11n)
      await put(21n)
      await database.query('ALTER TABLE journal DISABLE TRIGGER append_only')
      for (const table of ['journal', 'journal_segment', 'snapshot'])
        await database.query(`CREATE TABLE first_${table} AS SELECT * FROM ${table}`)
      await database.query('DELETE FROM journal WHERE sequence >= 3')
      await database.query('DELETE FROM journal_segment WHERE first >= 3')
      await database.query('DELETE FROM snapshot WHERE sequence > 3')
      return { database, put }
    }

    it('is refused with the snapshot of records that are gone, and taken without it', async () => {
      const { database, put } = await twice()
      await using _ = database
      await put(31n)
      const whole = documentOf((await lead(database)).state)
      await database.query('DELETE FROM snapshot WHERE sequence = 6')
      await database.query('INSERT INTO snapshot SELECT * FROM first_snapshot WHERE sequence = 6')
      await assert.rejects(lead(database), {
        ...{ code: 'SEAL_BROKEN', path: 'snapshot/0/6' },
        message: /stands beside records of another history .* put back to an earlier state/,
      })
      await database.query('DELETE FROM snapshot WHERE sequence = 6')
      assert.deepEqual(documentOf((await lead(database)).state), whole)
    })

    it('is refused with a snapshot that is ahead of the records', async () => {
      const { database } = await twice()
      await using _ = database
      await database.query('INSERT INTO snapshot SELECT * FROM first_snapshot WHERE sequence = 6')
      await assert.rejects(lead(database), { code: 'SEAL_BROKEN', path: 'snapshot/0/6' })
    })

    it('is refused with later records of the other history, key and all', async () => {
      const { database, put } = await twice()
      await using _ = database
      await put(31n)
      await database.query('DELETE FROM snapshot WHERE sequence > 0')
      await database.query('INSERT INTO journal SELECT * FROM first_journal WHERE sequence >= 6')
      await database.query('INSERT INTO journal_segment SELECT * FROM first_journal_segment WHERE first >= 6')
      await assert.rejects(lead(database), { code: 'SEAL_BROKEN', path: 'journal/0/6' })
    })
  })

  it('is refused for another venue, and for other sizes', async () => {
    await using database = await server.fresh()
    await lead(database)
    await assert.rejects(lead(database, { ...CONFIG, domain: 2n }), { code: 'INPUT_INVALID', path: 'settlement' })
    await assert.rejects(lead(database, { ...CONFIG, tickSeconds: 2n }), { code: 'DATABASE_REFUSED' })
  })

  it('gets no cancel that needs no signature: anybody could send those without end', async () => {
    await using database = await server.fresh()
    const { writer } = await lead(database)
    const cancel = { kind: 'cancel', market: 0, account: 1, side: 'buy', price: 1n, sequence: 1n, nonce: 0n } as const
    const bundle = { messages: [cancel], signature: { R8x: 0n, R8y: 0n, S: 0n } }
    assert.deepEqual(await writer.take([bundle]), [{ verdict: 'BAD_SIGNATURE' }])
    assert.equal(writer.state.records, 0)
  })

  it('is refused beside leaves of the log that somebody wrote, before the newest snapshot and behind it', async () => {
    for (const isBefore of [true, false]) {
      await using database = await server.fresh()
      const { writer, journal, sealer } = await lead(database)
      await writer.put(TICKS)
      if (isBefore) await storeSnapshot(database, sealer, { epoch: journal.epoch, state: writer.written })
      await database.query('ALTER TABLE journal DISABLE TRIGGER append_only')
      await database.query('UPDATE journal SET leaf = $1 WHERE sequence = 1', [Buffer.alloc(32, 0xee)])
      await assert.rejects(lead(database), { code: 'SEAL_BROKEN' })
    }
  })

  it('gets no record, and no transaction, from a process whom another followed', async () => {
    await using database = await server.fresh()
    const former = await lead(database)
    const { journal } = await lead(database)
    const place = { chainId: 1n, sender: testKeys().operators[0]!, settlement: SETTLEMENT }
    const transaction = await signedSettlement({ batch: 1, root: 7n })
    await assert.rejects(new Transactions(database, former.journal, place).store(transaction), {
      code: 'LEADERSHIP_LOST',
    })
    await assert.rejects(former.writer.put(TICKS), { code: 'LEADERSHIP_LOST' })
    assert.equal(former.writer.written.records, 0)
    const transactions = new Transactions(database, journal, place)
    await transactions.store(transaction)
    assert.equal((await transactions.inFlight(4n)).length, 1)
    assert.deepEqual(await transactions.inFlight(5n), [])
    assert.deepEqual(await transactions.unresolved(5n), [transaction])
    await transactions.resolve(transaction.hash, 'mined')
    assert.deepEqual(await transactions.unresolved(5n), [])
    // A reorganisation takes the block away, and the nonce is free again.
    assert.equal((await transactions.inFlight(4n))[0]!.hash, transaction.hash)
  })
})

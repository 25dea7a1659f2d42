import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openCheckpoint } from '../../log/checkpoint.ts'
import { isConsistent } from '../../log/consistency.ts'
import { parseLogKey } from '../../log/log-key.ts'
import { checkInclusion, checkReceipt, decodeReceipt, saltedLeaf } from '../../log/receipt.ts'
import { Journal, readJournal, readRecord } from '../../service/journal/journal.ts'
import { eraseJournal } from '../../service/journal/segments.ts'
import { requireLogKey } from '../../service/log/log-key.ts'
import { VenueLog } from '../../service/log/venue-log.ts'
import type { Queryable } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { MIGRATIONS } from '../../service/postgres/migrations.ts'
import { sealClearData } from '../../service/sealing/clear-data.ts'
import { decodeRecord } from '../../service/sequencer/record.ts'
import { leavesOf } from '../log/support.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testNotes } from '../support/service/test-notes.ts'
import { testServer } from '../support/service/test-server.ts'
import {
  orderOf,
  signed,
  TRADERS,
  type TradingVenue,
  tradingVenue,
  withdrawal,
} from '../support/service/trading-venue.ts'

const clock = () => 0n
const entry = (text: string) => ({ record: Buffer.from(text) })

describe('the log of a venue', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  before(async () => {
    server = await testServer()
    venue = await tradingVenue(server)
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('reaches each record before its append resolves, and signs once for all that are written together', async () => {
    await using database = await server.fresh()
    const notes = testNotes()
    let signatures = 0
    const checkpoint = notes.checkpoint.bind(notes)
    notes.checkpoint = (head) => {
      signatures++
      return checkpoint(head)
    }
    const journal = await Journal.lead(database, await sealerOf(database), {
      onWritten: (leaves) => log.append(leaves),
    })
    const log = await VenueLog.open(database, journal, { signer: notes, clock })
    assert.equal(signatures, 1)
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        assert.equal(await journal.append([entry(`${i}`)]), BigInt(i))
        assert.ok(log.head.size > i)
      }),
    )
    assert.equal(signatures, 2)
    assert.equal(openCheckpoint(log.head.note, parseLogKey(log.key))!.size, 100n)
  })

  it('is the same after a restart, salts included', async () => {
    await using database = await server.fresh()
    const notes = testNotes()
    const journal = await Journal.lead(database, await sealerOf(database), {
      onWritten: (leaves) => log.append(leaves),
    })
    const log = await VenueLog.open(database, journal, { signer: notes, clock })
    await journal.append(Array.from({ length: 1_001 }, (_, i) => entry(`${i}`)))
    const again = await VenueLog.open(database, journal, { signer: notes, clock })
    assert.deepEqual(again.head.root, log.head.root)
    const salts = new Set<string>()
    for await (const { sequence, salt, record } of readJournal(database, await sealerOf(database), { epoch: 0n })) {
      salts.add(Buffer.from(salt).toString('hex'))
      const receipt = decodeReceipt(again.receipt({ record: Number(sequence), salt, bytes: record }))
      assert.equal((checkInclusion(receipt, parseLogKey(log.key)) as { size: bigint }).size, 1_001n)
    }
    assert.equal(salts.size, 1_001)
  })

  it('gets a salt and a leaf for each record of a database from before', async () => {
    await using database = server.empty()
    const at = MIGRATIONS.findIndex(({ name }) => name === 'log')
    await migrate(database, MIGRATIONS.slice(0, at))
    await database.query(
      "INSERT INTO journal SELECT 0, i, 1, convert_to('record ' || i, 'UTF8') FROM generate_series(0, 9) AS i",
    )
    await migrate(database)
    const sealer = await sealerOf(database)
    await sealClearData(database, sealer)
    const log = await VenueLog.open(database, await Journal.lead(database, sealer), { signer: testNotes(), clock })
    assert.equal(log.head.size, 10)
    for await (const { sequence, salt, record } of readJournal(database, await sealerOf(database), { epoch: 0n })) {
      assert.equal(Buffer.from(record).toString(), `record ${sequence}`)
      const [row] = await database.query<{ leaf: Buffer }>('SELECT leaf FROM journal WHERE sequence = $1', [sequence])
      assert.deepEqual(row!.leaf, saltedLeaf(salt, record))
    }
    await assert.rejects(database.query('UPDATE journal SET term = 9'), /append-only/)
  })

  it("answers whoever asks for an anchor from readers' connections", async () => {
    await using database = await server.fresh()
    let asked = 0
    const readers: Queryable = {
      async query(text, values) {
        asked++
        return await database.query(text, values)
      },
    }
    const log = await VenueLog.open(database, { epoch: 0n, next: 0n }, { signer: testNotes(), clock }, { readers })
    await log.append(leavesOf(3))
    const anchor = await log.anchor()
    assert.equal(asked, 0)
    assert.equal(await log.sizeOfAnchor(Buffer.from(anchor.slice(2), 'hex')), 3)
    assert.equal(asked, 1)
  })

  it('is not opened where leaves are missing', async () => {
    await using database = await server.fresh()
    const opened = VenueLog.open(database, { epoch: 0n, next: 1n }, { signer: testNotes(), clock })
    await assert.rejects(opened, { code: 'DATABASE_REFUSED' })
  })

  it('goes on under the key that it began with, and under no other', async () => {
    await using database = await server.fresh()
    const [key, other] = [7, 8].map((byte) => ({ publicKey: new Uint8Array(32).fill(byte) }))
    await requireLogKey(database, key!)
    await requireLogKey(database, key!)
    await assert.rejects(requireLogKey(database, other!), {
      code: 'INPUT_INVALID',
      message:
        /key store: holds the log key CAgI.*, and the log of this database is signed with BwcH.*; give the key store/,
    })
    await database.query('UPDATE leadership SET epoch = 1')
    await requireLogKey(database, other!)
  })

  it('gives a receipt for each accepted message, and the same record again to its trader alone', async () => {
    const key = parseLogKey((await venue.get('/v1/log/key')).body.key)
    const bundle = signed(1, orderOf(1, 1n))
    const { verdicts } = await venue.send(bundle, withdrawal(2, 1n, 5n), signed(1, orderOf(1, 1n, { size: 11n })))
    assert.deepEqual(
      verdicts.map(({ verdict, receipt }: { verdict: string; receipt?: object }) => [verdict, receipt !== undefined]),
      [
        ['ACCEPTED', true],
        ['ACCEPTED', true],
        ['OLD_NONCE', false],
      ],
    )
    for (const { record, receipt } of verdicts.slice(0, 2)) {
      const read = decodeReceipt(receipt)
      assert.equal(typeof checkReceipt(read, key, record), 'object')
      assert.deepEqual(
        (await readRecord(venue.database, venue.sealer, { epoch: 0n, sequence: BigInt(record) }))!.record,
        Buffer.from(read.bytes),
      )
    }
    const [{ record, receipt }] = verdicts
    assert.deepEqual(decodeRecord(Buffer.from(receipt.bytes, 'base64')), {
      kind: 'message',
      bundle,
      verdict: 'ACCEPTED',
    })
    await venue.send(signed(1, orderOf(1, 2n)))
    const token = await venue.login(1)
    const { body: again } = await venue.get(`/v1/receipts/${record}`, token)
    assert.deepEqual([again.salt, again.bytes, again.record], [receipt.salt, receipt.bytes, record])
    assert.equal(typeof checkReceipt(decodeReceipt(again), key), 'object')
    const stranger = await venue.login(TRADERS[2])
    for (const number of [record, 0, 999]) {
      const refused = await venue.get(`/v1/receipts/${number}`, stranger)
      assert.deepEqual([refused.status, refused.body.error.code], [404, 'RECORD_UNKNOWN'], `${number}`)
    }
    assert.equal((await venue.get('/v1/receipts/-1', token)).status, 400)
  })

  it('has no receipt of a record that was erased, as of none, and nothing fails there', async () => {
    await using venue = await tradingVenue(server)
    const [{ record }] = (await venue.send(signed(1, orderOf(1, 1n)))).verdicts
    const tokens = [await venue.login(1), await venue.login(2)]
    await (await Journal.lead(venue.database, venue.sealer)).append([entry('of the next segment')])
    await eraseJournal(venue.database, { epoch: 0n, before: BigInt(venue.writer.written.records) })
    for (const token of tokens) {
      const { status, body } = await venue.get(`/v1/receipts/${record}`, token)
      assert.deepEqual([status, body.error.code], [404, 'RECORD_UNKNOWN'])
    }
    assert.deepEqual(venue.failures, [])
  })

  it('shows anybody its head, its leaves, and that it only grew', async () => {
    const key = parseLogKey((await venue.get('/v1/log/key')).body.key)
    const head = async () => openCheckpoint((await venue.get('/v1/log/checkpoint')).body.checkpoint, key)!
    const older = await head()
    await venue.wait(1n)
    const newer = await head()
    assert.equal(newer.size, older.size + 1n)
    const { body } = await venue.get(`/v1/log/consistency?from=${older.size}&to=${newer.size}`)
    const path = body.path.map((text: string) => Buffer.from(text, 'base64'))
    assert.equal(body.root, Buffer.from(older.root).toString('base64'))
    assert.ok(isConsistent({ from: older.size, to: newer.size, path }, { older: older.root, newer: newer.root }))
    const { body: leaves } = await venue.get('/v1/log/leaves?from=1')
    assert.equal(leaves.leaves.length, Number(newer.size) - 1)
    assert.equal((await venue.get('/v1/log/leaves?from=1&count=2')).body.leaves.length, 2)
    assert.deepEqual((await venue.get('/v1/log/leaves?from=99')).body.leaves, [])
    for (const query of ['from=2&to=1', `from=1&to=${newer.size + 1n}`]) {
      const { status, body } = await venue.get(`/v1/log/consistency?${query}`)
      assert.deepEqual([status, body.error.code], [404, 'SIZE_UNKNOWN'])
    }
    for (const path of ['consistency', 'consistency?from=x', 'leaves?from=1.5', 'anchors/0x12']) {
      assert.equal((await venue.get(`/v1/log/${path}`)).status, 400, path)
    }
  })

  it('signs with the time of the sequencer, whatever the clock of this machine says', async () => {
    const { now } = Date
    Date.now = () => now() + 3_600_000_000
    try {
      await venue.wait(1n)
    } finally {
      Date.now = now
    }
    const { time } = openCheckpoint(venue.log.head.note, parseLogKey(venue.log.key))!
    assert.equal(time, venue.writer.state.clock / 1000n)
  })

  it('shows a thousand leaves at once at most', async () => {
    await using another = await tradingVenue(server)
    await another.log.append(leavesOf(1_500))
    for (const query of ['from=0', 'from=0&count=1400']) {
      assert.equal((await another.get(`/v1/log/leaves?${query}`)).body.leaves.length, 1_000, query)
    }
  })

  it('knows of what size the log is whose root a settlement carries', async () => {
    const { size } = venue.log.head
    const anchor = await venue.log.anchor()
    assert.equal(await venue.log.anchor(), anchor)
    await venue.wait(1n)
    assert.deepEqual((await venue.get(`/v1/log/anchors/${anchor}`)).body, { size })
    assert.equal((await venue.get(`/v1/log/anchors/0x${'00'.repeat(32)}`)).status, 404)
  })
})

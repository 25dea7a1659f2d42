import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Transaction } from 'ethers'
import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { backUp } from '../../../service/backup/back-up.ts'
import { openCopy } from '../../../service/backup/copy.ts'
import { BackupFolder } from '../../../service/backup/folder.ts'
import { partOf, readPart } from '../../../service/backup/part.ts'
import { type Restored, restore } from '../../../service/backup/restore.ts'
import { newEpoch } from '../../../service/backup/restore-venue.ts'
import { Journal, readJournal } from '../../../service/journal/journal.ts'
import { eraseJournal } from '../../../service/journal/segments.ts'
import { noteAct } from '../../../service/operator/acts.ts'
import type { Database, Queryable } from '../../../service/postgres/database.ts'
import { encodeSnapshot } from '../../../service/sequencer/snapshot.ts'
import { DEFAULT_PACE, rootOf, type SequencerConfig, type SequencerState } from '../../../service/sequencer/state.ts'
import { lostJobs } from '../../../service/serve/proofs.ts'
import { Transactions } from '../../../service/settler/transactions.ts'
import { Writer } from '../../../service/writer/writer.ts'
import { clearIn } from '../../support/service/clear-text.ts'
import { SETTLEMENT, signedSettlement } from '../../support/service/signed-settlement.ts'
import { storeSnapshot } from '../../support/service/store-snapshot.ts'
import { sealerOf, testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { CIRCUITS, cashOf, DOMAIN, orderOf, signed, tradingVenue } from '../../support/service/trading-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const CONFIG: SequencerConfig = {
  ...{ profile: 'small', domain: DOMAIN, ...DEFAULT_PACE },
  sizes: { trade: TRADE_BATCH_SIZES.small, cash: CASH_BATCH_SIZES.small },
}
const EPOCH = 1_700_000_000n
const BROKEN = { code: 'BACKUP_BROKEN' }
const pass = async () => undefined
const documentOf = (state: SequencerState) => JSON.parse(new TextDecoder().decode(encodeSnapshot(state)))

describe('a backup', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** A venue that traded, with a snapshot in the middle of it. */
  async function traded() {
    const venue = await tradingVenue(server)
    const { database, sealer } = venue
    await venue.send(signed(1, orderOf(1, 1n, { side: 'sell' })))
    await storeSnapshot(database, sealer, { epoch: 0n, state: venue.writer.written })
    await venue.send(signed(2, orderOf(2, 1n)))
    await venue.wait(2_000n)
    assert.ok(venue.writer.state.batches.length > 0)
    return venue
  }

  const restored = async (
    folder: BackupFolder,
    database: Database,
    check: (restored: Restored, transaction: Queryable) => Promise<void> = pass,
  ) =>
    restore({
      ...{ copy: await openCopy(folder), database, keys: testKeys(), config: CONFIG, epoch: EPOCH, check },
      settlement: SETTLEMENT,
      warn: (message) => assert.fail(message),
    })

  /** A database whose journal holds records of so many bytes each, and its backup. */
  async function backedUp(sizes: readonly number[]) {
    const open = new AsyncDisposableStack()
    const database = open.use(await server.fresh())
    const place = open.use(await temporaryDirectory())
    const journal = await Journal.lead(database, await sealerOf(database))
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    const grow = async (...more: readonly number[]) => {
      for (const size of more) {
        await journal.append([{ record: Buffer.alloc(size, 7) }])
        await backUp(database, folder)
      }
    }
    await grow(...sizes)
    const file = (number: number) => join(folder.path, `0000000${number}.part`)
    return { database, place, folder, journal, grow, file, [Symbol.asyncDispose]: () => open.disposeAsync() }
  }

  const sequences = async (folder: BackupFolder) => {
    const found: bigint[] = []
    for await (const row of (await openCopy(folder)).rows()) if (row.kind === 'record') found.push(row.sequence)
    return found
  }

  it('brings a venue back to the same state, records, log and settlements under way, in an epoch of its own', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const { database, log, writer } = venue
    const anchor = await log.anchor()
    const sent = await signedSettlement({ batch: 1, root: 9n })
    const of = { chainId: 1n, sender: testKeys().operators[0]!, settlement: SETTLEMENT }
    await new Transactions(database, venue.journal, of).store(sent)
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    const reach = await backUp(database, folder)
    assert.deepEqual(reach, { epoch: 0n, next: BigInt(writer.written.records), parts: 1 })
    assert.deepEqual(await clearIn(folder.path, [cashOf(1), cashOf(2)]), [])
    for (const name of await readdir(folder.path)) {
      assert.equal((await stat(join(folder.path, name))).mode & 0o777, 0o600)
    }

    await using other = await server.fresh()
    const { state, anchors } = await restored(folder, other)
    assert.deepEqual(documentOf(state), documentOf(writer.written))
    assert.deepEqual([...anchors], [anchor])
    const sealer = await sealerOf(other)
    const all = async (from: Database, epoch: bigint) => {
      const found: string[] = []
      for await (const { record, salt } of readJournal(from, sealer, { epoch }))
        found.push(Buffer.concat([salt, record]).toString('hex'))
      return found
    }
    assert.deepEqual(await all(other, EPOCH), await all(database, 0n))
    const leaves = (from: Database) => from.query('SELECT sequence, leaf FROM journal ORDER BY sequence')
    assert.deepEqual(await leaves(other), await leaves(database))
    const journal = await Journal.lead(other, sealer)
    assert.deepEqual([journal.epoch, journal.next], [EPOCH, BigInt(state.records)])
    const [flight] = await new Transactions(other, journal, of).inFlight(0n)
    const { age: _, ...again } = flight!
    assert.deepEqual(again, sent)

    // Jobs are not in it: they follow from the state.
    const lost = await lostJobs(other, state, CIRCUITS)
    assert.deepEqual(lost, state.batches)
    const successor = new Writer({ journal, state, circuits: CIRCUITS })
    await successor.put(lost.map((batch) => ({ kind: 'unproved' as const, index: batch.index, root: rootOf(batch) })))
    await successor.jobsWritten()
    assert.deepEqual(await lostJobs(other, successor.state, CIRCUITS), [])
    await assert.rejects(restored(folder, other), { code: 'INPUT_INVALID', message: /holds a venue already/ })
  })

  it('restores nothing if the venue may not go on from there', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(venue.database, folder)
    await using other = await server.fresh()
    const refusal = new Error('behind')
    const note = (transaction: Queryable) => noteAct(transaction, { act: 'restore --accept-loss' })
    await assert.rejects(
      restored(folder, other, async (_, transaction) => {
        await note(transaction)
        throw refusal
      }),
      refusal,
    )
    for (const table of ['journal', 'data_key', 'operator_act']) {
      assert.deepEqual(await other.query(`SELECT FROM ${table}`), [], table)
    }
    await restored(folder, other, (_, transaction) => note(transaction))
    assert.deepEqual(await other.query('SELECT act FROM operator_act'), [{ act: 'restore --accept-loss' }])
  })

  it('grows by what is new, part by part, each whole; what changes is kept in the last two', async () => {
    await using given = await backedUp([400_000, 10, 700_000, 10, 900_000, 10])
    const { database, folder, file, grow } = given
    const parts = await folder.count()
    assert.ok(parts >= 3, `${parts} parts`)
    const all = await sequences(folder)
    assert.deepEqual(all, [0n, 1n, 2n, 3n, 4n, 5n])
    const tails = await Promise.all(
      Array.from({ length: parts }, async (_, i) => (await folder.part(i))!.tail !== undefined),
    )
    assert.deepEqual(tails.slice(-3), [false, true, true])
    const { mtimeMs } = await stat(file(parts - 1))
    await backUp(database, folder)
    assert.equal((await stat(file(parts - 1))).mtimeMs, mtimeMs, 'nothing is new')
    await grow(10)
    assert.equal((await sequences(folder)).length, 7)
  })

  it('without the end of its last part loses that part alone, and is made whole by the next look', async () => {
    await using given = await backedUp([900_000, 200_000, 10])
    const { database, folder, file, place } = given
    assert.equal(await folder.count(), 2)
    const whole = await readFile(file(1))
    const cuts = [1, 66, 70, 71, 100, whole.length - 1, whole.length]
    for (const cut of cuts) {
      await writeFile(file(1), whole.subarray(0, whole.length - cut))
      const copy = await openCopy(new BackupFolder(folder.path))
      assert.deepEqual([copy.isTorn, copy.tail.next], [true, 1n], `${cut} bytes less`)
      assert.deepEqual(await sequences(folder), [0n])
    }
    await backUp(database, folder)
    assert.deepEqual(await sequences(folder), [0n, 1n, 2n])
    const single = new BackupFolder(place.file('single'))
    await single.make()
    await copyFile(file(0), join(single.path, '00000000.part'))
    await truncate(join(single.path, '00000000.part'), 1000)
    await assert.rejects(openCopy(single), /one part alone, and that is cut off/)
  })

  it('is refused if a bit is changed anywhere, a part is missing, cut off in the middle, swapped or another', async () => {
    await using given = await backedUp([900_000, 200_000, 900_000, 200_000, 10])
    const { folder, file } = given
    const parts = await folder.count()
    const read = async () => await sequences(new BackupFolder(folder.path))
    for (let number = 0; number < parts; number++) {
      const whole = await readFile(file(number))
      for (const place of [0, 100, whole.length >> 1, whole.length - 100, whole.length - 10]) {
        const changed = Buffer.from(whole)
        changed[place]! ^= 1
        await writeFile(file(number), changed)
        await assert.rejects(read(), BROKEN, `part ${number} at ${place}`)
      }
      if (number < parts - 1) {
        await writeFile(file(number), whole.subarray(0, -1))
        await assert.rejects(read(), BROKEN)
        await rename(file(number), `${file(number)}.away`)
        await assert.rejects(read(), { ...BROKEN, message: /is missing/ })
        await rm(`${file(number)}.away`)
      }
      await writeFile(file(number), whole)
    }
    const [first, second] = [await readFile(file(0)), await readFile(file(1))]
    await writeFile(file(0), second)
    await writeFile(file(1), first)
    await assert.rejects(read(), BROKEN)
    // Whoever writes digests of his own leaves what does not follow.
    const [head, ...rows] = readPart(first, '')!.lines.toString().trimEnd().split('\n')
    const other = Buffer.from(`${[head, ...rows.slice(0, -1)].join('\n')}\n`)
    await writeFile(file(0), Buffer.concat(partOf(other)))
    await writeFile(file(1), second)
    await assert.rejects(read(), { ...BROKEN, message: /does not follow from the part before it/ })
  })

  it('with digests that somebody made anew is refused by its seals, and leaves nothing', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(venue.database, folder)
    const path = join(folder.path, '00000000.part')
    const whole = await readFile(path)
    const part = readPart(whole, path)!
    const [head, ...lines] = part.lines.toString().trimEnd().split('\n')
    const tail = whole.toString().trimEnd().split('\n').at(-2)!
    const rows = lines.map((line) => JSON.parse(line))
    const changed = (text: string) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`
    const forgeries: Readonly<Record<string, (row: (typeof rows)[number], i: number) => object>> = {
      record: (row, i) => (i === 0 ? { ...row, sealed: changed(row.sealed) } : row),
      leaf: (row, i) => (i === 0 ? { ...row, leaf: changed(row.leaf) } : row),
      snapshot: (row) => (row.kind === 'snapshot' ? { ...row, sealed: changed(row.sealed) } : row),
      order: (row, i) => (i < 2 ? { ...rows[1 - i], sequence: row.sequence } : row),
    }
    for (const [what, forge] of Object.entries(forgeries)) {
      const text = [head, ...rows.map((row, i) => JSON.stringify(forge(row, i)))].join('\n')
      await writeFile(path, Buffer.concat(partOf(Buffer.from(`${text}\n`), tail)))
      await using other = await server.fresh()
      await assert.rejects(restored(folder, other), { code: what === 'leaf' ? 'BACKUP_BROKEN' : 'SEAL_BROKEN' }, what)
      assert.deepEqual(await other.query('SELECT FROM journal'), [])
    }
  })

  it('that says something twice, or numbers that no database counts to, is refused as changed, and leaves nothing', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const { database, journal, log } = venue
    const of = { chainId: 1n, sender: testKeys().operators[0]!, settlement: SETTLEMENT }
    await new Transactions(database, journal, of).store(await signedSettlement({ batch: 1, root: 9n }))
    await log.anchor()
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(database, folder)
    const path = join(folder.path, '00000000.part')
    const whole = await readFile(path)
    const [head, ...rows] = readPart(whole, path)!.lines.toString().trimEnd().split('\n')
    const tail = JSON.parse(whole.toString().trimEnd().split('\n').at(-2)!)
    const twice = (kind: string) => [...rows, rows.findLast((row) => JSON.parse(row).kind === kind)!]
    const [far, huge] = ['9223372036854775807', '9'.repeat(40)]
    const [sent] = tail.transactions
    const thief = `0x${'13'.repeat(32)}`
    const elsewhere = await signedSettlement({ batch: 1, root: 9n }, { key: thief, chainId: 10n ** 20n })
    const forgeries: Readonly<Record<string, { rows?: readonly string[]; tail?: object }>> = {
      'an anchor twice': { rows: twice('anchor') },
      'a snapshot twice': { rows: twice('snapshot') },
      'a record of a term beyond all': { rows: rows.with(0, rows[0]!.replace(/"term":"[0-9]+"/, `"term":"${far}"`)) },
      'a key twice': { tail: { ...tail, dataKeys: [...tail.dataKeys, ...tail.dataKeys] } },
      'a settlement twice': { tail: { ...tail, transactions: [sent, sent] } },
      'a settlement of a batch beyond all': { tail: { ...tail, transactions: [{ ...sent, batch: huge }] } },
      'a settlement of a chain beyond all': {
        tail: {
          ...tail,
          transactions: [
            {
              ...{ hash: elsewhere.hash, raw: elsewhere.raw, chainId: `${10n ** 20n}`, nonce: '4', batch: '1' },
              ...{ sender: Transaction.from(elsewhere.raw).from, batches: 1, root: '9' },
            },
          ],
        },
      },
    }
    for (const [what, forged] of Object.entries(forgeries)) {
      const text = Buffer.from(`${[head, ...(forged.rows ?? rows)].join('\n')}\n`)
      await writeFile(path, Buffer.concat(partOf(text, JSON.stringify(forged.tail ?? tail))))
      await using other = await server.fresh()
      await assert.rejects(restored(new BackupFolder(folder.path), other), BROKEN, what)
      assert.deepEqual(await other.query('SELECT FROM journal'), [], what)
    }
  })

  it('whose part is a link to nothing, or a folder, cannot be read', async () => {
    await using given = await backedUp([10])
    const { folder, file } = given
    await rm(file(0))
    for (const make of [() => symlink('nowhere', file(0)), () => mkdir(file(0))]) {
      await make()
      await assert.rejects(sequences(new BackupFolder(folder.path)), { code: 'FILE_UNREADABLE' })
      await rm(file(0), { recursive: true })
    }
  })

  it('brings a venue back that leads whatever its term was, and says nothing of that', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    await venue.database.query('UPDATE leadership SET term = 9223372036854775807')
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(venue.database, folder)
    await using other = await server.fresh()
    await restored(folder, other)
    assert.equal((await Journal.lead(other, await sealerOf(other))).term, 1n)
  })

  it('is refused with a transaction that the operator did not sign', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const { database, journal } = venue
    const of = { chainId: 1n, sender: testKeys().operators[0]!, settlement: SETTLEMENT }
    await new Transactions(database, journal, of).store(await signedSettlement({ batch: 1, root: 9n }))
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(database, folder)
    const path = join(folder.path, '00000000.part')
    const whole = await readFile(path)
    const tail = JSON.parse(whole.toString().trimEnd().split('\n').at(-2)!)
    const thiefs = await signedSettlement({ batch: 1, root: 9n }, { key: `0x${'13'.repeat(32)}` })
    Object.assign(tail.transactions[0], { raw: thiefs.raw })
    await writeFile(path, Buffer.concat(partOf(readPart(whole, path)!.lines, JSON.stringify(tail))))
    await using other = await server.fresh()
    await assert.rejects(restored(new BackupFolder(folder.path), other), {
      ...BROKEN,
      message: /nonce 4 that was not signed/,
    })
    assert.deepEqual(await other.query('SELECT FROM settlement_tx'), [])
  })

  it('has no keys of records that were erased, and says so of none that is there', async () => {
    await using given = await backedUp([10])
    const { database, folder } = given
    const second = await Journal.lead(database, await sealerOf(database))
    await second.append([{ record: Buffer.from('b') }])
    await backUp(database, folder)
    const keysOf = async () => (await openCopy(folder)).tail.segments.map(({ key }) => key.length > 0)
    assert.deepEqual(await keysOf(), [true, true])
    await eraseJournal(database, { epoch: 0n, before: 1n })
    await backUp(database, folder)
    assert.deepEqual(await keysOf(), [false, true])
  })

  it('has keys that were erased in no part any more with the next look', async () => {
    await using given = await backedUp([800_000, 10])
    const { database, folder, file } = given
    const second = await Journal.lead(database, await sealerOf(database))
    await second.append([{ record: Buffer.from('b') }])
    await backUp(database, folder)
    assert.equal(await folder.count(), 2)
    const tailOf = async (number: number) => readPart(await readFile(file(number)), file(number))!.tail
    assert.ok((await tailOf(0))!.segments[0]!.key.length > 0)
    await eraseJournal(database, { epoch: 0n, before: 2n })
    await backUp(database, new BackupFolder(folder.path))
    assert.equal(await tailOf(0), undefined)
    assert.deepEqual(
      (await tailOf(1))!.segments.map(({ key }) => key.length > 0),
      [false, true],
    )
    assert.deepEqual(await sequences(folder), [0n, 1n, 2n])
  })

  it('restored twice at once, or with a clock that is behind, gets epochs that differ and are later', () => {
    const before = 9_000_000_000_000_000n
    for (const given of [1n, before]) {
      const epochs = Array.from({ length: 3 }, () => newEpoch(given))
      assert.equal(new Set(epochs).size, 3)
      assert.ok(epochs.every((epoch) => epoch > given))
    }
  })

  it('brings back what was erased as erased, and goes on behind it', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const { database, sealer, writer } = venue
    const second = await Journal.lead(database, sealer)
    const first = second.next
    const later = new Writer({ journal: second, state: writer.written, circuits: CIRCUITS })
    await storeSnapshot(database, sealer, { epoch: 0n, state: later.written })
    await later.put([{ kind: 'tick', clock: later.state.clock + 1n }])
    assert.equal(await eraseJournal(database, { epoch: 0n, before: first }), first)
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(database, folder)
    await using other = await server.fresh()
    const { state } = await restored(folder, other)
    assert.deepEqual(documentOf(state), documentOf(later.written))
    const read = async (from: bigint) => {
      const found: bigint[] = []
      for await (const { sequence } of readJournal(other, await sealerOf(other), { epoch: EPOCH, from }))
        found.push(sequence)
      return found
    }
    assert.deepEqual(await read(first), [first])
    await assert.rejects(read(first - 1n), { code: 'SEAL_BROKEN' })
  })

  it('whose past was rewritten, and given out as erased, is refused', async () => {
    await using venue = await traded()
    await using place = await temporaryDirectory()
    const { database, sealer, writer } = venue
    const second = await Journal.lead(database, sealer)
    const later = new Writer({ journal: second, state: writer.written, circuits: CIRCUITS })
    await storeSnapshot(database, sealer, { epoch: 0n, state: later.written })
    await later.put([{ kind: 'tick', clock: later.state.clock + 1n }])
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(database, folder)
    const path = join(folder.path, '00000000.part')
    const whole = await readFile(path)
    const tail = JSON.parse(whole.toString().trimEnd().split('\n').at(-2)!)
    tail.segments[0].key = ''
    const lines = readPart(whole, path)!.lines.toString().trimEnd().split('\n')
    const [sealed, leaf] = [Buffer.alloc(40), Buffer.alloc(32, 0xee)].map((bytes) => bytes.toString('base64'))
    const rewritten = lines.map((line) => {
      const row = JSON.parse(line)
      return row.kind === 'record' && row.sequence === '3' ? JSON.stringify({ ...row, sealed, leaf }) : line
    })
    await writeFile(path, Buffer.concat(partOf(Buffer.from(`${rewritten.join('\n')}\n`), JSON.stringify(tail))))
    await using other = await server.fresh()
    await assert.rejects(restored(new BackupFolder(folder.path), other), {
      code: 'SEAL_BROKEN',
      message: /or other leaves of the log/,
    })
    assert.deepEqual(await other.query('SELECT FROM journal'), [])
  })

  it('is not mixed with what another history, another venue or another process writes', async () => {
    await using given = await backedUp([10, 10])
    const { database, folder, place } = given
    await using other = await backedUp([10, 10, 10])
    const refused = (message: RegExp) => ({ code: 'INPUT_INVALID', message })
    await assert.rejects(backUp(other.database, folder), refused(/has another record 1 than the database/))
    await assert.rejects(backUp(database, other.folder), refused(/has 3 records, and the database 2/))
    await database.query('UPDATE leadership SET epoch = 5')
    await assert.rejects(backUp(database, folder), refused(/is of epoch 0, and the database writes epoch 5/))
    const full = new BackupFolder(place.file('full'))
    await full.make()
    await writeFile(place.file('full/notes.txt'), 'mine')
    await assert.rejects(backUp(database, full), refused(/holds other files and no backup/))
    await other.database.transaction(async (transaction) => {
      const { hash } = await import('node:crypto')
      const key = hash('sha256', `zkclear backup ${other.folder.path}`, 'buffer').readBigInt64BE()
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [key])
      await assert.rejects(backUp(other.database, other.folder), refused(/is being written by another process/))
    })
  })
})

import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Transaction } from 'ethers'
import { backUp } from '../../../service/backup/back-up.ts'
import { BackupFolder } from '../../../service/backup/folder.ts'
import { partOf, readPart } from '../../../service/backup/part.ts'
import { newEpoch } from '../../../service/backup/restore-venue.ts'
import { Journal, readJournal } from '../../../service/journal/journal.ts'
import { eraseJournal } from '../../../service/journal/segments.ts'
import { noteAct } from '../../../service/operator/acts.ts'
import type { Database, Queryable } from '../../../service/postgres/database.ts'
import { encodeSnapshot } from '../../../service/sequencer/snapshot.ts'
import { rootOf, type SequencerState } from '../../../service/sequencer/state.ts'
import { lostJobs } from '../../../service/serve/proofs.ts'
import { Transactions } from '../../../service/settler/transactions.ts'
import { Writer } from '../../../service/writer/writer.ts'
import { EPOCH, restored, traded } from '../../support/service/backed-up.ts'
import { clearIn } from '../../support/service/clear-text.ts'
import { SETTLEMENT, signedSettlement } from '../../support/service/signed-settlement.ts'
import { storeSnapshot } from '../../support/service/store-snapshot.ts'
import { sealerOf, testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { CIRCUITS, cashOf } from '../../support/service/trading-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const BROKEN = { code: 'BACKUP_BROKEN' }
const documentOf = (state: SequencerState) => JSON.parse(new TextDecoder().decode(encodeSnapshot(state)))

describe('a backup that is restored', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('brings a venue back to the same state, records, log and settlements under way, in an epoch of its own', async () => {
    await using venue = await traded(server)
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
    await using venue = await traded(server)
    await using place = await temporaryDirectory()
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(venue.database, folder)
    await using other = await server.fresh()
    const refusal = new Error('behind')
    const note = (transaction: Queryable) => noteAct(transaction, { act: 'restore --accept-loss' })
    await assert.rejects(
      restored(folder, other, {
        async check(_, transaction) {
          await note(transaction)
          throw refusal
        },
      }),
      refusal,
    )
    for (const table of ['journal', 'data_key', 'operator_act']) {
      assert.deepEqual(await other.query(`SELECT FROM ${table}`), [], table)
    }
    await restored(folder, other, { check: (_, transaction) => note(transaction) })
    assert.deepEqual(await other.query('SELECT act FROM operator_act'), [{ act: 'restore --accept-loss' }])
  })

  it('with digests that somebody made anew is refused by its seals, and leaves nothing', async () => {
    await using venue = await traded(server)
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
    await using venue = await traded(server)
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

  it('brings a venue back that leads whatever its term was, and says nothing of that', async () => {
    await using venue = await traded(server)
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
    await using venue = await traded(server)
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

  it('restored twice at once, or with a clock that is behind, gets epochs that differ and are later', () => {
    const before = 9_000_000_000_000_000n
    for (const given of [1n, before]) {
      const epochs = Array.from({ length: 3 }, () => newEpoch(given))
      assert.equal(new Set(epochs).size, 3)
      assert.ok(epochs.every((epoch) => epoch > given))
    }
  })

  it('brings back what was erased as erased, and goes on behind it', async () => {
    await using venue = await traded(server)
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
    await using venue = await traded(server)
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

  it('is refused without the key that it is sealed under, as of the backup', async () => {
    await using venue = await traded(server)
    await using place = await temporaryDirectory()
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    await backUp(venue.database, folder)
    await using other = await server.fresh()
    await assert.rejects(restored(folder, other, { keys: testKeys(2, 2) }), {
      code: 'INPUT_INVALID',
      message: /does not hold the key that this backup is sealed under \(version 1\)/,
    })
    assert.deepEqual(await other.query('SELECT FROM data_key'), [])
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Journal, readJournal } from '../../service/journal/journal.ts'
import { decodeRecord } from '../../service/sequencer/record.ts'
import type { SealedBatch } from '../../service/sequencer/state.ts'
import { makesHere, ThreadedJobMaker } from '../../service/writer/job-maker.ts'
import { Writer } from '../../service/writer/writer.ts'
import { testServer } from '../support/service/test-server.ts'
import { CIRCUITS, orderOf, signed, tradingVenue } from '../support/service/trading-venue.ts'
import { Desk } from './sequencer/desk.ts'

const DYING = new URL('../support/service/dying-thread.ts', import.meta.url)
const circuitOf = ({ work }: SealedBatch) => CIRCUITS[work.circuit]

it('makes of every batch in a thread what is made here: fills, cancels, several markets, an order in hand', async () => {
  const desk = new Desk()
  for (let nonce = 1n; nonce <= 8n; nonce++) desk.order(1, nonce, 'sell')
  desk.order(2, 1n, 'buy')
  desk.order(3, 1n, 'sell', 1)
  desk.wait(1_000n)
  desk.order(4, 1n, 'buy', 1)
  desk.send({ kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 9n })
  desk.withdraw(3, 2n, 5n)
  desk.put({ kind: 'cut', cash: true })
  const batches = desk.told('sealed').map(({ batch }) => batch)
  assert.ok(batches.some(({ work }) => work.circuit === 'cash-batch'))
  assert.ok(batches.filter(({ work }) => work.circuit === 'trade-batch').length >= 3)
  assert.ok(batches.some(({ after }) => [...after.state.books.entries()].some(([, { hand }]) => hand !== undefined)))
  await using maker = new ThreadedJobMaker(assert.ifError)
  // All at once: none is mixed up with another.
  const made = await Promise.all(batches.map((batch) => maker.make(batch, circuitOf(batch))))
  for (const [i, batch] of batches.entries()) {
    const { statement, input } = await makesHere.make(batch, circuitOf(batch))
    assert.deepEqual(made[i]!.statement, statement)
    assert.deepEqual(Buffer.from(made[i]!.input), Buffer.from(input))
  }
})

describe('a batch of which no job can be made', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('is not in the journal, nor anything after it; what was receipted before is', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer } = venue
    const { state } = venue.writer
    const journal = await Journal.lead(database, sealer)
    const lost = Promise.withResolvers<Error>()
    await using maker = new ThreadedJobMaker(lost.resolve, DYING)
    const writer = new Writer({ journal, state, circuits: CIRCUITS, maker })
    const [receipted] = await writer.take([signed(1, orderOf(1, 1n))])
    assert.equal(receipted!.verdict, 'ACCEPTED')
    const why = /the thread that makes the jobs of batches has ended \(exit code 3\)/
    const cut = writer.put([{ kind: 'cut', cash: false }])
    const behind = writer.take([signed(2, orderOf(2, 1n))])
    await Promise.all([assert.rejects(cut, why), assert.rejects(behind, why)])
    assert.match((await lost.promise).message, why)
    assert.ok(writer.isLost)
    const kinds: string[] = []
    for await (const { record } of readJournal(database, sealer, { epoch: journal.epoch })) {
      kinds.push(decodeRecord(record).kind)
    }
    assert.deepEqual(kinds, ['tick', 'table', 'book-salt', 'message'])
    assert.deepEqual(await database.query('SELECT id FROM job'), [])
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ZkclearError } from '../../protocol/errors.ts'
import { Journal, readJournal } from '../../service/journal/journal.ts'
import { decodeRecord } from '../../service/sequencer/record.ts'
import { rootOf, type SealedBatch } from '../../service/sequencer/state.ts'
import { provingFindings } from '../../service/serve/findings.ts'
import { lostJobs, unprovedJobs } from '../../service/serve/proofs.ts'
import { batchWithoutWitness } from '../../service/serve/remaking.ts'
import { Stages } from '../../service/serve/stages.ts'
import { type JobMaker, makesHere, ThreadedJobMaker } from '../../service/writer/job-maker.ts'
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

describe('a batch of which no job is made', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('is in the journal with all that was receipted, where the thread ends, and has its job with the next start', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer } = venue
    const { state } = venue.writer
    const journal = await Journal.lead(database, sealer)
    const lost = Promise.withResolvers<Error>()
    await using maker = new ThreadedJobMaker(lost.resolve, DYING)
    const writer = new Writer({ journal, state, circuits: CIRCUITS, maker })
    const [first] = await writer.take([signed(1, orderOf(1, 1n))])
    await writer.put([{ kind: 'cut', cash: false }])
    const [behind] = await writer.take([signed(2, orderOf(2, 1n))])
    assert.deepEqual([first!.verdict, behind!.verdict], ['ACCEPTED', 'ACCEPTED'])
    assert.match((await lost.promise).message, /the thread that makes the jobs of batches has ended \(exit code 3\)/)
    await writer.jobsWritten()
    const kinds: string[] = []
    for await (const { record } of readJournal(database, sealer, { epoch: journal.epoch })) {
      kinds.push(decodeRecord(record).kind)
    }
    assert.deepEqual(kinds, ['tick', 'table', 'book-salt', 'message', 'cut', 'message'])
    assert.deepEqual(await database.query('SELECT id FROM job'), [])
    // As a process that begins reads it.
    const next = [...writer.state.batches].map((batch) => ({ ...batch, work: { ...batch.work } }) as SealedBatch)
    const begun = { ...writer.state, batches: next }
    const again = new Writer({ journal: await Journal.lead(database, sealer), state: begun, circuits: CIRCUITS })
    const missing = await lostJobs(database, begun, CIRCUITS)
    await again.put(missing.map((batch) => ({ kind: 'unproved', index: batch.index, root: rootOf(batch) })))
    await again.jobsWritten()
    assert.deepEqual(await lostJobs(database, again.state, CIRCUITS), [])
    assert.equal((await database.query('SELECT id FROM job')).length, 1)
  })

  it('holds nothing up where it cannot be made: it is as one without a witness, which is made anew or left out', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer } = venue
    let fault: Error | undefined = new ZkclearError('INPUT_INVALID', 'has a price that no circuit takes')
    const maker: JobMaker = {
      make: (batch, circuit) => (fault === undefined ? makesHere.make(batch, circuit) : Promise.reject(fault)),
    }
    const { state } = venue.writer
    const writer = new Writer({ journal: await Journal.lead(database, sealer), state, circuits: CIRCUITS, maker })
    await writer.take([signed(1, orderOf(1, 1n))])
    await writer.put([{ kind: 'cut', cash: false }])
    await writer.jobsWritten()
    const [report, ...others] = await unprovedJobs(database, writer.written, CIRCUITS)
    assert.deepEqual([report!.state, report!.errorCode, others.length], ['failed', 'JOB_UNMADE', 0])
    const facts = { state: writer.written, stages: new Stages([]), workers: [], since: 0, now: 0 }
    assert.equal(
      provingFindings({ ...facts, reports: [report!] }).PROOF_FAILED!.cause,
      'batch 1 has no job (JOB_UNMADE: has a price that no circuit takes): nothing after it is settled',
    )
    const { timestamp } = report!.batch.work.transition.context
    const found = batchWithoutWitness([report!], { settledIndex: 0, now: timestamp + 1n })
    assert.equal(found, report!.batch)
    fault = undefined
    await writer.put([
      { kind: 'rewind', to: 0, cause: 'WITNESS' },
      { kind: 'cut', cash: false },
    ])
    await writer.jobsWritten()
    const reports = await unprovedJobs(database, writer.written, CIRCUITS)
    assert.deepEqual(
      reports.map((one) => one.state),
      ['ready'],
    )
  })
})

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { changeJobs } from '../../service/jobs/change-jobs.ts'
import { newJob } from '../../service/jobs/new-job.ts'
import { revokeToken } from '../../service/tokens/tokens.ts'
import { VenueClient } from '../../service/worker/venue-client.ts'
import { readProof, verify } from '../../verifier/index.ts'
import { faultyNetwork } from '../support/service/faulty-network.ts'
import { testServer } from '../support/service/test-server.ts'
import { type ToyCircuits, toyCircuits, toyVenue } from '../support/service/toy-venue.ts'
import { startToyWorker } from '../support/service/toy-worker.ts'
import { PRODUCT, productInstance } from '../support/toy-definitions.ts'

describe('a worker', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let toys: ToyCircuits
  before(async () => {
    server = await testServer()
    toys = await toyCircuits()
  })
  after(async () => {
    await toys[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  type Venue = Awaited<ReturnType<typeof toyVenue>>
  const worker = ({ url, token }: Venue, options: { graceMs?: number; token?: string } = {}) =>
    startToyWorker({ url, token, selection: toys.selection, ...options })

  const isTrue = async (proof: unknown, left: bigint, right: bigint) =>
    await verify(PRODUCT, readProof('groth16', proof), productInstance(left, right).statement, {
      vkey: toys.product.vkey,
    })

  it('proves one job after another, and ends when it is told to', async () => {
    await using venue = await toyVenue(server, toys)
    await using one = worker(venue)
    const jobs = [await venue.enqueueProduct(3n, 5n), await venue.enqueueProduct(4n, 6n)]
    const reports = await Promise.all(jobs.map(({ id }) => venue.until(id, 'proved')))
    assert.equal(await isTrue(reports[0]!.proof, 3n, 5n), true)
    assert.equal(await isTrue(reports[1]!.proof, 4n, 6n), true)
    one.kill('SIGTERM')
    assert.equal(await one.exit(), 0)
    assert.equal(one.lines.at(-1), 'ended')
  })

  it('that is killed in mid-proof leaves its job to another, and no process behind', async () => {
    await using venue = await toyVenue(server, toys, { sweepMs: 20, jobs: { leaseMs: 1000, retryMs: 0 } })
    const { id } = await venue.enqueueEndless()
    await using one = worker(venue)
    await venue.until(id, 'leased')
    let prover = Number.NaN
    while (Number.isNaN(prover) || prover === 0) prover = await one.prover()
    one.kill('SIGKILL')
    await one.exit()
    await using _two = worker(venue)
    while ((await venue.until(id, 'leased')).attempts < 2);
    while (await runs(prover)) await venue.database.query('SELECT')
  })

  it('that was stopped for longer than its lease drops what it was at when it goes on, and works again', async () => {
    await using venue = await toyVenue(server, toys, {
      sweepMs: 20,
      jobs: { leaseMs: 1000, retryMs: 0, maxAttempts: 1 },
    })
    const { id } = await venue.enqueueEndless()
    await using one = worker(venue)
    await venue.until(id, 'leased', 'dead')
    one.kill('SIGSTOP')
    assert.equal((await venue.until(id, 'dead')).error!.code, 'LEASE_LOST')
    one.kill('SIGCONT')
    await one.hear(/was given to another worker/)
    const { id: next } = await venue.enqueueProduct(3n, 5n)
    assert.equal(await isTrue((await venue.until(next, 'proved')).proof, 3n, 5n), true)
  })

  it('whose prover is killed says so, and proves the next one', async () => {
    await using venue = await toyVenue(server, toys, { jobs: { retryMs: 0, maxAttempts: 1 } })
    const { id } = await venue.enqueueEndless()
    await using one = worker(venue)
    await venue.until(id, 'leased')
    while ((await venue.jobs.find(id))!.state !== 'dead') {
      await one.killProver()
    }
    const { error } = await venue.until(id, 'dead')
    assert.deepEqual(error, { code: 'PROVER_DIED', message: 'the process that proves died: it was ended by SIGKILL' })
    const { id: next } = await venue.enqueueProduct(3n, 5n)
    await venue.until(next, 'proved')
  })

  it('hands its job back, untried, when it is told to end and the proof takes longer than its grace', async () => {
    await using venue = await toyVenue(server, toys)
    const { id } = await venue.enqueueEndless()
    await using one = worker(venue, { graceMs: 0 })
    // Leased it is before the worker knows: one that ends between the two has nothing to hand back.
    await one.hear(new RegExp(`took ${id.toString('hex')}`))
    one.kill('SIGTERM')
    assert.equal(await one.exit(), 0)
    const { state, attempts, error } = (await venue.jobs.find(id))!
    assert.deepEqual({ state, attempts, error }, { state: 'ready', attempts: 0, error: undefined })
  })

  it('says that an input has no witness, and nothing of what is in it', async () => {
    await using venue = await toyVenue(server, toys)
    const { statement } = productInstance(3n, 5n)
    const witness = { left: 4242n, right: 31337n }
    const job = newJob(toys.product, { statement, witness })
    await changeJobs(venue.database, venue.sealer, [{ enqueue: job }])
    await using _ = worker(venue)
    const { error } = await venue.until(job.id, 'failed')
    assert.equal(error!.code, 'WITNESS_FAILED')
    assert.doesNotMatch(error!.message, /4242|31337/)
  })

  it('asks again where the venue cannot be reached, and loses no job to a connection that breaks', async () => {
    // A job whose answer was lost on the way is everybody's again when its lease is over.
    await using venue = await toyVenue(server, toys, { sweepMs: 20, jobs: { leaseMs: 1000, retryMs: 0 } })
    await using network = await faultyNetwork(venue.url)
    await using one = worker({ ...venue, url: network.url })
    await one.hear(/cannot be reached/)
    network.mend()
    const { id: first } = await venue.enqueueProduct(3n, 5n)
    await venue.until(first, 'proved')
    const { id: second } = await venue.enqueueProduct(4n, 5n)
    await venue.until(second, 'leased', 'proved')
    network.cut()
    network.mend()
    await venue.until(second, 'proved')
  })

  it('ends with the reason when its token is not good any more', async () => {
    await using venue = await toyVenue(server, toys)
    await revokeToken(venue.database, venue.tokenId)
    const client = new VenueClient({ url: venue.url, token: venue.token })
    const request = {
      version: 1,
      circuits: [{ circuit: 'x', profile: 'small', digest: '0'.repeat(64) }],
      memory: 1,
      waitMs: 0,
    }
    await assert.rejects(client.lease(request, new AbortController().signal), {
      code: 'VENUE_REFUSED',
      message: /bears no token that is good/,
    })
  })

  it('sends its token in clear to this machine alone', () => {
    for (const url of ['http://venue.example', 'http://10.0.0.1:80', 'http://127.0.0.1.example', 'ftp://x', 'venue']) {
      assert.throws(() => new VenueClient({ url, token: 'x' }), { code: 'INPUT_INVALID' }, url)
    }
    for (const url of ['https://venue.example/at', 'http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost']) {
      new VenueClient({ url, token: 'x' })
    }
  })
})

/** Whether a process runs; one that nobody has yet asked how it ended does not. */
async function runs(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== ''
}

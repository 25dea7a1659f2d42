import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { changeJobs } from '../../service/jobs/change-jobs.ts'
import { Jobs, type JobsOptions, type Lease, type LeasedJob } from '../../service/jobs/jobs.ts'
import type { NewJob } from '../../service/jobs/new-job.ts'
import { reviveJob } from '../../service/jobs/revive-job.ts'
import { PLAIN, plainJob } from '../support/service/plain-job.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'

const LOST = { code: 'LEASE_LOST', message: /is not this worker's any more/ }
const ERROR = { code: 'PROVER_DIED', message: 'it died' }
/** A lease that has run out when it begins, and one that does not in this test; a retry at once. */
const EXPIRED = { leaseMs: 0, retryMs: 0 }
const LASTING = { leaseMs: 600_000, retryMs: 0 }

const request = (holder: string, memory = 1000) => ({ holder, circuitDigests: [PLAIN], memory })

describe('jobs', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  async function start(count: number, options: JobsOptions = LASTING) {
    const database = await server.fresh()
    const sealer = await sealerOf(database)
    const enqueue = (...jobs: NewJob[]) =>
      changeJobs(
        database,
        sealer,
        jobs.map((enqueue) => ({ enqueue })),
      )
    await enqueue(...Array.from({ length: count }, (_, i) => plainJob(i)))
    const taken = async (jobs: Jobs, holder = 'anna') => {
      const job = await jobs.lease(request(holder))
      assert.ok(job)
      return job
    }
    return {
      ...{ database, sealer, enqueue, taken },
      ...{ jobs: new Jobs(database, sealer, options), expiring: new Jobs(database, sealer, EXPIRED) },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }

  it('go out oldest first, to who has their circuit and the memory', async () => {
    await using given = await start(2)
    const { jobs, enqueue, taken } = given
    await enqueue(plainJob(7, { memory: 5000 }))
    assert.equal(await jobs.lease({ ...request('anna'), circuitDigests: ['00'] }), undefined)
    assert.equal(await jobs.lease(request('anna', 999)), undefined)
    const { statement, circuit, profile, fence } = await taken(jobs)
    assert.deepEqual(
      { statement, circuit, profile, fence },
      { statement: { number: '0' }, circuit: 'plain', profile: 'small', fence: 1n },
    )
    assert.deepEqual((await taken(jobs)).statement, { number: '1' })
    assert.equal(await jobs.lease(request('anna')), undefined)
    assert.deepEqual((await jobs.lease(request('bert', 5000)))?.statement, { number: '7' })
  })

  it('are proved once: the proof is stored, the input deleted, and what comes later refused', async () => {
    await using given = await start(1)
    const { database, jobs, taken, enqueue } = given
    const job = await taken(jobs)
    assert.equal(Buffer.from(await jobs.input(job)).toString(), 'input of 0')
    await jobs.complete(job, { pi: 1 })
    const transitions: (() => Promise<unknown>)[] = [
      () => jobs.complete(job, { pi: 2 }),
      () => jobs.retry(job, ERROR),
      () => jobs.reject(job, ERROR),
      () => jobs.input(job),
    ]
    for (const late of transitions) await assert.rejects(late(), LOST)
    await enqueue(plainJob(0), plainJob(0, { input: Buffer.from('another') }))
    await changeJobs(database, given.sealer, [{ withdraw: job.id }])
    const { state, proof, attempts } = (await jobs.find(job.id))!
    assert.deepEqual({ state, proof, attempts }, { state: 'proved', proof: { pi: 1 }, attempts: 1 })
    assert.deepEqual(await database.query('SELECT input FROM job'), [{ input: null }])
  })

  it('are taken back when a lease runs out, and the late holder can do nothing with them', async () => {
    await using given = await start(1)
    const { jobs, expiring, taken } = given
    const late = await taken(expiring)
    assert.equal(await jobs.expire(), 1)
    const job = await taken(jobs, 'bert')
    assert.equal(job.fence > late.fence + 1n, true)
    const transitions: ((lease: Lease) => Promise<unknown>)[] = [
      (lease) => jobs.heartbeat(lease),
      (lease) => jobs.input(lease),
      (lease) => jobs.complete(lease, {}),
      (lease) => jobs.retry(lease, ERROR),
      (lease) => jobs.reject(lease, ERROR),
      (lease) => jobs.handBack(lease),
    ]
    for (const lease of [late, { ...job, holder: 'anna' }, { ...job, fence: job.fence + 1n }]) {
      for (const transition of transitions) await assert.rejects(transition(lease), LOST)
    }
    await jobs.complete(job, {})
  })

  it('are what their lease says, remembered or looked up, and where another has one by now a change tells', async () => {
    await using given = await start(1)
    const { database, sealer, jobs, expiring, taken } = given
    const late = await taken(expiring)
    const { circuit, profile, circuitDigest, statement } = late
    const claim = async (by: Jobs, lease: Lease) => {
      const told = await by.claim(lease)
      assert.deepEqual(
        [told.circuit, told.profile, told.circuitDigest, told.statement],
        [circuit, profile, circuitDigest, statement],
      )
    }
    await claim(expiring, late)
    // Looked up from here on, as after a restart.
    await claim(expiring, late)
    await claim(new Jobs(database, sealer), late)
    for (const lease of [
      { ...late, holder: 'bert' },
      { ...late, fence: late.fence + 1n },
    ]) {
      await assert.rejects(expiring.claim(lease), LOST)
    }
    await expiring.expire()
    const job = await taken(expiring, 'bert')
    await expiring.expire()
    await claim(expiring, job)
    await assert.rejects(expiring.claim(job), LOST)
    await assert.rejects(expiring.complete(job, {}), LOST)
    await jobs.complete(await taken(jobs), {})
  })

  it('are not told any more, nor their proofs verified, to who gave one up or was told that it is lost', async () => {
    await using given = await start(1)
    const { jobs, enqueue, taken } = given
    const endings: ((lease: Lease) => Promise<unknown>)[] = [
      (lease) => jobs.handBack(lease),
      (lease) => jobs.retry(lease, ERROR),
      async (lease) => {
        await enqueue(plainJob(0, { input: Buffer.from('another') }))
        await assert.rejects(jobs.heartbeat(lease), LOST)
      },
      async (lease) => {
        await enqueue(plainJob(0, { input: Buffer.from('one more') }))
        await assert.rejects(jobs.input(lease), LOST)
      },
      (lease) => jobs.reject(lease, ERROR),
    ]
    for (const end of endings) {
      const lease = await taken(jobs)
      await end(lease)
      await assert.rejects(jobs.claim(lease), LOST)
    }
  })

  it('stay with who is heard of', async () => {
    await using given = await start(1)
    const { jobs, expiring, taken } = given
    const job = await taken(expiring)
    await jobs.heartbeat(job)
    assert.equal(await jobs.expire(), 0)
    await jobs.complete(job, {})
  })

  it('are tried so often and then dead letters, which can be revived', async () => {
    await using given = await start(1, { ...LASTING, maxAttempts: 3 })
    const { jobs, taken } = given
    const again = new Jobs(given.database, given.sealer, { ...EXPIRED, maxAttempts: 3 })
    const { id } = await taken(again)
    await again.expire()
    await jobs.retry(await taken(jobs), ERROR)
    await jobs.retry(await taken(jobs), ERROR)
    const { state, attempts, error } = (await jobs.find(id))!
    assert.deepEqual({ state, attempts, error }, { state: 'dead', attempts: 3, error: ERROR })
    assert.equal(await jobs.lease(request('anna')), undefined)
    assert.equal(await reviveJob(given.database, id), true)
    assert.equal(await reviveJob(given.database, id), false)
    const job = await taken(jobs)
    assert.equal(Buffer.from(await jobs.input(job)).toString(), 'input of 0')
  })

  it('wait before they are tried again', async () => {
    await using given = await start(1, { leaseMs: 600_000, retryMs: 3_600_000 })
    const { jobs, taken } = given
    const job = await taken(jobs)
    await jobs.retry(job, ERROR)
    assert.equal((await jobs.find(job.id))!.state, 'ready')
    assert.equal(await jobs.lease(request('anna')), undefined)
  })

  it('go back untried without having cost an attempt', async () => {
    await using given = await start(1)
    const { jobs, taken } = given
    for (let i = 0; i < 7; i++) await jobs.handBack(await taken(jobs))
    assert.equal((await taken(jobs)).fence, 15n)
  })

  it('that cannot be proved have failed for good with that input, and begin anew with another', async () => {
    await using given = await start(1)
    const { database, jobs, enqueue, taken } = given
    const job = await taken(jobs)
    await jobs.reject(job, { code: 'WITNESS_FAILED', message: 'no witness' })
    const failed = async () => {
      const { state, error } = (await jobs.find(job.id))!
      assert.deepEqual({ state, error }, { state: 'failed', error: { code: 'WITNESS_FAILED', message: 'no witness' } })
      assert.deepEqual(await database.query('SELECT input FROM job'), [{ input: null }])
      assert.equal(await jobs.lease(request('anna')), undefined)
    }
    await failed()
    await enqueue(plainJob(0))
    await failed()
    await changeJobs(database, given.sealer, [{ withdraw: job.id }, { enqueue: plainJob(0) }])
    await failed()
    await enqueue(plainJob(0, { input: Buffer.from('a better one') }))
    const again = await taken(jobs)
    assert.equal(Buffer.from(await jobs.input(again)).toString(), 'a better one')
    await jobs.complete(again, {})
  })

  it('that are withdrawn are taken from their holder, and can come again', async () => {
    await using given = await start(1)
    const { database, jobs, enqueue, taken } = given
    const job = await taken(jobs)
    await changeJobs(database, given.sealer, [{ withdraw: job.id }])
    await assert.rejects(jobs.complete(job, {}), LOST)
    assert.equal((await jobs.find(job.id))!.state, 'withdrawn')
    await enqueue(plainJob(0))
    await jobs.complete(await taken(jobs), {})
  })

  it('are told when they are ready and when they have ended', async () => {
    await using given = await start(0)
    const { database, jobs, enqueue, taken } = given
    const heard: string[] = []
    const hear = (channel: string) =>
      database.listen(
        channel,
        (id) => heard.push(`${channel} ${id}`),
        () => undefined,
      )
    await using _ready = await hear('ready')
    await using _ended = await hear('ended')
    await enqueue(plainJob(0))
    const job = await taken(jobs)
    await jobs.retry(job, ERROR)
    await jobs.complete(await taken(jobs), {})
    const id = job.id.toString('hex')
    while (heard.length < 3) await database.query('SELECT')
    assert.deepEqual(heard, [`ready ${id}`, `ready ${id}`, `ended ${id}`])
  })

  for (const seed of [1, 2, 3]) {
    it(`are neither lost nor doubled by 20 workers that vanish, repeat and come late (seed ${seed})`, async () => {
      await using given = await start(60)
      const { database } = given
      const ended: string[] = []
      await using _ = await database.listen(
        'ended',
        (id) => ended.push(id),
        () => undefined,
      )
      const random = seededRandom(seed)
      const pick = <T>(...from: T[]): T => from[Math.floor(random() * from.length)]!
      const lasting = new Jobs(database, given.sealer, { ...LASTING, maxAttempts: 1000 })
      const expiring = new Jobs(database, given.sealer, { ...EXPIRED, maxAttempts: 1000 })
      const proofs = new Map<string, string[]>()
      const old: LeasedJob[] = []
      const unlessLost = (done: Promise<unknown>) =>
        done.then(
          () => true,
          (error) => {
            assert.equal(error.code, 'LEASE_LOST')
            return false
          },
        )
      const complete = async (lease: LeasedJob, holder: string) => {
        const key = lease.id.toString('hex')
        const proof = `${holder} ${lease.fence}`
        if (await unlessLost(lasting.complete(lease, { proof }))) proofs.set(key, [...(proofs.get(key) ?? []), proof])
      }
      const isOver = async () => {
        const count = await lasting.count()
        return count.ready === undefined && count.leased === undefined
      }
      const worker = async (holder: string) => {
        for (let idle = 0; idle < 3 || !(await isOver()); ) {
          const jobs = pick(lasting, lasting, expiring)
          const job = await jobs.lease(request(holder))
          if (job === undefined) {
            idle++
            await lasting.expire()
            continue
          }
          if (random() < 0.3) old.push(job)
          if (random() < 0.5) await unlessLost(jobs.heartbeat(job))
          const deed = pick('complete', 'complete', 'twice', 'vanish', 'retry', 'back', 'late')
          if (deed === 'complete' || deed === 'twice') await complete(job, holder)
          if (deed === 'twice') await complete(job, holder)
          if (deed === 'retry') await unlessLost(lasting.retry(job, ERROR))
          if (deed === 'back') await unlessLost(lasting.handBack(job))
          if (deed === 'vanish') await unlessLost(expiring.heartbeat(job))
          if (deed === 'late') {
            await unlessLost(expiring.heartbeat(job))
            await lasting.expire()
            await complete(pick(job, ...old), holder)
          }
        }
      }
      await Promise.all(Array.from({ length: 20 }, (_, i) => worker(`worker ${i}`)))
      assert.deepEqual(await lasting.count(), { proved: 60 })
      assert.equal(proofs.size, 60)
      for (const [id, made] of proofs) {
        assert.equal(made.length, 1, 'one completion was accepted')
        assert.deepEqual((await lasting.find(Buffer.from(id, 'hex')))!.proof, { proof: made[0] })
      }
      while (ended.length < 60) await database.query('SELECT')
      assert.deepEqual(ended.toSorted(), [...proofs.keys()].toSorted(), 'each was told once')
    })
  }
})

/** Numbers in [0, 1), the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

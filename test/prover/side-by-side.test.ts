import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import { createProver } from '../../prover/create-prover.ts'
import type { ManyProgress } from '../../prover/job.ts'
import { verify } from '../../verifier/index.ts'
import { GatedBackend } from '../support/gated-backend.ts'
import { loadTestAddon, type TestAddon } from '../support/native-addon.ts'
import { readJson, toyArtifacts } from '../support/toy-artifacts.ts'
import { PRODUCT, productInstance } from '../support/toy-definitions.ts'

const job = (left: bigint) => ({ circuit: 'product' as const, ...productInstance(left, 1n) })
const falseJob = () => ({ ...job(3n), statement: { ...job(3n).statement, square: 1n } })
const open = async () => undefined

suite('proofs side by side', () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  let addon: TestAddon
  before(async () => {
    toys = await toyArtifacts([PRODUCT])
    addon = await loadTestAddon()
  })
  after(() => toys[Symbol.asyncDispose]())

  /** A prover of three cores, whose proofs wait at the gate. */
  const proverWith = async (gate: (first: bigint) => Promise<void>, threads = 3) => {
    const backend = new GatedBackend(addon, { threads }, gate)
    return { backend, prover: await createProver({ ...toys.options, circuits: ['product'], backend, graceMs: 1 }) }
  }
  const settled = async (rounds = 200) => {
    for (let round = 0; round < rounds; round++) await setImmediate()
  }

  test('are as many as planned and no more, valid, and in the order of their jobs though they end in another', async () => {
    const vkey = await readJson((await toys.load(PRODUCT)).files.vkey)
    const gates = new Map<bigint, PromiseWithResolvers<void>>()
    const gateOf = (first: bigint) => {
      const gate = gates.get(first) ?? Promise.withResolvers<void>()
      gates.set(first, gate)
      return gate
    }
    const { backend, prover } = await proverWith((first) => gateOf(first).promise)
    const order: bigint[] = []
    const proofs = new Set<string>()
    // The third ends before the second, and that before the first.
    const opening = (async () => {
      while (backend.underWay < 3) await setImmediate()
      await settled()
      assert.equal(backend.underWay, 3)
      for (const first of [3n, 2n, 1n]) {
        gateOf(first).resolve()
        await settled(20)
      }
      for (let first = 4n; first <= 9n; first++) gateOf(first).resolve()
    })()
    for await (const { statement, proof } of prover.proveMany(
      Array.from({ length: 9 }, (_, i) => job(BigInt(i + 1))),
    )) {
      order.push(statement.product)
      proofs.add(String(proof.a))
      assert.equal(await verify(PRODUCT, proof, statement, { vkey }), true)
    }
    await opening
    assert.deepEqual(order, [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n])
    assert.equal(proofs.size, 9)
    assert.equal(backend.most, 3)
    await prover[Symbol.asyncDispose]()
    await backend.dispose()
  })

  test('take the threads that are free: one each among many, all where only one job is left', async () => {
    // None ends before those that are to be under way together have begun.
    let together = 1
    const { backend, prover } = await proverWith(async () => {
      while (backend.begun.length < together) await setImmediate()
    })
    await using _ = backend
    await using __ = prover
    const threadsFor = async (count: number, begunTogether: number, options = {}) => {
      backend.begun.length = 0
      together = begunTogether
      const jobs = Array.from({ length: count }, (_, i) => job(BigInt(i + 1)))
      for await (const _ of prover.proveMany(jobs, options));
      return backend.begun.map(({ threads }) => threads)
    }
    assert.deepEqual(await threadsFor(1, 1), [3])
    assert.deepEqual(await threadsFor(2, 2), [2, 2])
    assert.deepEqual((await threadsFor(5, 3)).slice(0, 3), [1, 1, 1])
    assert.deepEqual(await threadsFor(3, 1, { atOnce: 1 }), [3, 3, 3])
    assert.deepEqual(await threadsFor(3, 1, { threads: 2 }), [2, 2, 2])
  })

  test('pull and calculate so many witnesses ahead of them, and nothing while the consumer is busy', async () => {
    const { backend, prover } = await proverWith(open)
    await using _ = backend
    await using __ = prover
    let pulled = 0
    function* jobs() {
      for (let left = 1n; left <= 12n; left++) {
        pulled++
        yield job(left)
      }
    }
    let taken = 0
    for await (const _ of prover.proveMany(jobs(), { atOnce: 2, lookahead: 1 })) {
      await settled(50)
      assert.equal(pulled, Math.min(taken + 3, 12))
      assert.equal(backend.begun.length, Math.min(taken + 2, 12))
      taken++
    }
    assert.equal(taken, 12)
    assert.equal(backend.most, 2)
  })

  test('wait for nobody: witnesses of the next jobs are there before any of the proofs ends', async () => {
    const closed = Promise.withResolvers<void>()
    const { backend, prover } = await proverWith(() => closed.promise)
    await using _ = backend
    await using __ = prover
    let built = 0
    const watched = {
      ...PRODUCT,
      buildInput: (...given: Parameters<typeof PRODUCT.buildInput>) => {
        built++
        return PRODUCT.buildInput(...given)
      },
    }
    await using other = await createProver({ ...toys.options, definitions: { product: watched }, backend })
    const first = other.proveMany(Array.from({ length: 8 }, (_, i) => job(BigInt(i + 1)))).next()
    while (built < 5 || backend.underWay < 3) await setImmediate()
    await settled()
    assert.deepEqual([built, backend.underWay], [5, 3])
    closed.resolve()
    assert.equal((await first).done, false)
  })

  test('end with the first failure in order, after the proofs before it, and the others are stopped', async () => {
    const never = new Promise<void>(() => undefined)
    const { backend, prover } = await proverWith((first) => (first > 3n ? never : open()))
    await using _ = backend
    await using __ = prover
    const before = addon.memory()
    const proofs = prover.proveMany([job(1n), job(2n), falseJob(), job(4n), job(5n)], { atOnce: 3 })
    for (const product of [1n, 2n]) {
      const { value, done } = await proofs.next()
      assert.equal(done, false)
      assert.equal(value?.statement.product, product)
    }
    await assert.rejects(proofs.next(), { code: 'WITNESS_FAILED' })
    assert.equal(backend.underWay, 0)
    assert.equal((await proofs.next()).done, true)
    assert.deepEqual([addon.memory().unwiped, addon.memory().taken], [before.unwiped, addon.memory().returned])
  })

  test('pull no further and begin nothing behind a job that is known to fail, and still finish what is before it', async () => {
    const gate = Promise.withResolvers<void>()
    const { backend, prover: own } = await proverWith(() => gate.promise)
    await using _ = backend
    await using __ = own
    let refused = false
    const refusing = {
      ...PRODUCT,
      buildInput: (...given: Parameters<typeof PRODUCT.buildInput>) => {
        if (given[0].product === 3n) {
          refused = true
          throw new ZkclearError('INPUT_INVALID', 'three is refused here')
        }
        return PRODUCT.buildInput(...given)
      },
    }
    await using prover = await createProver({ ...toys.options, definitions: { product: refusing }, backend })
    let pulled = 0
    function* jobs() {
      for (const left of [1n, 3n, 4n, 5n, 6n]) {
        pulled++
        yield job(left)
      }
    }
    const proofs = prover.proveMany(jobs(), { atOnce: 2, lookahead: 0 })
    const first = proofs.next()
    while (backend.underWay < 1 || !refused) await setImmediate()
    await settled()
    gate.resolve()
    assert.equal((await first).done, false)
    await assert.rejects(proofs.next(), { code: 'INPUT_INVALID' })
    assert.deepEqual([pulled, backend.begun.length], [2, 1])
  })

  test('are all stopped by an abort, by the consumer who leaves, and by disposing of the prover', async () => {
    const never = new Promise<void>(() => undefined)
    const jobs = [job(1n), job(2n), job(3n), job(4n)]
    const { backend, prover } = await proverWith((first) => (first > 1n ? never : open()))
    const controller = new AbortController()
    const aborted = prover.proveMany(jobs, { signal: controller.signal })
    assert.equal((await aborted.next()).done, false)
    const second = aborted.next()
    while (backend.underWay < 3) await setImmediate()
    controller.abort()
    await assert.rejects(second, { code: 'ABORTED' })
    assert.equal(backend.underWay, 0)

    for await (const _ of prover.proveMany(jobs)) {
      while (backend.underWay === 0) await setImmediate()
      break
    }
    assert.equal(backend.underWay, 0)

    const left = prover.proveMany(jobs)
    assert.equal((await left.next()).done, false)
    const refused = assert.rejects(left.next(), { code: 'ABORTED', message: /disposed/ })
    await prover[Symbol.asyncDispose]()
    await refused
    assert.equal(backend.underWay, 0)
    await backend.dispose()
    const { taken, returned } = addon.memory()
    assert.equal(taken, returned)
  })

  test('say of each job how far it is, and of all together, which never falls', async () => {
    const { backend, prover } = await proverWith(open)
    await using _ = backend
    await using __ = prover
    const told: ManyProgress[] = []
    const options = { onProgress: (progress: ManyProgress) => void told.push(progress) }
    for await (const _ of prover.proveMany([1n, 2n, 3n, 4n].map(job), options));
    const proved = told.map((one) => one.proved)
    assert.deepEqual(
      proved,
      [...proved].sort((a, b) => a - b),
    )
    assert.equal(proved.at(-1), 4)
    for (const number of [0, 1, 2, 3]) {
      const own = told.filter((one) => one.job === number)
      assert.deepEqual([...new Set(own.map(({ stage }) => stage))], ['prove', 'verify'])
      assert.equal(own.at(-1)?.fraction, 1)
    }
  })

  test('are refused beyond what can be, with what is allowed', async () => {
    await using prover = await createProver({ ...toys.options, circuits: ['product'] })
    await assert.rejects(prover.proveMany([], { atOnce: 1025 }).next(), {
      code: 'INPUT_INVALID',
      path: 'atOnce',
      message: /from 1 to \d+: /,
    })
    await assert.rejects(prover.proveMany([], { threads: 0 }).next(), { code: 'INPUT_INVALID', path: 'threads' })
  })
})

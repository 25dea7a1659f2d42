import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { LoadedKey, ProvingOptions } from '../../prover/backend.ts'
import { createProver } from '../../prover/create-prover.ts'
import { SnarkjsBackend } from '../../prover/snarkjs-backend.ts'
import { toyArtifacts } from '../support/toy-artifacts.ts'
import { FOR_EVER, PRODUCT, productInstance, SLOW } from '../support/toy-definitions.ts'

/** snarkjs, but every proof waits first. */
class WaitingBackend extends SnarkjsBackend {
  readonly #wait: () => Promise<void>

  constructor(wait: () => Promise<void>) {
    super()
    this.#wait = wait
  }

  override async prove(key: LoadedKey, witness: Uint8Array, options?: ProvingOptions) {
    await this.#wait()
    return super.prove(key, witness, options)
  }
}

/** A source of jobs left * 5 that counts what was pulled and knows when it was closed. */
function source(count: number) {
  const state = { pulled: 0, closed: false }
  async function* jobs() {
    try {
      for (let left = 1n; left <= BigInt(count); left++) {
        state.pulled++
        yield { circuit: 'product' as const, ...productInstance(left, 5n) }
      }
    } finally {
      state.closed = true
    }
  }
  return { state, jobs: jobs() }
}

suite('Prover.proveMany', () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  before(async () => {
    toys = await toyArtifacts([PRODUCT, SLOW])
  })
  after(() => toys[Symbol.asyncDispose]())
  const options = () => ({ ...toys.options, circuits: ['product', 'slow'] as const })

  test('yields the proofs in the order of the jobs, from any iterable', async () => {
    await using prover = await createProver(options())
    const { jobs, state } = source(5)
    const products: bigint[] = []
    for await (const { statement } of prover.proveMany(jobs)) products.push((statement as { product: bigint }).product)
    assert.deepEqual(products, [5n, 10n, 15n, 20n, 25n])
    assert.ok(state.closed)
    const array = [{ circuit: 'slow' as const, statement: { steps: 3n }, witness: {} }]
    for await (const proved of prover.proveMany(array)) assert.equal(proved.circuit, 'slow')
    for await (const proved of prover.proveMany([])) assert.fail(`nothing to prove, but got ${proved.circuit}`)
  })

  test('calculates the next witnesses while a proof runs, and no more than the lookahead', async () => {
    const { jobs, state } = source(6)
    let proofs = 0
    // Each proof waits until the jobs ahead of it are prepared: without overlap, the first would wait for ever.
    const wait = async () => {
      proofs++
      const expected = Math.min(proofs + 2, 6)
      while (state.pulled < expected) await setImmediate()
      for (let round = 0; round < 100; round++) await setImmediate()
      assert.equal(state.pulled, expected)
    }
    await using backend = new WaitingBackend(wait)
    await using prover = await createProver({ ...options(), backend })
    for await (const { publicSignals } of prover.proveMany(jobs, { atOnce: 1 }))
      assert.equal(publicSignals[0], 5n * BigInt(proofs))
    assert.equal(proofs, 6)
  })

  test('pulls nothing more while the consumer is busy', async () => {
    await using prover = await createProver(options())
    const { jobs, state } = source(10)
    let taken = 0
    for await (const _ of prover.proveMany(jobs, { atOnce: 1, lookahead: 1 })) {
      taken++
      for (let round = 0; round < 100; round++) await setImmediate()
      assert.equal(state.pulled, Math.min(taken + 1, 10))
    }
    assert.equal(taken, 10)
  })

  test('with lookahead 0 takes one job at a time', async () => {
    await using prover = await createProver(options())
    const { jobs, state } = source(3)
    let taken = 0
    for await (const _ of prover.proveMany(jobs, { atOnce: 1, lookahead: 0 })) assert.equal(state.pulled, ++taken)
    assert.equal(taken, 3)
  })

  test('proves what has come while the source is still waiting for more', async () => {
    await using prover = await createProver(options())
    const blocked = Promise.withResolvers<void>()
    async function* jobs() {
      yield { circuit: 'product' as const, ...productInstance(1n, 5n) }
      await blocked.promise
      yield { circuit: 'product' as const, ...productInstance(2n, 5n) }
    }
    const proofs = prover.proveMany(jobs())
    assert.equal((await proofs.next()).done, false)
    blocked.resolve()
    assert.equal((await proofs.next()).done, false)
    assert.equal((await proofs.next()).done, true)
  })

  test('closes the source when the consumer leaves early, and stops witnesses that nobody wants', async () => {
    await using prover = await createProver(options())
    let closed = false
    async function* jobs() {
      try {
        yield { circuit: 'product' as const, ...productInstance(1n, 5n) }
        for (;;) yield { circuit: 'slow' as const, statement: FOR_EVER, witness: {} }
      } finally {
        closed = true
      }
    }
    for await (const _ of prover.proveMany(jobs())) break
    assert.ok(closed)
  })

  test('fails with the first job that fails, after the proofs before it', async () => {
    await using prover = await createProver(options())
    const good = { circuit: 'product' as const, ...productInstance(1n, 5n) }
    const bad = { ...good, statement: { ...good.statement, product: 6n } }
    const proofs = prover.proveMany([good, bad, good])
    assert.equal((await proofs.next()).done, false)
    await assert.rejects(proofs.next(), { code: 'WITNESS_FAILED' })
    assert.equal((await proofs.next()).done, true)
  })

  test('passes on what the source throws, after the proofs before it', async () => {
    await using prover = await createProver(options())
    async function* jobs() {
      yield { circuit: 'product' as const, ...productInstance(1n, 5n) }
      throw new RangeError('the feed broke')
    }
    const proofs = prover.proveMany(jobs())
    assert.equal((await proofs.next()).done, false)
    await assert.rejects(proofs.next(), RangeError)
  })

  test('aborts while a witness is calculated, and while the source has nothing to give', async () => {
    await using prover = await createProver(options())
    const first = new AbortController()
    const slow = [{ circuit: 'slow' as const, statement: FOR_EVER, witness: {} }]
    const calculating = prover.proveMany(slow, { signal: first.signal }).next()
    first.abort()
    await assert.rejects(calculating, { code: 'ABORTED' })

    const second = new AbortController()
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }
    const waiting = prover.proveMany(silent, { signal: second.signal }).next()
    second.abort()
    await assert.rejects(waiting, { code: 'ABORTED' })
  })

  test('ends with ABORTED when the prover is disposed meanwhile', async () => {
    const prover = await createProver({ ...options(), graceMs: 1 })
    const proofs = prover.proveMany([{ circuit: 'slow' as const, statement: FOR_EVER, witness: {} }])
    const refused = assert.rejects(proofs.next(), { code: 'ABORTED' })
    await prover[Symbol.asyncDispose]()
    await refused
  })
})

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { wtns } from 'snarkjs'
import { wires } from '../../circom/witness-wires.ts'
import { flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitDefinition, CircuitInput } from '../../circuits/types.ts'
import { WitnessPool } from '../../prover/witness-pool.ts'
import { toyArtifacts } from '../support/toy-artifacts.ts'
import { FOR_EVER, POWERS, PRODUCT, productInstance, SLOW } from '../support/toy-definitions.ts'

suite('WitnessPool', () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  const programs = new Map<string, WebAssembly.Module>()
  before(async () => {
    toys = await toyArtifacts()
    for (const circuit of [PRODUCT, POWERS, SLOW]) {
      const { files } = await toys.load(circuit)
      programs.set(circuit.name, await WebAssembly.compile(await readFile(files.wasm)))
    }
  })
  after(() => toys[Symbol.asyncDispose]())

  function job(circuit: CircuitDefinition, input: CircuitInput) {
    return {
      circuit: circuit.name,
      program: async () => programs.get(circuit.name)!,
      input: flattenInput(circuit, 'small', input),
    }
  }
  const productInput = () => {
    const { statement, witness } = productInstance(3n, 5n)
    return { ...statement, ...witness }
  }

  test('calculates the witness that snarkjs calculates', async () => {
    await using pool = new WitnessPool(1)
    const input = { first: 81n, second: 256n, roots: [3n, 4n] }
    const file: { type: 'mem'; data?: Uint8Array } = { type: 'mem' }
    await wtns.calculate(input, (await toys.load(POWERS)).files.wasm, file)
    const expected = ((await wtns.exportJson(file as never)) as bigint[]).map(BigInt)
    assert.deepEqual(wires(await pool.calculate(job(POWERS, input))), expected)
  })

  test('hands the input over and gets the witness without copies', async () => {
    await using pool = new WitnessPool(1)
    const given = job(PRODUCT, productInput())
    const witness = await pool.calculate(given)
    assert.equal(given.input.values.byteLength, 0)
    assert.equal(witness.byteLength, witness.buffer.byteLength)
    assert.deepEqual(wires(witness), [1n, 15n, 100n, 7n, 3n, 5n])
  })

  test('names template and line, and no value, where a constraint does not hold', async () => {
    await using pool = new WitnessPool(1)
    const input = { first: 81n, second: 987654321n, roots: [3n, 4n] }
    await assert.rejects(pool.calculate(job(POWERS, input)), (error: Error & { code: string; details: object }) => {
      assert.equal(error.code, 'WITNESS_FAILED')
      assert.match(error.message, /in template IsFourthPower \(line 8\), within Powers \(line \d+\)/)
      assert.deepEqual(Object.keys(error.details), ['circuit', 'kind', 'trace'])
      assert.doesNotMatch(JSON.stringify({ ...error, text: error.stack }), /987654321/)
      return true
    })
    assert.equal((await pool.calculate(job(PRODUCT, productInput()))).length, 6 * 32)
  })

  test('refuses an input whose signals are not those of the compiled program', async () => {
    await using pool = new WitnessPool(1)
    const program = async () => programs.get('product')!
    const shapes = [
      { product: [], square: [], offset: [], left: [], wrong: [] },
      { product: [], square: [], offset: [], left: [] },
      { product: [2], square: [], offset: [], left: [], right: [] },
    ]
    for (const shape of shapes) {
      const zeros = Object.entries(shape).map(([name, [length]]) => [name, length ? Array(length).fill(0n) : 0n])
      const input = flattenInput({ inputShapes: () => shape }, 'small', Object.fromEntries(zeros))
      await assert.rejects(pool.calculate({ circuit: 'product', program, input }), {
        code: 'WITNESS_FAILED',
        message: /definition and compiled program disagree/,
      })
    }
  })

  test('aborts a witness under way, and one that has not begun, and works on', async () => {
    await using pool = new WitnessPool(1)
    const controller = new AbortController()
    await pool.calculate(job(PRODUCT, productInput()))
    const running = pool.calculate(job(SLOW, FOR_EVER), controller.signal)
    const waiting = pool.calculate(job(SLOW, FOR_EVER), controller.signal)
    const unconcerned = pool.calculate(job(PRODUCT, productInput()))
    controller.abort()
    await assert.rejects(running, { code: 'ABORTED' })
    await assert.rejects(waiting, { code: 'ABORTED' })
    await assert.rejects(pool.calculate(job(SLOW, FOR_EVER), controller.signal), { code: 'ABORTED' })
    assert.equal((await unconcerned).length, 6 * 32)
  })

  test('a worker that dies fails its job and nothing else', async () => {
    await using pool = new WitnessPool(1)
    await pool.calculate(job(PRODUCT, productInput()))
    const doomed = pool.calculate(job(SLOW, FOR_EVER))
    const waiting = pool.calculate(job(PRODUCT, productInput()))
    await Promise.all([
      pool.threads[0]!.terminate(),
      assert.rejects(doomed, { code: 'WITNESS_FAILED', message: /died/ }),
    ])
    assert.equal((await waiting).length, 6 * 32)
  })

  test('a worker that dies while it starts fails the jobs that waited for it, and the next job gets another one', async () => {
    await using pool = new WitnessPool(1)
    const doomed = pool.calculate(job(SLOW, FOR_EVER))
    await Promise.all([pool.threads[0]!.terminate(), assert.rejects(doomed, { code: 'WITNESS_FAILED' })])
    assert.equal((await pool.calculate(job(PRODUCT, productInput()))).length, 6 * 32)
  })

  test('closing it aborts what is under way', async () => {
    const pool = new WitnessPool(1)
    const running = pool.calculate(job(SLOW, FOR_EVER))
    await Promise.all([pool[Symbol.asyncDispose](), assert.rejects(running, { code: 'ABORTED' })])
    await assert.rejects(pool.calculate(job(PRODUCT, productInput())), { code: 'ABORTED' })
  })
})

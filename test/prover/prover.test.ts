import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createProver } from '../../prover/create-prover.ts'
import { proofFromJson, proofToJson, verify } from '../../verifier/index.ts'
import { type VkeyJson, verifyWithNoble } from '../support/noble-verify.ts'
import { readJson, toyArtifacts } from '../support/toy-artifacts.ts'
import { FOR_EVER, POWERS, PRODUCT, productInstance } from '../support/toy-definitions.ts'
import { verifyWithSnarkjs } from '../support/toy-proof.ts'

suite('Prover.prove', () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  before(async () => {
    toys = await toyArtifacts()
  })
  after(() => toys[Symbol.asyncDispose]())

  test('makes a proof that snarkjs, an independent pairing and the verifier accept, also after a JSON round trip', async () => {
    const { statement, witness } = productInstance(3n, 5n)
    const vkey = (await readJson((await toys.load(PRODUCT)).files.vkey)) as VkeyJson
    const stages = new Set<string>()
    await using prover = await createProver(toys.options)
    const proved = await prover.prove('product', statement, witness, { onProgress: ({ stage }) => stages.add(stage) })
    assert.deepEqual([...stages], ['witness', 'prove', 'verify'])
    assert.equal(proved.circuit, 'product')
    assert.deepEqual(proved.statement, statement)
    assert.deepEqual(proved.publicSignals, [15n, 100n, 7n])
    assert.ok(Object.values(proved.timings).every((ms) => ms >= 0))

    const json = JSON.parse(JSON.stringify(proofToJson(proved.proof)))
    assert.deepEqual(proofFromJson(json), proved.proof)
    assert.equal(await verify(PRODUCT, proofFromJson(json), statement, { vkey }), true)
    assert.equal(await verify(PRODUCT, proved.proof, { ...statement, product: 16n }, { vkey }), false)
    assert.equal(verifyWithNoble(vkey, proved.proof, proved.publicSignals), true)
    await prover[Symbol.asyncDispose]()
    assert.equal(await verifyWithSnarkjs(vkey, proved.publicSignals, json), true)
  })

  test('proves several statements of several circuits at once', async () => {
    await using prover = await createProver(toys.options)
    const proofs = await Promise.all([
      prover.prove('powers', { first: 81n, second: 256n }, { roots: [3n, 4n] }),
      ...[1n, 2n, 3n].map((left) => {
        const { statement, witness } = productInstance(left, 5n)
        return prover.prove('product', statement, witness)
      }),
      prover.prove('slow', { steps: 10n }, {}),
    ])
    assert.deepEqual(
      proofs.map(({ publicSignals }) => publicSignals[0]),
      [81n, 5n, 10n, 15n, 10n],
    )
  })

  test('refuses a false statement: there is no witness', async () => {
    await using prover = await createProver(toys.options)
    const refused = prover.prove('powers', { first: 81n, second: 257n }, { roots: [3n, 4n] })
    await assert.rejects(refused, { code: 'WITNESS_FAILED', message: /IsFourthPower \(line 8\)/ })
  })

  test('refuses a bad statement, a bad witness, and a circuit it has not, before any work', async () => {
    await using prover = await createProver({ ...toys.options, circuits: ['product'] })
    const { statement, witness } = productInstance(3n, 5n)
    const bad = { ...statement, product: -1n }
    await assert.rejects(prover.prove('product', bad, witness), { code: 'STATEMENT_INVALID' })
    const unsafe = { ...witness, right: 5 as never }
    await assert.rejects(prover.prove('product', statement, unsafe), { code: 'INPUT_INVALID', path: 'input.right' })
    await assert.rejects(prover.prove('powers' as never, {} as never, {} as never), { code: 'CIRCUIT_UNKNOWN' })
    await assert.rejects(prover.prove('toString' as never, {} as never, {} as never), { code: 'CIRCUIT_UNKNOWN' })
  })

  test('says why there is no witness where the definition knows, and the circuit does where it does not', async () => {
    const statement = { first: 81n, second: 257n }
    const refuse = async (refusal: NonNullable<(typeof POWERS)['refusal']>, message: RegExp) => {
      const definitions = { powers: { ...POWERS, refusal } }
      await using prover = await createProver({ ...toys.options, circuits: ['powers'], definitions })
      await assert.rejects(prover.prove('powers', statement, { roots: [3n, 4n] }), { code: 'WITNESS_FAILED', message })
    }
    const reason = (given: { second: bigint }, { roots }: { roots: readonly bigint[] }) => `${given.second}, ${roots}`
    await refuse(reason, /^powers cannot be proved: 257, 3,4$/)
    await refuse(() => undefined, /IsFourthPower \(line 8\)/)
    await refuse(() => {
      throw new TypeError('unreadable')
    }, /IsFourthPower \(line 8\)/)
  })

  test('refuses null, holes and wrong types with a code, wherever they are given', async () => {
    await using prover = await createProver({ ...toys.options, circuits: ['product', 'powers'] })
    const { statement, witness } = productInstance(3n, 5n)
    for (const bad of [null, undefined, 0, 'text', Symbol('bad')] as never[]) {
      await assert.rejects(prover.prove(bad, statement as never, witness as never), { code: 'CIRCUIT_UNKNOWN' })
      await assert.rejects(prover.prove('product', bad, witness), { code: 'STATEMENT_INVALID' })
      await assert.rejects(prover.prove('product', statement, bad), { code: 'INPUT_INVALID' })
      await assert.rejects(prover.proveMany(bad).next(), { path: 'jobs' })
      await assert.rejects(prover.proveMany([bad]).next(), { code: 'CIRCUIT_UNKNOWN' })
      if (bad !== undefined) {
        const options = { signal: bad }
        await assert.rejects(prover.prove('product', statement, witness, options), { path: 'signal' })
        await assert.rejects(createProver({ ...toys.options, circuits: bad ?? 0 }), { path: 'circuits' })
      }
      await assert.rejects(createProver(bad), { code: 'INPUT_INVALID', path: 'options' })
      await assert.rejects(createProver({ ...toys.options, profile: bad }), { code: 'PROFILE_UNKNOWN' })
      await assert.rejects(createProver({ ...toys.options, circuits: [bad] }), { code: 'CIRCUIT_UNKNOWN' })
    }
    assert.equal((await prover.prove('product', statement, witness, null as never)).circuit, 'product')
    const sparse = { roots: Object.assign(Array(2), { 1: 4n }) }
    await assert.rejects(prover.prove('powers', { first: 81n, second: 256n }, sparse), {
      code: 'INPUT_INVALID',
      path: 'input.roots[0]',
    })
  })

  test('says that a witness is of the wrong type, and repeats nothing of it', async () => {
    const definition = { ...PRODUCT, buildInput: () => ({ left: BigInt('confidential') }) as never }
    await using prover = await createProver({ ...toys.options, definitions: { product: definition } })
    const { statement, witness } = productInstance(3n, 5n)
    await assert.rejects(prover.prove('product', statement, witness), {
      code: 'INPUT_INVALID',
      message: 'witness: is not of the type that product takes: building its input ended with SyntaxError',
    })
  })

  test('refuses a definition whose input says something else than its statement', async () => {
    const liar = { ...PRODUCT, buildInput: () => ({ ...productInstance(1n, 1n).statement, left: 1n, right: 1n }) }
    await using prover = await createProver({ ...toys.options, definitions: { product: liar } })
    const { statement, witness } = productInstance(3n, 5n)
    await assert.rejects(prover.prove('product', statement, witness), {
      code: 'INPUT_INVALID',
      message: /public signals/,
    })
  })

  test('aborts before it starts, while the witness is calculated and while the proof is made', async () => {
    await using prover = await createProver(toys.options)
    const { statement, witness } = productInstance(3n, 5n)
    await assert.rejects(prover.prove('product', statement, witness, { signal: AbortSignal.abort() }), {
      code: 'ABORTED',
    })

    const first = new AbortController()
    const slow = prover.prove('slow', FOR_EVER, {}, { signal: first.signal, onProgress: () => first.abort() })
    await assert.rejects(slow, { code: 'ABORTED' })

    const second = new AbortController()
    const onProgress = ({ stage }: { stage: string }) => stage === 'prove' && second.abort()
    const proving = prover.prove('product', statement, witness, { signal: second.signal, onProgress })
    await assert.rejects(proving, { code: 'ABORTED' })

    assert.equal((await prover.prove('product', statement, witness)).circuit, 'product')
  })

  test('disposing lets what is under way finish, and refuses what comes later', async () => {
    const prover = await createProver(toys.options)
    const { statement, witness } = productInstance(3n, 5n)
    const underWay = prover.prove('product', statement, witness)
    const disposed = prover[Symbol.asyncDispose]()
    await assert.rejects(prover.prove('product', statement, witness), { code: 'ABORTED', message: /disposed/ })
    assert.equal((await underWay).circuit, 'product')
    await disposed
    await assert.rejects(prover.prove('product', statement, witness), { code: 'ABORTED', message: /disposed/ })
  })

  test('disposing aborts what is still under way after the grace period', async () => {
    const prover = await createProver({ ...toys.options, graceMs: 1 })
    const underWay = prover.prove('slow', FOR_EVER, {})
    const refused = assert.rejects(underWay, { code: 'ABORTED', message: /disposed/ })
    await prover[Symbol.asyncDispose]()
    await refused
  })

  test('shows no private value in the error of a failed witness', async () => {
    await using prover = await createProver(toys.options)
    const secret = 1234567890123n
    const refused = prover.prove('powers', { first: 81n, second: 257n }, { roots: [secret, 4n] })
    await assert.rejects(refused, (error: Error & { details: object; cause: unknown }) => {
      return !JSON.stringify([error.message, error.stack, error.details, String(error.cause)]).includes(String(secret))
    })
  })
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, suite, test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { marginSufficiency } from '../../circuits/index.ts'
import { FIELD } from '../../protocol/numbers.ts'
import {
  BASE_FIELD,
  type Groth16Proof,
  proofToJson,
  readProof,
  toCalldata,
  verify,
  vetVerificationKey,
} from '../../verifier/index.ts'
import { rerandomize } from '../support/forge.ts'
import { NobleG1, NobleG2, verifyWithNoble } from '../support/noble-verify.ts'
import { PRODUCT } from '../support/toy-definitions.ts'
import { snarkjsProductProof, verifyWithSnarkjs } from '../support/toy-proof.ts'

suite('verify', () => {
  let toy: Awaited<ReturnType<typeof snarkjsProductProof>>
  before(async () => {
    toy = await snarkjsProductProof()
  })
  const check = (proof: Groth16Proof, statement = toy.statement) => verify(PRODUCT, proof, statement, toy)

  test('agrees with snarkjs and with an independent pairing on a true statement', async () => {
    assert.equal(await check(toy.proof), true)
    assert.equal(await verifyWithSnarkjs(toy.vkey, toy.signals, toy.proofJson), true)
    assert.equal(verifyWithNoble(toy.vkey, toy.proof, toy.signals), true)
  })

  test('agrees with them on a false statement: product 16 instead of 15', async () => {
    const statement = { ...toy.statement, product: 16n }
    const signals = PRODUCT.encodeStatement(statement)
    assert.equal(await check(toy.proof, statement), false)
    assert.equal(await verifyWithSnarkjs(toy.vkey, signals, toy.proofJson), false)
    assert.equal(verifyWithNoble(toy.vkey, toy.proof, signals), false)
  })

  test('accepts a re-randomised copy: a proof is not its own identity', async () => {
    const copy = rerandomize(toy.proof)
    assert.notDeepEqual(copy, toy.proof)
    assert.equal(await check(copy), true)
    assert.equal(verifyWithNoble(toy.vkey, copy, toy.signals), true)
  })

  test('rejects a coordinate x + q, which snarkjs accepts', async () => {
    const { a, b, c } = toy.proof
    const alias: Groth16Proof = { a: [a[0] + BASE_FIELD, a[1]], b, c }
    assert.equal(await verifyWithSnarkjs(toy.vkey, toy.signals, proofToJson(alias)), true)
    const aliases: Groth16Proof[] = [
      alias,
      { a: [a[0], a[1] + BASE_FIELD], b, c },
      { a, b: [[b[0][0] + BASE_FIELD, b[0][1]], b[1]], c },
      { a, b: [b[0], [b[1][0], b[1][1] - BASE_FIELD]], c },
      { a, b, c: [c[0], c[1] - BASE_FIELD] },
    ]
    for (const proof of aliases) assert.equal(await check(proof), false)
  })

  test('rejects points at infinity and off the curve', async () => {
    const { a, b, c } = toy.proof
    const zero = [0n, 0n] as const
    const bad: Groth16Proof[] = [
      { a: zero, b, c },
      { a, b: [zero, zero], c },
      { a, b, c: zero },
      { a: [a[0], a[1] ^ 1n], b, c },
      { a, b: [b[0], [b[1][0] ^ 1n, b[1][1]]], c },
      { a, b, c: [c[0] ^ 1n, c[1]] },
    ]
    for (const proof of bad) assert.equal(await check(proof), false)
  })

  test('rejects a point of the twisted curve outside the group of order r', async () => {
    assert.equal(await check({ ...toy.proof, b: OUTSIDE_THE_GROUP }), false)
  })

  test('rejects values that are not points at all', async () => {
    const { a, b, c } = toy.proof
    for (const bad of [undefined, [], [1n], [1, 2], ['1', '2'], [1n, 2n, 1n]]) {
      assert.equal(await check({ a: bad as never, b, c }), false)
      assert.equal(await check({ a, b: [bad, bad] as never, c }), false)
    }
  })

  test('rejects a point with holes, which a loop over its entries would not see', async () => {
    const { a, b, c } = toy.proof
    const hole = Object.assign(Array(2), { 1: 1n }) as never
    for (const proof of [
      { a: hole, b, c },
      { a, b: [hole, b[1]], c },
      { a, b: Object.assign(Array(2), { 1: b[1] }), c },
      { a, b, c: Array(2) },
    ]) {
      assert.equal(await check(proof as never), false)
      assert.throws(() => toCalldata(PRODUCT, proof as never, toy.statement), { code: 'PROOF_INVALID' })
    }
  })

  test('rejects a proof that says it is of another proof system, and never blames the key', async () => {
    for (const protocol of ['plonk', 'fflonk', 'groth17', null, 1, '__proto__', 'toString']) {
      assert.equal(await check({ ...toy.proof, protocol } as never), false, String(protocol))
      assert.equal(await check({ protocol, points: {}, evaluations: {} } as never), false, String(protocol))
    }
    assert.equal(await check({ ...toy.proof, protocol: 'groth16' } as never), true)
    const broken = { ...(toy.vkey as object), IC: [] }
    const plonk = { ...toy.proof, protocol: 'plonk' } as never
    await assert.rejects(verify(PRODUCT, plonk, toy.statement, { vkey: broken }), { code: 'ARTIFACT_CORRUPT' })
  })

  test('refuses with a code what is not a proof, a statement, a key or a circuit', async () => {
    const nothing = [null, undefined, 0, 1n, '', 'proof', true, Symbol('proof'), () => 1, [], {}, new Map()]
    for (const bad of nothing as never[]) {
      await assert.rejects(check(bad), { code: 'INPUT_INVALID', path: 'proof' })
      assert.throws(() => toCalldata(PRODUCT, bad, toy.statement), { code: 'INPUT_INVALID', path: 'proof' })
      const { encodeStatement } = marginSufficiency
      assert.throws(() => encodeStatement(bad), { code: 'STATEMENT_INVALID' })
      await assert.rejects(verify(marginSufficiency, toy.proof, bad, toy), { code: 'STATEMENT_INVALID' })
      await assert.rejects(verify(PRODUCT, toy.proof, toy.statement, { vkey: bad }), { code: 'ARTIFACT_CORRUPT' })
      await assert.rejects(verify(PRODUCT, toy.proof, toy.statement, bad), { code: 'ARTIFACT_CORRUPT' })
      await assert.rejects(verify(bad, toy.proof, toy.statement, toy), { code: 'INPUT_INVALID', path: 'definition' })
      await assert.rejects(vetVerificationKey(toy.vkey, bad), { code: 'INPUT_INVALID', path: 'circuit' })
      assert.throws(() => readProof('groth16', bad), { code: 'INPUT_INVALID' })
      assert.throws(() => readProof(bad, toy.proofJson), { code: 'INPUT_INVALID' })
      assert.throws(() => marginSufficiency.decodeStatement!(bad), { code: 'STATEMENT_INVALID' })
    }
    assert.throws(() => marginSufficiency.decodeStatement!(Array(6)), { code: 'STATEMENT_INVALID' })
  })

  test('refuses the JSON of a proof, and says how to read it', async () => {
    await assert.rejects(check(toy.proofJson as never), { code: 'INPUT_INVALID', message: /read JSON with readProof/ })
  })

  test('rejects a swapped sign: -a proves nothing', async () => {
    const { x, y } = NobleG1.fromAffine({ x: toy.proof.a[0], y: toy.proof.a[1] }).negate().toAffine()
    assert.equal(await check({ ...toy.proof, a: [x, y] }), false)
  })

  test('refuses a statement outside its ranges: x + r', async () => {
    const statement = { ...toy.statement, product: toy.statement.product + FIELD }
    await assert.rejects(check(toy.proof, statement), { code: 'STATEMENT_INVALID' })
  })

  test('refuses too few and too many public signals, and signals that are not canonical, from any encoder', async () => {
    const encodings = [toy.signals.slice(0, 2), [...toy.signals, 0n], [-1n, 0n, 0n], [FIELD, 0n, 0n], [], [1, 2, 3]]
    for (const signals of encodings) {
      const definition = { ...PRODUCT, encodeStatement: () => signals as bigint[] }
      await assert.rejects(verify(definition, toy.proof, toy.statement, toy), { code: 'STATEMENT_INVALID' })
    }
  })

  test('is not fooled by dropping a public signal that is 0, as snarkjs is', async () => {
    const signals = toy.signals.slice(0, 2)
    assert.equal(toy.signals[2], 0n)
    assert.equal(await verifyWithSnarkjs(toy.vkey, signals, toy.proofJson), true)
    const definition = { ...PRODUCT, publicSignals: PRODUCT.publicSignals.slice(0, 2), encodeStatement: () => signals }
    await assert.rejects(verify(definition, toy.proof, toy.statement, toy), { code: 'ARTIFACT_CORRUPT' })
  })

  test('takes a vetted key, and still checks that it is for the circuit', async () => {
    const vkey = await vetVerificationKey(toy.vkey, PRODUCT)
    assert.equal(await verify(PRODUCT, toy.proof, toy.statement, { vkey }), true)
    const definition = { ...PRODUCT, publicSignals: ['one'], encodeStatement: () => [1n] }
    await assert.rejects(verify(definition, toy.proof, toy.statement, { vkey }), { code: 'ARTIFACT_CORRUPT' })
  })

  test('says of proofs made with the secrets of a key what the equation of their exponents says, also where points repeat', async () => {
    const scalar = fc.oneof(fc.constantFrom(1n, 2n, FIELD - 1n), fc.bigInt(1n, FIELD - 1n))
    const chosen = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'own')
    const secrets = fc.record({
      ...{ alpha: scalar, beta: scalar, gamma: scalar, delta: scalar, ic: fc.tuple(scalar, scalar, scalar, scalar) },
      ...{ signals: fc.tuple(scalar, scalar, scalar), own: scalar, a: chosen, b: chosen, isSumZero: fc.boolean() },
      off: fc.constantFrom(0n, 0n, 1n, FIELD - 1n),
    })
    const { Fn } = NobleG1
    const verdicts = new Set<string>()
    await fc.assert(
      fc.asyncProperty(secrets, async ({ ic, own, off, signals: given, isSumZero, ...one }) => {
        const { alpha, beta, gamma, delta } = one
        const sumOf = (values: readonly bigint[]) =>
          Fn.create(ic.reduce((sum, k, i) => sum + k * (i === 0 ? 1n : values[i - 1]!), 0n))
        // The sum of the signals' points is infinity, or what it is.
        const last = Fn.create(-sumOf([given[0], given[1], 0n]) * Fn.inv(ic[3]))
        const signals = isSumZero ? [given[0], given[1], last] : given
        const [a, b] = [one.a, one.b].map((name) => ({ ...one, own })[name])
        const c = Fn.create((a! * b! - alpha * beta - sumOf(signals) * gamma) * Fn.inv(delta) + off)
        const vkey = keyOf({ alpha, beta, gamma, delta, ic })
        const definition = { ...PRODUCT, encodeStatement: () => signals }
        const vetted = await vetVerificationKey(vkey, definition).catch((error) => {
          assert.equal(error.code, 'KEY_UNSAFE')
        })
        fc.pre(vetted !== undefined)
        const proof = { a: g1Of(a!), b: g2Of(b!), c: c === 0n ? ([0n, 0n] as const) : g1Of(c) }
        const verdict = await verify(definition, proof, toy.statement, { vkey: vetted })
        // What holds with a point at infinity is refused all the same.
        assert.equal(verdict, off === 0n && c !== 0n)
        verdicts.add(`${verdict} ${isSumZero}`)
      }),
      { numRuns: 40 },
    )
    assert.equal(verdicts.size, 4)
  })

  test('lets a script that verifies one proof exit by itself', async () => {
    const script = `
      import { verify, proofFromJson } from ${JSON.stringify(import.meta.resolve('../../verifier/index.ts'))}
      import { PRODUCT } from ${JSON.stringify(import.meta.resolve('../support/toy-definitions.ts'))}
      const [proof, vkey, signals] = JSON.parse(process.argv[1])
      const statement = PRODUCT.decodeStatement(signals.map(BigInt))
      console.log(await verify(PRODUCT, proofFromJson(proof), statement, { vkey }))`
    const given = JSON.stringify([toy.proofJson, toy.vkey, toy.signals.map(String)])
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, given])
    assert.equal(stdout, 'true\n')
  })
})

const g1Of = (k: bigint) => {
  const { x, y } = NobleG1.BASE.multiply(k).toAffine()
  return [x, y] as const
}
const g2Of = (k: bigint) => {
  const { x, y } = NobleG2.BASE.multiply(k).toAffine()
  return [[x.c0, x.c1] as const, [y.c0, y.c1] as const] as const
}

/** The key whose points are those multiples of the generators. */
function keyOf(
  key: Readonly<Record<'alpha' | 'beta' | 'gamma' | 'delta', bigint>> & { readonly ic: readonly bigint[] },
) {
  const g1 = (k: bigint) => [...g1Of(k).map(String), '1']
  const g2 = (k: bigint) => [...g2Of(k).map((part) => part.map(String)), ['1', '0']]
  const { alpha, beta, gamma, delta, ic } = key
  return {
    ...{ protocol: 'groth16', curve: 'bn128', nPublic: ic.length - 1, IC: ic.map(g1) },
    ...{ vk_alpha_1: g1(alpha), vk_beta_2: g2(beta), vk_gamma_2: g2(gamma), vk_delta_2: g2(delta) },
  }
}

/** On the curve of G2, but not a multiple of its generator. */
const OUTSIDE_THE_GROUP = [
  [1n, 0n],
  [
    3610091866386166428467545612961983990332663701371483510632385378352395651980n,
    15975588672102553735566230729081043132501226101599136527557730645158523614371n,
  ],
] as const

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { loadCurve } from '../../keys/dev/curve.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import {
  type KzgProof,
  readProof,
  soliditySource,
  verifierContractName,
  verify,
  vetKzgKey,
  writeProof,
} from '../../verifier/index.ts'
import { SHAPES } from '../../verifier/kzg/shapes.ts'
import { DEV_TAU, type KzgToy, kzgToy, snarkjsVerdict } from '../support/kzg-toy.ts'
import { simulateKzgProof } from '../support/simulate-kzg.ts'
import { PRODUCT } from '../support/toy-definitions.ts'

type Json = Record<string, unknown>

const DIGEST = 'ab'.repeat(32)

const toys = { plonk: kzgToy('plonk'), fflonk: kzgToy('fflonk') }

for (const system of ['plonk', 'fflonk'] as const) {
  suite(`verify, for ${system}`, () => {
    let toy: KzgToy
    before(async () => {
      toy = await toys[system]
    })
    after(() => globalThis.curve_bn128?.terminate())
    const { points, evaluations } = SHAPES[system]
    const check = (proof: object, statement = toy.statement) =>
      verify(PRODUCT, proof as KzgProof, statement, { vkey: toy.vkey })
    const theirs = (proof: object, signals = toy.signals, vkey: object = toy.vkey) =>
      snarkjsVerdict(vkey, signals, proof)
    /** The proof with another point or evaluation. */
    const changed = (name: string, change: (value: never) => unknown): KzgProof => {
      const part = (points as readonly string[]).includes(name) ? 'points' : 'evaluations'
      const values = toy.proof[part] as Record<string, unknown>
      return { ...toy.proof, [part]: { ...values, [name]: change(values[name] as never) } } as KzgProof
    }
    const simulate = (signals: readonly bigint[], chosen = {}) => simulateKzgProof(toy.key, DEV_TAU, signals, chosen)

    test('agrees with snarkjs on a true and on a false statement', async () => {
      const other = { ...toy.statement, product: 16n }
      assert.deepEqual([await check(toy.proof), await theirs(toy.proof)], [true, true])
      assert.deepEqual(
        [await check(toy.proof, other), await theirs(toy.proof, [16n, ...toy.signals.slice(1)])],
        [false, false],
      )
    })

    test('agrees with snarkjs on proofs that whoever knows tau makes, of false statements too', async () => {
      const statement = { ...toy.statement, product: 16n }
      const signals = PRODUCT.encodeStatement(statement)
      const proof = await simulate(signals)
      assert.deepEqual([await check(proof, statement), await theirs(proof, signals)], [true, true])
      assert.deepEqual([await check(proof), await theirs(proof)], [false, false])
    })

    test('agrees with snarkjs that a proof with any one part changed is false', async () => {
      const { G1 } = await loadCurve()
      const [x, y] = G1.toObject(G1.toAffine(G1.timesScalar(G1.g, 12345n)))
      for (const name of points) {
        assert.equal(await check(changed(name, () => [x, y])), false, name)
        assert.equal(await check(changed(name, ([x, y]: [bigint, bigint]) => [x, BASE_FIELD - y])), false, name)
      }
      assert.equal(await theirs(changed(points[0], () => [x, y])), false)
      for (const name of evaluations) {
        assert.equal(await check(changed(name, (value: bigint) => (value + 1n) % FIELD)), false, name)
      }
      assert.equal(await theirs(changed(evaluations[0], (value: bigint) => (value + 1n) % FIELD)), false)
    })

    test('refuses a coordinate x + q, which snarkjs accepts', async () => {
      for (const name of points) {
        for (const i of [0, 1]) {
          const alias = changed(name, (point: bigint[]) => point.with(i, point[i]! + BASE_FIELD))
          assert.equal(await check(alias), false, name)
          assert.throws(() => readProof(system, writeProof(alias)), { code: 'INPUT_INVALID' })
        }
      }
      assert.equal(await theirs(changed(points[0], ([x, y]: [bigint, bigint]) => [x + BASE_FIELD, y])), true)
    })

    test('refuses an evaluation x + r, which snarkjs accepts: it reduces before it checks the range', async () => {
      for (const name of evaluations) {
        const alias = changed(name, (value: bigint) => value + FIELD)
        assert.equal(await check(alias), false, name)
        assert.throws(() => readProof(system, writeProof(alias)), { code: 'INPUT_INVALID' })
      }
      assert.equal(await theirs(changed(evaluations[0], (value: bigint) => value + FIELD)), true)
    })

    test('refuses projective coordinates, in which snarkjs accepts many forms of one proof', async () => {
      const json = writeProof(toy.proof) as Json
      const holder = system === 'plonk' ? json : (json.polynomials as Json)
      const [x, y] = (holder[points[0]] as [string, string]).map(BigInt) as [bigint, bigint]
      const twice = [String((x * 4n) % BASE_FIELD), String((y * 8n) % BASE_FIELD), '2']
      const other = system === 'plonk' ? { ...json, A: twice } : { ...json, polynomials: { ...holder, C1: twice } }
      assert.equal(await theirs(other), true)
      assert.throws(() => readProof(system, other), { code: 'INPUT_INVALID' })
    })

    test('refuses points at infinity, which snarkjs accepts and contracts do not', async () => {
      const infinite: string = points[system === 'plonk' ? 6 : 0]!
      const chosen = { points: { [infinite]: [0n, 0n] as const } }
      const proof = await simulate(toy.signals, chosen)
      const json = writeProof(proof) as Json
      const atInfinity = ['0', '1', '0']
      const other =
        system === 'plonk'
          ? { ...json, [infinite]: atInfinity }
          : { ...json, polynomials: { ...(json.polynomials as Json), [infinite]: atInfinity } }
      assert.equal(await theirs(other), true)
      assert.equal(await check(proof), false)
      assert.throws(() => readProof(system, other), { code: 'INPUT_INVALID', message: /infinity/ })
    })

    test('refuses points off the curve, for which snarkjs throws a TypeError or returns false', async () => {
      for (const name of points) {
        const off = changed(name, ([x, y]: [bigint, bigint]) => [x, (y + 1n) % BASE_FIELD])
        assert.equal(await check(off), false, name)
        const verdict = await theirs(off).catch((error) => error.name)
        assert.equal(verdict, system === 'plonk' ? 'TypeError' : false)
      }
    })

    test('refuses too few and too many public signals, and signals that are not canonical, from any encoder', async () => {
      const bad = [toy.signals.slice(0, 2), [...toy.signals, 0n], toy.signals.with(2, FIELD), toy.signals.with(0, -1n)]
      for (const signals of bad) {
        const definition = { ...PRODUCT, encodeStatement: () => signals }
        await assert.rejects(verify(definition, toy.proof, toy.statement, { vkey: toy.vkey }), {
          code: 'STATEMENT_INVALID',
        })
        const verdict = await theirs(toy.proof, signals).catch((error) => error.name)
        assert.ok(verdict === false || verdict === 'TypeError')
      }
      const fewer = { ...PRODUCT, publicSignals: ['product', 'square'], encodeStatement: () => toy.signals.slice(0, 2) }
      await assert.rejects(verify(fewer, toy.proof, toy.statement, { vkey: toy.vkey }), { code: 'ARTIFACT_CORRUPT' })
    })

    test('refuses values that are not proofs at all', async () => {
      for (const bad of [undefined, null, 1n, '1', [], [1n], [1, 2], ['1', '2'], [1n, 2n, 1n]]) {
        assert.equal(await check(changed(points[0], () => bad)), false)
        if (typeof bad !== 'bigint') assert.equal(await check(changed(evaluations[0], () => bad)), false)
      }
      assert.equal(await check({ ...toy.proof, points: {} }), false)
      for (const protocol of ['groth16', 'toString', 1]) assert.equal(await check({ ...toy.proof, protocol }), false)
      const json = writeProof(toy.proof) as Json
      const { curve: _, ...withoutCurve } = json
      for (const form of [withoutCurve, { ...json, curve: 'bn254' }])
        assert.deepEqual(readProof(system, form), toy.proof)
      for (const bad of [
        { ...json, more: '1' },
        { ...json, curve: 'bls12381' },
        { ...json, protocol: 'groth16' },
        null,
        [],
      ]) {
        assert.throws(() => readProof(system, bad), { code: 'INPUT_INVALID' })
      }
    })

    test('says false to a proof of the other proof system, and refuses a key of the other system', async () => {
      const second = system === 'plonk' ? 'fflonk' : 'plonk'
      const other = await toys[second]
      for (const vkey of [toy.vkey, toy.key]) {
        assert.equal(await verify(PRODUCT, other.proof, other.statement, { vkey }), false)
        await assert.rejects(vetKzgKey(second, vkey, PRODUCT), { code: 'ARTIFACT_CORRUPT' })
      }
      assert.equal(await verify(PRODUCT, toy.proof, toy.statement, { vkey: toy.key }), true)
    })

    test('refuses a key with tau = 1 or -1, under which anybody makes proofs that snarkjs accepts, and tau = 0', async () => {
      const { G2 } = await loadCurve()
      const statement = { ...toy.statement, product: 16n }
      const signals = PRODUCT.encodeStatement(statement)
      for (const tau of [1n, FIELD - 1n, 0n]) {
        const x2 = G2.toObject(tau === 0n ? G2.zero : G2.toAffine(G2.timesScalar(G2.g, tau)))
        const vkey = { ...toy.vkey, X_2: x2.map((coordinate) => coordinate.map(String)) }
        const proof = await simulateKzgProof(toy.key, tau, signals)
        if (tau !== 0n) assert.equal(await theirs(proof, signals, vkey), true)
        await assert.rejects(verify(PRODUCT, proof, statement, { vkey }), { code: 'KEY_UNSAFE', message: /tau is/ })
      }
    })

    test('refuses keys that are malformed, or that do not fit the domain', async () => {
      const vet = (changes: Json) => vetKzgKey(system, { ...toy.vkey, ...changes }, PRODUCT)
      const commitment = system === 'plonk' ? 'S1' : 'C0'
      const corrupt: Json[] = [
        { nPublic: 2 },
        { nPublic: 3.5 },
        { power: 0 },
        { power: 28 },
        { k1: String(FIELD) },
        { w: '01' },
        { more: 1 },
        { [commitment]: ['1', '3', '1'] },
        {
          X_2: [
            ['1', '0'],
            ['1', '0'],
            ['1', '0'],
          ],
        },
        { protocol: 'groth16' },
      ]
      for (const changes of corrupt) {
        await assert.rejects(vet(changes), { code: 'ARTIFACT_CORRUPT' }, JSON.stringify(changes))
      }
      const { power, k1, w } = toy.vkey as { power: number; k1: string; w: string }
      const unsafe: Json[] = [
        { power: power + 1 },
        { w: '1' },
        { w: String(FIELD - 1n) },
        { k1: '0' },
        { k1: '1' },
        { k1: w },
        { k2: k1 },
        { k2: String((BigInt(k1) * BigInt(w)) % FIELD) },
        { [commitment]: ['0', '1', '0'] },
        ...(system === 'plonk'
          ? [
              { S1: toy.vkey.S2 },
              Object.fromEntries(['Qm', 'Ql', 'Qr', 'Qo', 'Qc'].map((name) => [name, ['0', '1', '0']])),
            ]
          : [{ w3: '1' }, { w4: toy.vkey.w8 }, { w8: toy.vkey.w4 }, { wr: '5' }]),
      ]
      for (const changes of unsafe) {
        await assert.rejects(vet(changes), { code: 'KEY_UNSAFE' }, JSON.stringify(changes))
      }
      assert.ok(Object.isFrozen(await vet({})))
    })

    test('becomes a contract, bound to local chains for a dev key, unless the key is unsafe', async () => {
      const source = (vkey: object, setup: 'dev' | 'ceremony' = 'dev') =>
        soliditySource(PRODUCT, vkey, {
          ...{ proofSystem: system, digest: DIGEST, setup, ceremony: { digest: DIGEST, contributions: 1 } },
        })
      const name = system === 'plonk' ? 'ProductPlonk' : 'ProductFflonk'
      assert.equal(verifierContractName(PRODUCT, system), `${name}Verifier`)
      const text = await source(toy.vkey)
      assert.match(text, new RegExp(`^contract ${name}Verifier is ${name} {$`, 'm'))
      assert.ok(text.includes(`// circuit: product\n// key: sha256 ${DIGEST}\n// setup: dev\npragma solidity 0.8.37;`))
      assert.match(text, /block\.chainid == 31337/)
      assert.doesNotMatch(await source(toy.vkey, 'ceremony'), /chainid/)
      await assert.rejects(source({ ...toy.vkey, k1: '1' }), { code: 'KEY_UNSAFE' })
      await assert.rejects(source({ ...toy.vkey, nPublic: 2 }), { code: 'ARTIFACT_CORRUPT' })
    })

    if (system === 'plonk') {
      test('reads w, which snarkjs exports to the contract and does not look at itself', async () => {
        const vkey = { ...toy.vkey, w: '1' }
        assert.equal(await theirs(toy.proof, toy.signals, vkey), true)
        await assert.rejects(verify(PRODUCT, toy.proof, toy.statement, { vkey }), { code: 'KEY_UNSAFE' })
      })
    } else {
      test('checks `inv`, which contracts check and snarkjs does not', async () => {
        const other = changed('inv', () => 1n)
        assert.equal(await theirs(other), true)
        assert.equal(await check(other), false)
      })

      test('refuses z = 0, of which the contract thinks otherwise than snarkjs', async () => {
        const proof = await simulate(toy.signals, { evaluations: { z: 0n } })
        assert.equal(await theirs(proof), true)
        assert.equal(await check(proof), false)
      })
    }
  })
}

import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { BASE_FIELD, proofToJson, verify, vetVerificationKey } from '../../verifier/index.ts'
import { forgeProof, forgeProofByBeta } from '../support/forge.ts'
import { NobleG2, verifyWithNoble } from '../support/noble-verify.ts'
import { PRODUCT, type ProductStatement } from '../support/toy-definitions.ts'
import { type SnarkjsVkey, snarkjsProductProof, verifyWithSnarkjs } from '../support/toy-proof.ts'

/** 4 is no product of 1 by anything whose shift squares to 3; whatever proves it is a forgery. */
const FALSE_STATEMENT: ProductStatement = { product: 4n, square: 3n, offset: 9n }
const SIGNALS = PRODUCT.encodeStatement(FALSE_STATEMENT)
const G1_INFINITY = ['0', '1', '0']
const G2_INFINITY = [
  ['0', '0'],
  ['1', '0'],
  ['0', '0'],
]

suite('vetVerificationKey', () => {
  let honest: SnarkjsVkey
  let skipped: SnarkjsVkey
  before(async () => {
    const toy = await snarkjsProductProof()
    honest = toy.vkey
    skipped = toy.initialVkey
  })

  async function refuses(change: object, code: string, reason: RegExp) {
    await assert.rejects(vetVerificationKey({ ...honest, ...change }, PRODUCT), (error: Error & { code: string }) => {
      assert.equal(error.code, code)
      assert.match(error.message, reason)
      return true
    })
  }

  test('passes a key of snarkjs after one contribution, and freezes it', async () => {
    const key = await vetVerificationKey(honest, PRODUCT)
    assert.equal(key.ic.length, 4)
    assert.deepEqual(key.alpha.map(String), honest.vk_alpha_1.slice(0, 2))
    assert.ok(Object.isFrozen(key) && Object.isFrozen(key.ic[0]) && Object.isFrozen(key.beta[0]))
    assert.equal(await vetVerificationKey(key, PRODUCT), key)
  })

  test('refuses a copy of a vetted key: only the object itself was vetted', async () => {
    const key = await vetVerificationKey(honest, PRODUCT)
    await assert.rejects(vetVerificationKey({ ...key }, PRODUCT), { code: 'ARTIFACT_CORRUPT' })
  })

  test('refuses a key whose phase 2 was skipped (gamma = delta); snarkjs accepts a forged proof under it', async () => {
    const forged = forgeProof(skipped, SIGNALS)
    assert.equal(await verifyWithSnarkjs(skipped, SIGNALS, proofToJson(forged)), true)
    assert.equal(verifyWithNoble(skipped, forged, SIGNALS), true)
    await assert.rejects(verify(PRODUCT, forged, FALSE_STATEMENT, { vkey: skipped }), { code: 'KEY_UNSAFE' })
    await refuses({ vk_gamma_2: honest.vk_delta_2 }, 'KEY_UNSAFE', /gamma and delta are equal/)
  })

  test('refuses gamma = -delta, under which proofs can be forged too', async () => {
    const key = { ...honest, vk_gamma_2: negated(honest.vk_delta_2) }
    assert.equal(verifyWithNoble(key, forgeProof(key, SIGNALS, -1), SIGNALS), true)
    await refuses(key, 'KEY_UNSAFE', /gamma and delta are equal up to sign/)
  })

  test('refuses beta = delta, under which proofs can be forged too, and beta = gamma', async () => {
    const key = { ...honest, vk_beta_2: honest.vk_delta_2 }
    assert.equal(verifyWithNoble(key, forgeProofByBeta(key, SIGNALS), SIGNALS), true)
    await refuses(key, 'KEY_UNSAFE', /beta equals/)
    await refuses({ vk_beta_2: negated(honest.vk_gamma_2) }, 'KEY_UNSAFE', /beta equals/)
  })

  test('refuses delta = the generator of G2, or minus it, whatever gamma is', async () => {
    const generator = text(NobleG2.BASE)
    const key = { vk_gamma_2: honest.vk_delta_2, vk_delta_2: generator }
    await refuses(key, 'KEY_UNSAFE', /delta is the generator/)
    await refuses({ ...key, vk_delta_2: negated(generator) }, 'KEY_UNSAFE', /delta is the generator/)
  })

  test('refuses every point at infinity', async () => {
    await refuses({ vk_alpha_1: G1_INFINITY }, 'KEY_UNSAFE', /alpha is the point at infinity/)
    for (const name of ['beta', 'gamma', 'delta']) {
      await refuses({ [`vk_${name}_2`]: G2_INFINITY }, 'KEY_UNSAFE', new RegExp(`${name} is the point at infinity`))
    }
    await refuses({ IC: [...honest.IC.slice(0, 3), G1_INFINITY] }, 'KEY_UNSAFE', /IC\[3\] is the point at infinity/)
  })

  test('refuses two public signals that share a point', async () => {
    const IC = [...honest.IC.slice(0, 3), honest.IC[2]]
    await refuses({ IC }, 'KEY_UNSAFE', /two points of IC/)
  })

  test('refuses a point outside the group, and points off the curve', async () => {
    const outside = [
      ['1', '0'],
      [
        '3610091866386166428467545612961983990332663701371483510632385378352395651980',
        '15975588672102553735566230729081043132501226101599136527557730645158523614371',
      ],
      ['1', '0'],
    ]
    await refuses({ vk_gamma_2: outside }, 'KEY_UNSAFE', /gamma is outside the group/)
    await refuses({ vk_alpha_1: ['0', '0', '1'] }, 'ARTIFACT_CORRUPT', /alpha is not on the curve/)
    await refuses({ vk_alpha_1: ['1', '3', '1'] }, 'ARTIFACT_CORRUPT', /alpha is not on the curve/)
    await refuses({ vk_beta_2: [['1', '0'], ['1', '0'], outside[2]] }, 'ARTIFACT_CORRUPT', /beta is not on the curve/)
  })

  test('refuses coordinates that are not canonical', async () => {
    const [x, y] = honest.vk_alpha_1
    for (const bad of [String(BigInt(x!) + BASE_FIELD), `0${x}`, `+${x}`, ` ${x}`, '-1', '', '0x1', '1e3', 5, null]) {
      await refuses({ vk_alpha_1: [bad, y, '1'] }, 'ARTIFACT_CORRUPT', /vk_alpha_1\[0\]/)
    }
    await refuses({ vk_alpha_1: [x, y, '2'] }, 'ARTIFACT_CORRUPT', /vk_alpha_1\[2\]/)
  })

  test('refuses another protocol or curve, wrong counts, and unknown fields', async () => {
    await refuses({ protocol: 'plonk' }, 'ARTIFACT_CORRUPT', /protocol/)
    await refuses({ curve: 'bls12381' }, 'ARTIFACT_CORRUPT', /curve/)
    await refuses({ nPublic: 4 }, 'ARTIFACT_CORRUPT', /IC has 4 points/)
    await refuses({ nPublic: 2, IC: honest.IC.slice(0, 3) }, 'ARTIFACT_CORRUPT', /for 2 public signals/)
    await refuses({ extra: 1 }, 'ARTIFACT_CORRUPT', /extra/)
    for (const value of [null, 'key', 7, [], {}]) {
      await assert.rejects(vetVerificationKey(value, PRODUCT), { code: 'ARTIFACT_CORRUPT' })
    }
  })
})

function text(point: InstanceType<typeof NobleG2>) {
  const { x, y } = point.toAffine()
  return [
    [String(x.c0), String(x.c1)],
    [String(y.c0), String(y.c1)],
    ['1', '0'],
  ]
}

function negated(point: readonly (readonly string[])[]) {
  const [x, y, z] = point
  return [x!, y!.map((c) => String((BASE_FIELD - BigInt(c)) % BASE_FIELD)), z!]
}

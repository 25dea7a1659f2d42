import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { FIELD } from '../../protocol/numbers.ts'
import {
  BASE_FIELD,
  type Groth16Proof,
  proofFromJson,
  proofToJson,
  publicSignalsFromJson,
  publicSignalsToJson,
} from '../../verifier/index.ts'

const coordinate = fc.bigInt({ min: 0n, max: BASE_FIELD - 1n })
const pair = fc.tuple(coordinate, coordinate)
const anyProof: fc.Arbitrary<Groth16Proof> = fc.record(
  { a: pair, b: fc.tuple(pair, pair), c: pair },
  { noNullPrototype: true },
)
const sample = proofToJson({
  a: [1n, 2n],
  b: [
    [3n, 4n],
    [5n, 6n],
  ],
  c: [7n, 8n],
})

suite('proof JSON', () => {
  test('comes back unchanged from any canonical coordinates', () => {
    fc.assert(
      fc.property(anyProof, (proof) => {
        const json = JSON.parse(JSON.stringify(proofToJson(proof)))
        assert.deepEqual(proofFromJson(json), proof)
        assert.deepEqual(proofToJson(proofFromJson(json)), json)
      }),
    )
  })

  test('is refused, with the path of the field, when a coordinate is not a canonical decimal string below q', () => {
    for (const bad of [String(BASE_FIELD), '-1', '01', '1 ', '0x1', '1e1', '', 1, null, '9'.repeat(100)]) {
      assert.throws(() => proofFromJson({ ...sample, pi_b: [['3', bad], sample.pi_b[1], sample.pi_b[2]] }), {
        code: 'INPUT_INVALID',
        path: 'proof.pi_b[0][1]',
      })
    }
  })

  test('is refused with a point at infinity, another protocol, missing or unknown fields', () => {
    const { pi_c: _, ...missing } = sample
    const values = [
      { ...sample, pi_a: ['0', '1', '0'] },
      { ...sample, protocol: 'plonk' },
      { ...sample, curve: 'bls12381' },
      { ...sample, more: 1 },
      { ...sample, pi_a: ['1'] },
      { ...sample, pi_a: ['1', '2', '2'] },
      { ...sample, pi_a: Object.assign(Array(2), { 1: '2' }) },
      { ...sample, pi_b: sample.pi_b.slice(0, 1) },
      { ...sample, curve: 'bn12' },
      { ...sample, curve: 128 },
      { ...sample, curve: null },
      missing,
      [],
      null,
      'proof',
    ]
    for (const value of values) assert.throws(() => proofFromJson(value), { code: 'INPUT_INVALID' })
  })
})

suite('proof JSON of other tools', () => {
  const { curve: _, ...rapidsnark } = sample
  const flat = {
    ...sample,
    pi_a: sample.pi_a.slice(0, 2),
    pi_b: sample.pi_b.slice(0, 2),
    pi_c: sample.pi_c.slice(0, 2),
  }

  test('is read without its curve, with another name of it, and with points of two coordinates', () => {
    const forms = [
      rapidsnark,
      ...['bn254', 'BN254', 'alt_bn128', 'altbn128'].map((curve) => ({ ...sample, curve })),
      flat,
    ]
    for (const form of forms) assert.deepEqual(proofFromJson(form), proofFromJson(sample))
  })

  test('is refused in these forms too when a coordinate is not canonical, with its path', () => {
    for (const bad of [String(BASE_FIELD), '-1', '01', 1]) {
      assert.throws(() => proofFromJson({ ...rapidsnark, pi_a: [bad, '2', '1'] }), { path: 'proof.pi_a[0]' })
      assert.throws(
        () =>
          proofFromJson({
            ...flat,
            pi_b: [
              ['3', '4'],
              ['5', bad],
            ],
          }),
        { path: 'proof.pi_b[1][1]' },
      )
    }
  })
})

suite('public signal JSON', () => {
  test('comes back unchanged from any field elements', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: FIELD - 1n })), (signals) => {
        assert.deepEqual(publicSignalsFromJson(publicSignalsToJson(signals)), signals)
      }),
    )
  })

  test('is refused when a signal is r or more, or not a decimal string', () => {
    for (const bad of [String(FIELD), '-1', 1, true, '', null]) {
      assert.throws(() => publicSignalsFromJson(['0', bad]), { code: 'INPUT_INVALID', path: 'publicSignals[1]' })
    }
    assert.throws(() => publicSignalsFromJson('1'), { code: 'INPUT_INVALID' })
  })
})

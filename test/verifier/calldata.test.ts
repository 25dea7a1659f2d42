import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { groth16 } from 'snarkjs'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD, type Groth16Proof, proofToJson, toCalldata } from '../../verifier/index.ts'
import { PRODUCT } from '../support/toy-definitions.ts'

const proof: Groth16Proof = {
  a: [1n, 2n],
  b: [
    [3n, 4n],
    [5n, 6n],
  ],
  c: [7n, BASE_FIELD - 1n],
}
const statement = { product: 15n, square: 100n, offset: FIELD - 1n }

suite('toCalldata', () => {
  test('equals what snarkjs exports, coefficients of G2 swapped', async () => {
    const signals = PRODUCT.encodeStatement(statement).map(String)
    const [pA, pB, pC, publicSignals] = JSON.parse(
      `[${await groth16.exportSolidityCallData(proofToJson(proof), signals)}]`,
    )
    const ours = toCalldata(PRODUCT, proof, statement)
    const hex = (x: bigint) => `0x${x.toString(16).padStart(64, '0')}`
    assert.deepEqual(ours.pA.map(hex), pA)
    assert.deepEqual(
      ours.pB.map((x) => x.map(hex)),
      pB,
    )
    assert.deepEqual(ours.pC.map(hex), pC)
    assert.deepEqual(ours.publicSignals.map(hex), publicSignals)
  })

  test('refuses a statement outside its ranges and a coordinate of q', () => {
    assert.throws(() => toCalldata(PRODUCT, proof, { ...statement, square: FIELD }), { code: 'STATEMENT_INVALID' })
    const alias: Groth16Proof = { ...proof, c: [BASE_FIELD, 1n] }
    assert.throws(() => toCalldata(PRODUCT, alias, statement), { code: 'PROOF_INVALID' })
  })
})

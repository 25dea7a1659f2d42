import assert from 'node:assert/strict'
import { before, describe, it } from 'mocha'
import { tradeBatch } from '../../circuits/trade-batch/index.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { assertRevertsBare } from '../support/contracts/assert-reverts.ts'
import { prove, signalsOf, skippedPhase2, tradeBatchKey } from '../support/contracts/dev-keys.ts'
import { createVenue, proofArgument, type Venue } from '../support/contracts/venue.ts'
import { forgeProof, rerandomize } from '../support/forge.ts'
import { verifyWithNoble } from '../support/noble-verify.ts'

describe('a generated verifier', () => {
  let venue: Venue
  let signals: bigint[]
  let proof: Groth16Proof
  before(async () => {
    venue = await createVenue()
    const statement = await venue.batch(12345n)
    signals = signalsOf(tradeBatchKey, statement)
    proof = prove(tradeBatchKey, statement)
  })

  const verify = ({ a, b, c }: { a: unknown; b: unknown; c: unknown }, given = signals) =>
    venue.tradeBatchVerifier.verifyProof(a, b, c, given)

  const calldata = () => {
    const { a, b, c } = proofArgument(proof)
    return venue.tradeBatchVerifier.interface.encodeFunctionData('verifyProof', [a, b, c, signals])
  }
  const raw = (data: string) => venue.anybody.call({ to: venue.tradeBatchVerifier.target, data })

  it('accepts a valid proof, as an independent pairing does, and a re-randomised copy of it', async () => {
    assert.equal(verifyWithNoble(tradeBatchKey.verificationKey, proof, signals), true)
    assert.equal(await verify(proofArgument(proof)), true)
    assert.equal(await verify(proofArgument(rerandomize(proof))), true)
    assert.equal(BigInt(await raw(calldata())), 1n)
  })

  it('refuses a proof when any one public signal is another', async () => {
    for (const i of signals.keys()) {
      assert.equal(await verify(proofArgument(proof), signals.with(i, signals[i]! + 1n)), false, `signal ${i}`)
    }
  })

  it('refuses signal + r in every place, and r for 0', async () => {
    for (const i of signals.keys()) {
      assert.equal(await verify(proofArgument(proof), signals.with(i, signals[i]! + FIELD)), false, `signal ${i}`)
    }
    const zero = signals.with(1, 0n)
    const statement = Object.fromEntries(tradeBatch.publicSignals.map((name, i) => [name, zero[i]!]))
    const ofZero = proofArgument(prove(tradeBatchKey, statement))
    assert.equal(await verify(ofZero, zero), true)
    assert.equal(await verify(ofZero, zero.with(1, FIELD)), false)
  })

  it('refuses coordinate + q in every place', async () => {
    const { a, b, c } = proofArgument(proof)
    const words = [...a, ...b.flat(), ...c]
    for (const i of words.keys()) {
      const [a0, a1, b0, b1, b2, b3, c0, c1] = words.with(i, words[i]! + BASE_FIELD)
      const shifted = {
        a: [a0, a1],
        b: [
          [b0, b1],
          [b2, b3],
        ],
        c: [c0, c1],
      }
      assert.equal(await verify(shifted), false, `coordinate ${i}`)
    }
  })

  it('refuses points off the curve, the negated A, and points at infinity', async () => {
    const { a, b, c } = proofArgument(proof)
    const infinity: [bigint, bigint] = [0n, 0n]
    assert.equal(await verify({ a: [a[0], a[1] + 1n], b, c }), false)
    assert.equal(await verify({ a: [a[0], BASE_FIELD - a[1]], b, c }), false)
    assert.equal(await verify({ a: infinity, b, c }), false)
    assert.equal(await verify({ a, b: [infinity, infinity], c }), false)
    assert.equal(await verify({ a, b, c: infinity }), false)
    assert.equal(await verify({ a: infinity, b: [infinity, infinity], c: infinity }), false)
  })

  it('refuses B with the parts of its coordinates in the order of snarkjs', async () => {
    assert.equal(await verify({ ...proofArgument(proof), b: proof.b.map(([x, y]) => [x, y]) }), false)
  })

  it('refuses calldata with a word or a byte more', async () => {
    assert.equal(BigInt(await raw(`${calldata()}${'00'.repeat(32)}`)), 0n)
    assert.equal(BigInt(await raw(`${calldata()}00`)), 0n)
  })

  it('reverts on calldata with a signal or a byte less', async () => {
    await assertRevertsBare(raw(calldata().slice(0, -64)))
    await assertRevertsBare(raw(calldata().slice(0, -2)))
  })

  it('refuses what the forger of a skipped phase 2 makes, which fools a key with gamma = delta', async () => {
    const { verificationKey } = skippedPhase2(tradeBatchKey)
    const fooled = forgeProof(verificationKey, signals)
    assert.equal(verifyWithNoble(verificationKey, fooled, signals), true)
    assert.equal(await verify(proofArgument(fooled)), false)
  })
})

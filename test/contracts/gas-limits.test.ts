import assert from 'node:assert/strict'
import type { BaseContract } from 'ethers'
import { before, describe, it } from 'mocha'
import { BASE_FIELD } from '../../verifier/curve.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import {
  marginSufficiencyKey,
  portfolioExposureKey,
  prove,
  signalsOf,
  tradeBatchKey,
} from '../support/contracts/dev-keys.ts'
import { outcomesByGas } from '../support/contracts/gas-limits.ts'
import { createLender } from '../support/contracts/lender.ts'
import {
  createVenue,
  element,
  PURPOSE,
  proofArgument,
  settleArguments,
  type Venue,
} from '../support/contracts/venue.ts'

const NEXT_ROOT = element('next root')
const TRUE = `0x${'1'.padStart(64, '0')}`

describe('a call with too little gas', () => {
  let venue: Venue
  let batch: Awaited<ReturnType<Venue['batch']>>
  let batchProof: Groth16Proof
  before(async () => {
    venue = await createVenue()
    await venue.publish()
    batch = await venue.batch(NEXT_ROOT)
    batchProof = prove(tradeBatchKey, batch)
  })

  const outcomes = (contract: BaseContract, name: string, values: readonly unknown[]) => {
    const data = contract.interface.encodeFunctionData(name, values)
    const call = (gasLimit: number) => venue.operator.call({ to: contract.target, data, gasLimit })
    return outcomesByGas(call, contract.interface)
  }

  it('to settle never says that a true proof is false', async () => {
    const seen = await outcomes(venue.settlement as never, 'settle', [...settleArguments(batch, batch, batchProof)])
    assert.deepEqual([...seen.keys()].sort(), ['0x', 'NotEnoughGas', 'out of gas'])
    assert.ok(seen.get('NotEnoughGas')! > 100, `${seen.get('NotEnoughGas')}`)
  })

  it('to admit never says that a true proof is false', async () => {
    const statement = await venue.margin('alice')
    const proof = proofArgument(prove(marginSufficiencyKey, statement))
    const values = [PURPOSE, statement.stateRoot, 0n, statement.riskRoot, statement.nullifier, proof]
    const seen = await outcomes(venue.gate as never, 'admit', values)
    assert.deepEqual([...seen.keys()].sort(), ['0x', 'NotEnoughGas', 'out of gas'])
    assert.ok(seen.get('NotEnoughGas')! > 100, `${seen.get('NotEnoughGas')}`)
  })

  it('to lend never says that a true proof is false', async () => {
    const lender = await createLender(venue)
    const loan = { borrower: venue.anybody.address, amount: 10_000n }
    const statement = await lender.exposure('alice', loan)
    const { words, commitment } = lender.signals(statement)
    const proof = proofArgument(prove(portfolioExposureKey, lender.statement(statement)))
    const values = [loan.borrower, loan.amount, 0n, words, commitment, proof]
    const seen = await outcomes(lender.contract as never, 'lend', values)
    assert.deepEqual([...seen.keys()].sort(), ['0x', 'NotEnoughGas', 'out of gas'])
    assert.ok(seen.get('NotEnoughGas')! > 100, `${seen.get('NotEnoughGas')}`)
  })

  it('to a verifier never returns false for a true proof, and says what is left and what is needed', async () => {
    const { a, b, c } = proofArgument(batchProof)
    const values = [a, b, c, signalsOf(tradeBatchKey, batch)]
    const { tradeBatchVerifier } = venue
    const seen = await outcomes(tradeBatchVerifier as never, 'verifyProof', values)
    assert.deepEqual([...seen.keys()].sort(), [TRUE, 'NotEnoughGas', 'out of gas'])
    const refused = tradeBatchVerifier.verifyProof(...values, { gasLimit: 200_000 })
    const { data } = await (refused as Promise<never>).catch((error) => error)
    const [left, needed] = tradeBatchVerifier.interface.parseError(data)!.args
    assert.equal(needed, 250_000n)
    assert.ok(left > 100_000n && left < 184_000n, `${left}`)
  })

  it('is answered that a false proof is false if it has enough for a true one, even if points are off the curve', async () => {
    const { settlement } = venue
    const [kind, called] = settleArguments(batch, batch, batchProof)
    const { proof } = called
    const off = { ...proof, a: [proof.a[0], BASE_FIELD - proof.a[1] - 1n] }
    for (const wrong of [{ ...proof, c: proof.a }, off]) {
      const call = settlement.settle.staticCall(kind, { ...called, proof: wrong }, { gasLimit: 420_000 })
      await assertReverts(call, settlement.interface, 'ProofRejected')
    }
  })
})

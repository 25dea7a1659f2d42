import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { riskUpdateOfWords } from '../../../circuits/risk-update/index.ts'
import { statementOfWords } from '../../../circuits/state/statement.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import { prove, riskUpdateKey, tradeBatchKey } from '../../support/contracts/dev-keys.ts'
import { outcomesByGas } from '../../support/contracts/gas-limits.ts'
import { createSettlement, RISK_UPDATE, type SettlementVenue, TRADE } from '../../support/contracts/settlement.ts'
import { DATA, element, proofArgument } from '../../support/contracts/venue.ts'

describe('a settlement with the verifier of trade batches', () => {
  let venue: SettlementVenue
  let batch: Awaited<ReturnType<SettlementVenue['batchOf']>>
  before(async () => {
    venue = await createSettlement({ tradeVerifier: 'TradeBatchVerifier' })
    await venue.postTable(element('table'))
    const words = [...(await venue.tradeWords()).slice(0, 5), ...DATA]
    const proof = proofArgument(prove(tradeBatchKey, statementOfWords(words)))
    batch = await venue.batchOf(TRADE, words, { proof })
  })
  const settle = (given: unknown) => venue.as(venue.signers.operator).settle.staticCall(TRADE, given)

  it('takes a proof of its words and of no others', async () => {
    await settle(batch)
    const words = batch.words.with(12, batch.words[12]! + 1n)
    await assertReverts(settle({ ...batch, words }), venue.settlement.interface, 'ProofRejected')
    const commitment = batch.commitment + 1n
    await assertReverts(settle({ ...batch, commitment }), venue.settlement.interface, 'ProofRejected')
  })

  it('never says that a true proof is false for want of gas', async () => {
    const { settlement, signers } = venue
    const data = settlement.interface.encodeFunctionData('settle', [TRADE, batch])
    const call = (gasLimit: number) => signers.operator.call({ to: settlement.target, data, gasLimit })
    const seen = await outcomesByGas(call, settlement.interface)
    assert.deepEqual([...seen.keys()].sort(), ['0x', 'NotEnoughGas', 'out of gas'])
  })

  it('is stopped by a proof of a batch to the root 0', async () => {
    const words = [...(await venue.tradeWords({ 4: 0n })).slice(0, 5), ...DATA]
    const { commitment } = await venue.batchOf(TRADE, words)
    const proof = proofArgument(prove(tradeBatchKey, statementOfWords(words)))
    await venue.as(venue.signers.stranger).stopForBrokenVerifier(TRADE, proof, commitment, words)
    assert.notEqual(await venue.settlement.frozenAt(), 0n)
    await assertReverts(settle(batch), venue.settlement.interface, 'VenueFrozen')
  })
})

describe('a settlement with the verifier of risk tables', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement({ riskVerifier: 'RiskUpdateVerifier' })
  })
  beforeEach(() => venue.reset())

  /** The arguments of a proof of these words, true or not. */
  const proved = async (changes: { readonly [place: number]: bigint } = {}) => {
    const words = await venue.riskWords(element('table'), changes)
    const { commitment } = await venue.batchOf(RISK_UPDATE, words)
    return [proofArgument(prove(riskUpdateKey, riskUpdateOfWords(words))), commitment, words] as const
  }

  it('takes a proof of its words and of no others', async () => {
    const { settlement, signers, as } = venue
    const [proof, commitment, words] = await proved()
    const told = words.with(7, words[7]! + 1n)
    const { updateRisk } = as(signers.stranger)
    await assertReverts(updateRisk(proof, commitment, told), settlement.interface, 'ProofRejected')
    await assertReverts(updateRisk(proof, commitment + 1n, words), settlement.interface, 'ProofRejected')
    await updateRisk(proof, commitment, words)
    assert.equal(await settlement.riskRoot(), element('table'))
  })

  it('never says that a true proof is false for want of gas', async () => {
    const { settlement, signers } = venue
    const data = settlement.interface.encodeFunctionData('updateRisk', [...(await proved())])
    const call = (gasLimit: number) => signers.stranger.call({ to: settlement.target, data, gasLimit })
    const seen = await outcomesByGas(call, settlement.interface)
    assert.deepEqual([...seen.keys()].sort(), ['0x', 'NotEnoughGas', 'out of gas'])
  })

  it('is stopped by a proof of a table with the root 0', async () => {
    const { settlement, signers, as } = venue
    const [proof, commitment, words] = await proved({ 4: 0n })
    await as(signers.stranger).stopForBrokenVerifier(RISK_UPDATE, proof, commitment, words)
    assert.notEqual(await settlement.frozenAt(), 0n)
    await assertReverts(as(signers.stranger).updateRisk(...(await proved())), settlement.interface, 'VenueFrozen')
  })
})

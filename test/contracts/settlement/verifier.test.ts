import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { riskUpdateOfWords } from '../../../circuits/risk-update/index.ts'
import { statementOfWords } from '../../../circuits/state/statement.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import { deleverageKey, prove, riskUpdateKey, takeoverKey, tradeBatchKey } from '../../support/contracts/dev-keys.ts'
import { outcomesByGas } from '../../support/contracts/gas-limits.ts'
import {
  createSettlement,
  DELEVERAGE,
  RISK_UPDATE,
  type SettlementVenue,
  slot,
  TAKEOVER,
  TRADE,
} from '../../support/contracts/settlement.ts'
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
    const seen = await outcomesByGas(call, settlement.interface, 440_000)
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

/** Circuits about flagged accounts: what is proved, where the house pays or could, and the places among the words that are forged. */
const LIQUIDATIONS = {
  takeovers: {
    ...{ kind: TAKEOVER, key: takeoverKey, options: { takeoverVerifier: 'TakeoverVerifier' as const } },
    wordsOf: (venue: SettlementVenue, newRoot?: bigint) =>
      venue.takeoverWords({ 8: (1n << 80n) - 5n, ...(newRoot !== undefined && { 4: newRoot }) }),
    forged: [6, 7, 8, 9, 12],
  },
  deleveragings: {
    ...{ kind: DELEVERAGE, key: deleverageKey, options: { deleverageVerifier: 'DeleverageVerifier' as const } },
    wordsOf: (venue: SettlementVenue, newStateRoot?: bigint) =>
      venue.deleverageWords({
        ...{ houseFails: false, asked: 6n },
        ...(newStateRoot !== undefined && { newStateRoot }),
      }),
    forged: [6, 7, 8, 9, 10, 11],
  },
} as const

for (const [what, { kind, key, options, wordsOf, forged }] of Object.entries(LIQUIDATIONS)) {
  describe(`a settlement with the verifier of ${what}`, () => {
    let venue: SettlementVenue
    before(async () => {
      venue = await createSettlement({ ...options, coverPerHour: 5n })
    })
    beforeEach(() => venue.reset())

    /** A proof of words, true or not, as a batch. */
    const proved = async (newRoot?: bigint) => {
      const words = await wordsOf(venue, newRoot)
      return venue.batchOf(kind, words, { proof: proofArgument(prove(key, statementOfWords(words))) })
    }
    const settle = (given: unknown) => venue.as(venue.signers.operator).settle(kind, given)

    it('takes a proof of its words and of no others, none of which may be what the contract reads', async () => {
      const { settlement } = venue
      const batch = await proved()
      for (const place of forged) {
        const words = batch.words.with(place, batch.words[place]! ^ 1n)
        await assertReverts(settle({ ...batch, words }), settlement.interface, 'ProofRejected')
      }
      await settle(batch)
      assert.equal(await settlement.stateRoot(), batch.words[4])
    })

    it('is stopped by a proof that leads to the root 0', async () => {
      const { settlement, signers, as } = venue
      const { proof, commitment, words } = await proved(0n)
      await as(signers.stranger).stopForBrokenVerifier(kind, proof, commitment, words)
      await assertReverts(settle(await proved()), settlement.interface, 'VenueFrozen')
    })
  })
}

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

  it('relists by a proof of listings, and by no other listings than were proved', async () => {
    const { settlement, signers, as } = venue
    await venue.settleCash([slot.register(0)], [], { riskRoot: 0n })
    const { updateRisk } = as(signers.stranger)
    await updateRisk(...(await proved()))
    await venue.settleCash([], [], { sweep: { market: 2, amount: 0n, retires: true, houseLeaf: 5n } })
    await venue.networkHelpers.time.increase(150n)
    const [proof, commitment, words] = await proved({ 4: element('next'), 5: 4n << 16n })
    const relisted = words.with(5, (4n << 16n) + 4n)
    await assertReverts(updateRisk(proof, commitment, relisted), settlement.interface, 'ProofRejected')
    await assertReverts(updateRisk(proof, commitment, words.with(5, 0n)), settlement.interface, 'ListingsWrong')
    await updateRisk(...(await proved({ 4: element('next'), 5: (4n << 16n) + 4n })))
    assert.deepEqual([await settlement.retiredMarkets(), (await settlement.tableAt(2n)).relisting], [0n, 2n])
  })

  it('is stopped by a proof of a table with the root 0', async () => {
    const { settlement, signers, as } = venue
    const [proof, commitment, words] = await proved({ 4: 0n })
    await as(signers.stranger).stopForBrokenVerifier(RISK_UPDATE, proof, commitment, words)
    assert.notEqual(await settlement.frozenAt(), 0n)
    await assertReverts(as(signers.stranger).updateRisk(...(await proved())), settlement.interface, 'VenueFrozen')
  })
})

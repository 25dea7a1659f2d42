import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { marginStatement, marginSufficiency, marginWitness, tradeBatch } from '../../circuits/index.ts'
import { statementOfWords, wordsOf } from '../../circuits/state/statement.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../lab/instances/model.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { excesses, meetsMargin } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../support/arbitraries.ts'

const SECRET = 31_337n
const TERMS = { domain: 77n, ratioBps: 12_000n, context: 1234n }

function instance(account = makeAccount(SMALL), table = makeTable(SMALL)) {
  const owned = { ...account, ownerCommitment: ownerCommitment(SECRET) }
  const state = makeState(SMALL, { 5: makeAccount(SMALL), 6: owned })
  const witness = marginWitness(state, 6, SECRET, table)
  return { statement: marginStatement(state, witness, TERMS), witness }
}

describe('why margin-sufficiency cannot be proved', () => {
  const refusal = marginSufficiency.refusal!

  it('is the missing margin in the worst scenario, to the quantum, for exactly the accounts that lack it', () => {
    let refused = 0
    fc.assert(
      fc.property(arbitraryAccount(SMALL), arbitraryRiskTable(SMALL), (account, table) => {
        const { statement, witness } = instance(account, table)
        const reason = refusal(statement, witness)
        if (meetsMargin(witness.account, table, TERMS.ratioBps)) return assert.equal(reason, undefined)
        refused++
        const [, quanta, scenario] = /by (\d+) quanta, in scenario (\d+)$/.exec(reason!)!
        const all = excesses(witness.account, table, TERMS.ratioBps)
        assert.equal(all[Number(scenario)], all.reduce(min))
        const better = all[Number(scenario)]! + BASIS_POINTS * BigInt(quanta!)
        assert.ok(better >= 0n && better < BASIS_POINTS)
      }),
      { numRuns: 25 },
    )
    assert.ok(refused > 0)
  })

  it('is the field of the statement, or the secret, that does not fit the witness', () => {
    const { statement, witness } = instance({ ...makeAccount(SMALL), collateral: [1_000_000n, 0n] })
    assert.equal(refusal(statement, witness), undefined)
    assert.match(refusal({ ...statement, riskRoot: 1n }, witness)!, /^riskRoot/)
    assert.match(refusal({ ...statement, stateRoot: 1n }, witness)!, /^stateRoot/)
    assert.match(refusal(statement, { ...witness, index: 5 })!, /^stateRoot/)
    assert.match(refusal(statement, { ...witness, marketsRoot: 1n })!, /^stateRoot/)
    assert.match(refusal(statement, { ...witness, ownerSecret: 1n })!, /^the secret is not/)
    for (const field of ['nullifier', 'context', 'domain'] as const) {
      assert.match(refusal({ ...statement, [field]: 1n }, witness)!, /^the nullifier/)
    }
  })
})

describe('why trade-batch cannot be proved', () => {
  const refusal = tradeBatch.refusal!

  it('is the field that the rules do not give, or the rule that a message breaks', () => {
    const { statement, witness } = tradeBatch.example('small')
    assert.equal(refusal(statement, witness), undefined)
    const names = ['domain', 'timestamp', 'riskRoot', 'oldStateRoot', 'newStateRoot', 'newMarketsRoot']
    const more = [
      'closingOnly',
      'word 0 of the touched indices',
      'leaf of account slot 0',
      'first word of account slot 0',
    ]
    for (const [i, name] of [...names, ...more].entries()) {
      const words = wordsOf(statement)
      const other = statementOfWords(words.with(i, words[i]! + 1n))
      assert.match(refusal(other, witness)!, new RegExp(`^${name} is not`))
    }
    const [first, ...rest] = witness.bundles
    const again = { ...witness, bundles: [first!, first!, ...rest.slice(1)] }
    assert.match(refusal(statement, again)!, /bundle 1 cannot be included: OLD_NONCE/)
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { cashBatch, cashBatchStatement } from '../../../circuits/cash-batch/index.ts'
import { flattenInput } from '../../../circuits/input-schema.ts'
import { statementOfWords, wordsOf } from '../../../circuits/state/statement.ts'
import { cashBatchOf } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, SMALL } from '../../../lab/instances/model.ts'
import { unpackCashData } from '../../../protocol/cash-batch/words.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { publicData } from '../../../protocol/public-data.ts'
import { PROFILE_NAMES } from '../../../protocol/shape.ts'

suite('the definition of cash-batch', () => {
  for (const profile of PROFILE_NAMES) {
    test(`has an example that fills the slots of ${profile}, with inputs of the template's shapes`, () => {
      const { statement, witness } = cashBatch.example(profile, 5n)
      const { slots, sweep, domain } = unpackCashData(wordsOf(statement))
      assert.ok(slots.every(({ kind }) => kind !== 'NONE') && sweep !== undefined)
      assert.equal(domain, 5n)
      flattenInput(cashBatch, profile, cashBatch.buildInput(statement, witness, profile))
    })
  }

  const { statement, witness } = cashBatch.example('small')

  test('turns the words of a statement into the three signals of their kind of batch, and refuses other words', () => {
    const { commitment, challenge, value } = publicData(1n, 1, wordsOf(statement))
    assert.deepEqual(cashBatch.encodeStatement(statement), [commitment, challenge, value])
    assert.deepEqual(cashBatch.statementOf({ ...statement }), statement)
    const refused = (fields: Record<string, unknown>, path: RegExp) =>
      assert.throws(() => cashBatch.statementOf({ ...statement, ...fields }), { code: 'STATEMENT_INVALID', path })
    const { data } = statement
    refused({ newStateRoot: FIELD }, /^statement\.newStateRoot/)
    refused({ data: data.slice(1) }, /^statement\.data/)
    refused({ data: data.with(1, 15n << 56n) }, /^statement\.data/)
    refused({ data: [...data.slice(1), '5'] }, /^statement\.data\[26\]/)
    refused({ data: 5n }, /^statement\.data/)
    refused({ data: undefined }, /^statement\.data/)
    refused({ extra: 1n }, /^statement\.extra/)
  })

  test('says why a batch cannot be proved: which word differs, or which rule is broken', () => {
    const refusal = cashBatch.refusal!
    const withWord = (place: number) => statementOfWords(wordsOf(statement).with(place, 1n))
    assert.equal(refusal(statement, witness), undefined)
    assert.match(refusal(withWord(4), witness)!, /^newStateRoot/)
    assert.match(refusal(withWord(7), witness)!, /^word a of slot 0/)
    assert.match(refusal(withWord(30), witness)!, /^sweep/)
    const state = makeState(SMALL, { 1: makeAccount(SMALL, { cash: 10n }) })
    const deposit = cashBatchOf(state, [{ kind: 'DEPOSIT', account: 1, asset: 0, amount: 7n }])
    const [slot] = deposit.slots
    const unknown = { ...deposit, slots: [{ ...slot!, operation: { ...slot!.operation, account: 2 } }] }
    assert.match(refusal(cashBatchStatement(deposit), unknown)!, /no account 2/)
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createTamperCheck } from '../../circom/constraint-check.ts'
import { CASH_BATCH_SIZES, cashBatch, cashBatchStatement } from '../../circuits/cash-batch/index.ts'
import { deleverage } from '../../circuits/deleverage/index.ts'
import { exit, exitStatement, exitWitness } from '../../circuits/exit/index.ts'
import { CIRCUITS } from '../../circuits/index.ts'
import { marginStatement, marginSufficiency, marginWitness } from '../../circuits/margin-sufficiency/index.ts'
import { portfolioExposure } from '../../circuits/portfolio-exposure/index.ts'
import type { FreeSignals } from '../../circuits/review.ts'
import { riskUpdate } from '../../circuits/risk-update/index.ts'
import { takeover } from '../../circuits/takeover/index.ts'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { type Harness, shippedHarness, type TestCircuit } from '../../lab/circuits/harness.ts'
import { busyBatch } from '../../lab/instances/busy-batches.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../lab/instances/model.ts'
import { feeTable } from '../../lab/instances/venue.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { inSlots } from '../../protocol/trade-batch/account-slots.ts'

/** At most this share of a circuit's signals may be on its list. */
const MOST = 0.02

/** The signals of which some change breaks no constraint of the shipped circuit, by name. */
function freeSignals(harness: Harness, input: CircuitInput): string[] {
  const witness = harness.expectPass(input)
  const { brokenBy } = createTamperCheck(harness.r1cs, witness)
  const free: string[] = []
  let random = 0x2545f4914f6cdd1dn
  for (let wire = 1; wire < witness.length; wire++) {
    random = (random * 6364136223846793005n + 1442695040888963407n) % FIELD
    const honest = witness[wire]!
    const values = [(honest + 1n) % FIELD, random].filter((value) => value !== honest)
    if (values.some((value) => brokenBy(new Map([[wire, value]])).length === 0)) {
      free.push(harness.symbols.names(wire)[0]!)
    }
  }
  return free
}

function assertBound(harness: Harness, input: CircuitInput, list: readonly FreeSignals[]) {
  const free = freeSignals(harness, input)
  const unlisted = free.filter((name) => !list.some(({ pattern }) => pattern.test(name)))
  assert.deepEqual(unlisted, [], 'signals that nothing binds and no reason excuses')
  assert.ok(free.length <= MOST * harness.r1cs.nWires, `${free.length} free signals`)
}

suite('every signal of the shipped circuits is bound', () => {
  test('trade-batch: any one signal of a busy honest witness changed breaks a constraint', async () => {
    const batch = busyBatch()
    assert.deepEqual([batch.steps.length, batch.touched.length, messagesOf(batch).length], [6, 4, 4])
    const harness = await shippedHarness(tradeBatch as TestCircuit)
    // The margin rule asks nothing of an account that loaded no order with effect, and its choice of an alternative is not read.
    const full = inSlots(batch).slice(0, SMALL.accounts)
    const unasked = full.flatMap(({ margin }, slot) => (margin === undefined ? [slot] : []))
    assert.equal(unasked.length, 1)
    const unread = { pattern: new RegExp(`^main\\.closing\\[${unasked[0]}\\]$`), reason: 'not read' }
    assertBound(harness, tradeBatch.buildInput(tradeBatchStatement(batch), batch, 'small'), [
      ...CIRCUITS['trade-batch'].review.free,
      unread,
    ])
  })

  test('margin-sufficiency: any one signal of an honest witness changed breaks a constraint', async () => {
    const { after } = busyBatch()
    const account = { ...after.accounts.get(1)!, ownerCommitment: ownerCommitment(4_321n) }
    const state = { ...after, accounts: after.accounts.set(1, account) }
    const witness = marginWitness(state, 1, 4_321n, feeTable())
    const statement = marginStatement(state, witness, { domain: 77n, ratioBps: 12_345n, context: 99n })
    const harness = await shippedHarness(marginSufficiency as TestCircuit)
    assertBound(
      harness,
      marginSufficiency.buildInput(statement, witness, 'small'),
      CIRCUITS['margin-sufficiency'].review.free,
    )
  })

  test('cash-batch: any one signal of honest witnesses changed breaks a constraint, but what a kind does not read', async () => {
    const { witness: full } = cashBatch.example('small')
    const operations = [
      { kind: 'FORCED', account: 2, asset: 1, requested: 1n },
      { kind: 'DEPOSIT', account: 1, asset: 1, amount: 5n },
      { kind: 'SUSPEND', account: 2 },
      { kind: 'RESUME', account: 1 },
    ] as const
    const other = applyCashBatch(full.before, operations, full.context, 1)
    const harness = await shippedHarness(cashBatch as TestCircuit)
    // What a kind does not use of an operation: nothing reads it.
    const unread = {
      pattern:
        /^main\.(slot\[\d+\]\.operation\.)?(messageNonce|expiry|pointX|pointY|newViewKey|nonce|viewKey|keyX|keyY)(\[\d+\])?$/,
      reason: 'not read',
    }
    for (const batch of [full, other]) {
      assert.equal(batch.slots.length, CASH_BATCH_SIZES.small.slots)
      const input = cashBatch.buildInput(cashBatchStatement(batch), batch, 'small')
      assertBound(harness, input, [...CIRCUITS['cash-batch'].review.free, unread])
    }
  })

  test('exit: any one signal of an honest witness changed breaks a constraint', async () => {
    const owing = makeAccount(SMALL, { cash: -5_000n, others: [9_000n], positions: { 1: { size: 3n } } })
    const state = makeState(SMALL, { 2: owing })
    const witness = exitWitness(state, 2, makeTable(SMALL))
    const harness = await shippedHarness(exit as TestCircuit)
    const input = exit.buildInput(exitStatement(state, 2, witness, { domain: 7n }), witness, 'small')
    assertBound(harness, input, CIRCUITS.exit.review.free)
  })

  test('portfolio-exposure: any one signal of an honest witness changed breaks a constraint', async () => {
    const { statement, witness } = portfolioExposure.example('small')
    const harness = await shippedHarness(portfolioExposure as TestCircuit)
    assertBound(harness, portfolioExposure.buildInput(statement, witness, 'small'), portfolioExposure.review.free)
  })

  test('takeover: any one signal of an honest witness changed breaks a constraint', async () => {
    const { statement, witness } = takeover.example('small')
    const harness = await shippedHarness(takeover as TestCircuit)
    assertBound(harness, takeover.buildInput(statement, witness, 'small'), takeover.review.free)
  })

  test('deleverage: any one signal of an honest witness changed breaks a constraint', async () => {
    const { statement, witness } = deleverage.example('small')
    const harness = await shippedHarness(deleverage as TestCircuit)
    assertBound(harness, deleverage.buildInput(statement, witness, 'small'), deleverage.review.free)
  })

  test('risk-update: any one signal of an honest witness changed breaks a constraint', async () => {
    const { statement, witness } = riskUpdate.example('small')
    const harness = await shippedHarness(riskUpdate as TestCircuit)
    assertBound(harness, riskUpdate.buildInput(statement, witness, 'small'), riskUpdate.review.free)
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { compileCached } from '../../../lab/circuits/compile-cached.ts'
import { harnessOf } from '../../../lab/circuits/harness.ts'
import { CASH_VENUE, cashBatchOf, cashCircuit, cashInput, cashMessage, payment } from '../../../lab/instances/cash.ts'
import { makeState, NOW } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import type { CashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../../protocol/cash-batch/slot.ts'
import { largestWithdrawal } from '../../../protocol/cash-batch/withdrawal.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { max } from '../../../protocol/numbers.ts'
import { arbitraryOperations, arbitraryPayer, arbitraryPrices } from '../../support/arbitrary-cash.ts'

const definition = cashCircuit(CASH_VENUE)
const circuit = await harnessOf(definition, await compileCached(definition, { optimization: 'O2' }))
const accepts = (transition: CashBatch) => circuit.witness(cashInput(transition)) !== undefined

/** The batch as the model makes it; undefined where it says that none can prove it. */
function lawful(make: () => CashBatch): CashBatch | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return undefined
    throw error
  }
}

suite('protocol.md#cash-kinds: the circuit and the model agree', () => {
  test('on batches of random operations of every kind', () => {
    const kinds = new Set<string>()
    const property = fc.property(arbitraryOperations(CASH_VENUE), ({ state, operations, prices, sweep }) => {
      // What cannot be proved is left out: each operation is tried on what the ones before it left.
      const taken: CashOperation[] = []
      for (const operation of operations) {
        if (lawful(() => cashBatchOf(state, [...taken, operation], prices)) !== undefined) taken.push(operation)
      }
      const batch = cashBatchOf(state, taken, prices, sweep)
      for (const { kind } of batch.slots) kinds.add(kind)
      circuit.expectPass(cashInput(batch))
    })
    fc.assert(property, { seed: 11, numRuns: 40, endOnFailure: true })
    assert.equal(kinds.size, 13, [...kinds].join())
  })
})

suite('protocol.md#may-withdraw: the circuit and the model agree to the quantum', () => {
  /** Amounts around the largest withdrawal. */
  function edges(account: Account, asset: number, prices: Partial<CashBatchContext>): bigint[] {
    const { riskTable: table, timestamp = NOW } = prices
    const all = max(account.collateral[asset]!, 0n)
    const most = largestWithdrawal(account, asset, all, { table, timestamp })
    return [...new Set([0n, most, most + 1n, all + 1n])].filter((amount) => amount < 1n << 80n)
  }

  const instance = fc.tuple(arbitraryPayer(CASH_VENUE), arbitraryPrices(CASH_VENUE), fc.nat(1))

  test('a signed withdrawal is proved exactly where the model allows it', () => {
    const outcomes = { true: 0, false: 0 }
    const property = fc.property(instance, ([account, prices, asset]) => {
      const state = makeState(CASH_VENUE, { 1: account })
      for (const amount of edges(account, asset, prices)) {
        const operation = cashMessage({ asset, amount, nonce: account.nonce + 1n })
        const allowed = lawful(() => cashBatchOf(state, [operation], prices)) !== undefined
        outcomes[`${allowed}`]++
        assert.equal(accepts(payment(state, operation, amount, prices)), allowed, `${amount}`)
      }
    })
    fc.assert(property, { seed: 5, numRuns: 25, endOnFailure: true })
    assert.ok(outcomes.true > 10 && outcomes.false > 10, JSON.stringify(outcomes))
  })

  test('a forced withdrawal is proved with the amount that the model pays, and with no other', () => {
    const outcomes = { none: 0, nothing: 0, all: 0, part: 0 }
    const amounts = fc.oneof(fc.bigInt(1n, 50n), fc.bigInt(1n, 1n << 62n))
    const request = fc.tuple(instance, amounts, fc.constantFrom(0n, 5n, 1n << 40n, 1n << 78n))
    const property = fc.property(request, ([[account, prices, asset], requested, vault]) => {
      const state = makeState(CASH_VENUE, { 1: account })
      const operation = { kind: 'FORCED', account: 1, asset, requested } as const
      const overrides = { ...prices, vault: [vault, vault] }
      const paid = lawful(() => cashBatchOf(state, [operation], overrides))?.slots[0]?.paid
      outcomes[paid === undefined ? 'none' : paid === 0n ? 'nothing' : paid === requested ? 'all' : 'part']++
      const others = [0n, (paid ?? 0n) + 1n, max((paid ?? 0n) - 1n, 0n), requested]
      for (const amount of new Set([paid ?? 0n, ...others])) {
        assert.equal(accepts(payment(state, operation, amount, overrides)), amount === paid, `${amount} for ${paid}`)
      }
    })
    fc.assert(property, { seed: 6, numRuns: 25, endOnFailure: true })
    for (const [outcome, count] of Object.entries(outcomes)) assert.ok(count > 0, outcome)
  })
})

import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { statementOfWords } from '../../../circuits/state/statement.ts'
import type { CashSlotData } from '../../../protocol/cash-batch/slot-words.ts'
import { batchArguments, rowArgument } from '../../../settlement/batch-arguments.ts'
import { contractAt } from '../../../settlement/contract-at.ts'
import { cashBatchKey, prove } from '../../support/contracts/dev-keys.ts'
import { CASH, createSettlement, type SettlementVenue, slot } from '../../support/contracts/settlement.ts'
import { element } from '../../support/contracts/venue.ts'

describe('what Settlement is called with where a cure is tried again', () => {
  let venue: SettlementVenue
  let account: number
  before(async () => {
    venue = await createSettlement({ cashVerifier: 'CashBatchVerifier' })
  })
  const proofOf = async (slots: readonly CashSlotData[], changes: Parameters<SettlementVenue['cashWords']>[1] = {}) => {
    const statement = statementOfWords(await venue.cashWords(slots, changes))
    return { circuit: 'cash-batch', proof: prove(cashBatchKey, statement), statement }
  }
  const at = () => contractAt('Settlement', venue.settlement.target as string, venue.signers.operator, 'settlement')
  const settle = async (slots: readonly CashSlotData[]) => {
    const [first] = await batchArguments(await at(), [await proofOf(slots)], {})
    await venue.as(venue.signers.operator).settle(CASH, first!.batch)
    return first!.batch.payers
  }
  const waiting = async () =>
    ((await venue.settlement.queueEnd()) as bigint) - ((await venue.settlement.queueFront()) as bigint)

  beforeEach(async () => {
    await venue.reset()
    const { alice } = venue.signers
    account = await venue.register(alice)
    await settle([slot.register(0), slot.register(account)])
    await venue.as(alice).requestCure(account, { value: await venue.fee() })
    await settle([slot.deferred(slot.cure(account, false))])
  })

  it('names the payers of the deposits behind it', async () => {
    const { bob, stranger } = venue.signers
    await venue.deposit(bob, account, 0, 6n)
    await venue.deposit(stranger, 0, 0, 7n)
    const slots = [slot.cure(account, false), slot.deposit(account, 0, 6n), slot.deposit(0, 0, 7n)]
    assert.deepEqual(await settle(slots), [bob.address, stranger.address])
    assert.equal(await waiting(), 0n)
  })

  it('takes a cure that stands in front besides for the entry that it is', async () => {
    const { alice, bob } = venue.signers
    await venue.as(alice).requestCure(account, { value: await venue.fee() })
    await venue.deposit(bob, account, 0, 6n)
    const slots = [slot.cure(account, true), slot.cure(account, false), slot.deposit(account, 0, 6n)]
    assert.deepEqual(await settle(slots), [bob.address])
    assert.equal(await waiting(), 0n)
  })

  it('signs for the entry that is the first behind it', async () => {
    const { operator, stranger } = venue.signers
    const [between, last] = [element('one'), element('two')]
    const first = await proofOf([slot.cure(account, false)], { newStateRoot: between })
    const second = await proofOf([], { oldStateRoot: between, newStateRoot: last })
    const row = await batchArguments(await at(), [first, second], { operator })
    await venue.as(stranger).settleMany(rowArgument(row))
    assert.equal(await venue.settlement.stateRoot(), last)
  })
})

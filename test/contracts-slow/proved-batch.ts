import assert from 'node:assert/strict'
import { after, before, describe, it } from 'mocha'
import { cashBatchStatement } from '../../circuits/cash-batch/index.ts'
import { CASH_BATCH_SIZES } from '../../circuits/cash-batch/sizes.ts'
import { exitStatement, exitWitness } from '../../circuits/exit/statement.ts'
import { wordsOf } from '../../circuits/state/statement.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import { dataCommitment } from '../../protocol/public-data.ts'
import { venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/create-prover.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import {
  CASH,
  CLAIM_PERIOD,
  commitmentOf,
  createSettlement,
  pointOf,
  type SettlementVenue,
} from '../support/contracts/settlement.ts'
import { proofArgument } from '../support/contracts/venue.ts'

const SHAPE = venueShape('small')
const VIEW_KEY = 0x1234567890abcdefn

const createOwnProver = () => createProver({ profile: 'small', circuits: ['cash-batch', 'exit'] })

describe('a settlement with the verifiers of cash batches and exits', () => {
  let venue: SettlementVenue
  let prover: Awaited<ReturnType<typeof createOwnProver>>
  before(async () => {
    venue = await createSettlement({
      genesisRoot: stateRoot(emptyState(SHAPE)),
      accountLevels: BigInt(SHAPE.accountLevels),
      viewCommitment: viewCommitment(VIEW_KEY),
      cashVerifier: 'CashBatchVerifier',
      exitVerifier: 'ExitVerifier',
    })
    prover = await createOwnProver()
  })
  after(() => prover[Symbol.asyncDispose]())

  it('takes a registration, a deposit, a view key and a forced withdrawal with their proofs, and an exit when it is frozen', async () => {
    const { settlement, signers, as, tokens } = venue
    const { alice, operator } = signers
    let state = emptyState(SHAPE)
    let vault = new Array<bigint>(SHAPE.collaterals).fill(0n)
    const prove = async (operations: readonly CashOperation[]): Promise<[CashBatch, ReturnType<typeof settling>]> => {
      const context = {
        sizes: CASH_BATCH_SIZES.small,
        timestamp: await venue.now(),
        domain: (await settlement.domain()) as bigint,
        riskTable: undefined,
        vault,
      }
      const batch = applyCashBatch(state, operations, context)
      return [batch, settling(batch)]
    }
    const settling = async (batch: CashBatch) => {
      const statement = cashBatchStatement(batch)
      const { proof } = await prover.prove('cash-batch', statement, batch)
      const words = wordsOf(statement)
      const plain = { payers: [] as string[], anchor: `0x${'0'.repeat(64)}`, signature: '0x' }
      return { proof: proofArgument(proof), commitment: dataCommitment(words), words: [...words], ...plain }
    }
    const settle = async ([batch, made]: Awaited<ReturnType<typeof prove>>, payers: readonly string[]) => {
      await as(operator).settle(CASH, { ...(await made), payers })
      state = batch.after
      vault = [...batch.vault]
      assert.equal(await settlement.stateRoot(), stateRoot(state))
      for (const [asset, lots] of vault.entries()) assert.equal((await settlement.lots(asset)).vault, lots)
    }

    const account = await venue.register(alice)
    await venue.deposit(alice, account, 0, 500n)
    const register = (index: number): CashOperation => ({
      kind: 'REGISTER',
      account: index,
      key: pointOf(index + 1),
      ownerCommitment: commitmentOf(index),
    })
    const first = await prove([
      register(0),
      register(account),
      { kind: 'DEPOSIT', account, asset: 0, amount: 500n },
      { kind: 'VIEW', account, viewKey: VIEW_KEY },
    ])
    const made = await first[1]
    const lie = { ...made, words: made.words.with(10, made.words[10]! + 1n), payers: [alice.address] }
    await assertReverts(as(operator).settle(CASH, lie), settlement.interface, 'ProofRejected')
    await settle(first, [alice.address])

    await venue.requestWithdrawal(alice, account, 0, 300n)
    await settle(await prove([{ kind: 'FORCED', account, asset: 0, requested: 300n }]), [])
    await as(alice).claim(0, 300n, signers.bob.address)
    assert.equal(await tokens[0].balanceOf(signers.bob.address), 300n * 1_000n)
    assert.deepEqual([...(await settlement.lots(0))], [0n, 200n, 0n])

    await venue.requestWithdrawal(alice, account, 0, 200n)
    await venue.freeze()
    const witness = exitWitness(state, account, undefined)
    const claim = exitStatement(state, account, witness, { domain: (await settlement.domain()) as bigint })
    assert.deepEqual(claim.claim, [200n, ...vault.slice(1)])
    const { proof } = await prover.prove('exit', claim, witness)
    const [words, commitment] = await venue.exitOf(account, claim.claim)
    const exits = as(signers.stranger, venue.exits)
    const more = words.with(4, 201n)
    const { interface: errors } = venue.exits
    await assertReverts(exits.recordClaim(more, commitment, proofArgument(proof)), errors, 'ExitRejected')
    await exits.recordClaim(words, commitment, proofArgument(proof))
    await venue.networkHelpers.time.increase(CLAIM_PERIOD)
    await exits.payout(account)
    await as(alice).claim(0, 200n, signers.bob.address)
    assert.equal(await tokens[0].balanceOf(signers.bob.address), 500n * 1_000n)
    assert.equal(await tokens[0].balanceOf(settlement.target), 0n)
  })
})

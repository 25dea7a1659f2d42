import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { ContractFactory } from 'ethers'
import { after, before, describe, it } from 'mocha'
import { cashBatch, cashBatchStatement } from '../../circuits/cash-batch/index.ts'
import { CASH_BATCH_SIZES } from '../../circuits/cash-batch/sizes.ts'
import { wordsOf } from '../../circuits/state/statement.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import { dataCommitment } from '../../protocol/public-data.ts'
import { venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/create-prover.ts'
import { compileContracts } from '../../settlement/compile-contracts.ts'
import { soliditySource, verifierContractName } from '../../verifier/solidity.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import { CASH, type CustodyVenue, commitmentOf, createCustody, pointOf } from '../support/contracts/custody.ts'
import { proofArgument } from '../support/contracts/venue.ts'

const SHAPE = venueShape('small')
const VIEW_KEY = 0x1234567890abcdefn

/** The verifier of the small profile's cash batches, by their dev key. */
async function compileVerifier() {
  await buildArtifacts({ circuits: [cashBatch], profile: 'small' })
  const { files } = await loadArtifacts(cashBatch, 'small')
  const name = verifierContractName(cashBatch, 'groth16')
  const options = { proofSystem: 'groth16', digest: 'ab'.repeat(32), setup: 'dev' } as const
  const vkey = JSON.parse(await readFile(files.vkey, 'utf8'))
  return (await compileContracts({ [name]: await soliditySource(cashBatch, vkey, options) }))[name]!
}

const createCashProver = () => createProver({ profile: 'small', definitions: { 'cash-batch': cashBatch } })

describe('a custody with the verifier of cash batches', () => {
  let venue: CustodyVenue
  let prover: Awaited<ReturnType<typeof createCashProver>>
  before(async () => {
    const { abi, bytecode } = await compileVerifier()
    venue = await createCustody({
      genesisRoot: stateRoot(emptyState(SHAPE)),
      accountLevels: BigInt(SHAPE.accountLevels),
      viewCommitment: viewCommitment(VIEW_KEY),
      cashVerifier: async (signer) => {
        const verifier = await new ContractFactory(abi, bytecode, signer).deploy()
        await verifier.waitForDeployment()
        return verifier.target as string
      },
    })
    prover = await createCashProver()
  })
  after(() => prover[Symbol.asyncDispose]())

  it('takes a registration, a deposit, a view key and a forced withdrawal with their proofs, and pays', async () => {
    const { custody, signers, as, tokens } = venue
    const { alice, operator } = signers
    let state = emptyState(SHAPE)
    let vault = new Array<bigint>(SHAPE.collaterals).fill(0n)
    const prove = async (operations: readonly CashOperation[]): Promise<[CashBatch, ReturnType<typeof settling>]> => {
      const context = {
        sizes: CASH_BATCH_SIZES.small,
        timestamp: await venue.now(),
        domain: (await custody.domain()) as bigint,
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
      assert.equal(await custody.stateRoot(), stateRoot(state))
      for (const [asset, lots] of vault.entries()) assert.equal((await custody.lots(asset)).vault, lots)
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
    await assertReverts(as(operator).settle(CASH, lie), custody.interface, 'ProofRejected')
    await settle(first, [alice.address])

    await venue.requestWithdrawal(alice, account, 0, 300n)
    await settle(await prove([{ kind: 'FORCED', account, asset: 0, requested: 300n }]), [])
    await as(alice).claim(0, 300n, signers.bob.address)
    assert.equal(await tokens[0].balanceOf(signers.bob.address), 300n * 1_000n)
    assert.deepEqual([...(await custody.lots(0))], [0n, 200n, 0n])
  })
})

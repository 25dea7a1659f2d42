import assert from 'node:assert/strict'
import type { Signer } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { CASH_BATCH_SIZES } from '../../../circuits/cash-batch/index.ts'
import type { AccountSecrets } from '../../../protocol/account-secrets.ts'
import type { CashMessage, SignedCashMessage } from '../../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../../protocol/cash-batch/sign.ts'
import { cashData, packCashData } from '../../../protocol/cash-batch/words.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { accountAt, emptyState, type State, stateRoot } from '../../../protocol/state.ts'
import { claim } from '../../../settlement/account/claim.ts'
import { deposit } from '../../../settlement/account/deposit.ts'
import { registerAccount } from '../../../settlement/account/register-account.ts'
import { requestWithdrawal, resumeAccount, rotateKey, suspendAccount } from '../../../settlement/account/requests.ts'
import { deriveAccountSecrets, registrationOf } from '../../../settlement/account/secrets.ts'
import { queueOperation } from '../../../settlement/queue-operation.ts'
import { readCash } from '../../../settlement/read-cash.ts'
import { serveQueue } from '../../../venue/serve-queue.ts'
import { CASH, createSettlement, SCALES, type SettlementVenue } from '../../support/contracts/settlement.ts'

const SHAPE = venueShape('small')

/** Owners act on chain and the venue serves what waits there; only the proofs are a stub's. */
describe('a served queue', () => {
  let venue: SettlementVenue
  let settlement: string
  let secrets: AccountSecrets
  let state: State
  before(async () => {
    venue = await createSettlement({ genesisRoot: stateRoot(emptyState(SHAPE)) })
    settlement = String(venue.settlement.target)
    secrets = await deriveAccountSecrets(venue.signers.alice, { chainId: 31337n, settlement, number: 0 })
  })
  beforeEach(async () => {
    await venue.reset()
    state = emptyState(SHAPE)
  })

  /** Serves what waits and settles it, as the operator. */
  const serve = async (messages: readonly SignedCashMessage[] = [], accounts: readonly number[] = []) => {
    const provider = venue.ethers.provider
    const parties = messages.flatMap(({ message }) => [message.account, message.counterAccount])
    const chain = await readCash({ provider, settlement, accounts: [...accounts, ...parties] })
    const { time: timestamp, domain, vault, viewCommitments, owners } = chain
    assert.equal(chain.stateRoot, stateRoot(state))
    const served = serveQueue({
      state,
      entries: chain.entries.map(queueOperation),
      context: { sizes: CASH_BATCH_SIZES.small, timestamp, domain, riskTable: undefined, vault },
      viewKeys: new Map(accounts.map((account) => [account, secrets.viewKey])),
      ...{ viewCommitments, owners, messages },
    })
    const payers = chain.entries.filter(({ kind }) => kind === 'DEPOSIT').map(({ payer }) => payer)
    for (const batch of served.batches) {
      const deposits = batch.slots.filter(({ kind }) => kind === 'DEPOSIT').length
      const proved = await venue.batchOf(CASH, packCashData(cashData(batch)), { payers: payers.splice(0, deposits) })
      await venue.as(venue.signers.operator).settle(CASH, proved)
    }
    state = served.state
    return served
  }
  const own = (signer: Signer = venue.signers.alice) => ({ signer, settlement, account: 1 })
  const fund = (asset: 0 | 1, lots: bigint) =>
    venue.tokens[asset].mint(venue.signers.alice.address, lots * SCALES[asset]!)
  const enter = async () => {
    const { account } = await registerAccount({ ...own(), registration: registrationOf(secrets) })
    await fund(0, 500n)
    await deposit({ ...own(), account, asset: 0, lots: 500n })
    return serve([], [account])
  }
  const withdrawal = async (changes: Partial<CashMessage> = {}, key = secrets.privateKey) => {
    const plain = { kind: 'WITHDRAW', account: 1, counterAccount: 0, asset: 0, amount: 200n, nonce: 1n } as const
    const message = { ...plain, expiry: (await venue.now()) + 600n, ...changes }
    return signCashMessage(message, (await venue.settlement.domain()) as bigint, key)
  }

  it('enters an account, its deposit and its view key, and pays a withdrawal that its owner signed', async () => {
    const { viewed, served, batches } = await enter()
    assert.deepEqual([viewed, served, batches.length], [[1], 3, 1])
    assert.equal(await venue.settlement.stateRoot(), stateRoot(state))
    const { collateral, viewKey } = accountAt(state, 1)!
    assert.deepEqual([collateral[0], viewKey], [500n, secrets.viewKey])
    const { refusedMessages } = await serve([await withdrawal()])
    assert.deepEqual(refusedMessages, [])
    assert.deepEqual([...(await venue.settlement.lots(0))], [0n, 300n, 200n])
    assert.equal((await claim({ ...own(), asset: 0 })).lots, 200n)
    assert.equal(await venue.tokens[0].balanceOf(venue.signers.alice.address), 200_000n)
  })

  it('knows no owner of an account that another has before its batch has to be settled: no transfer of it costs the batch', async () => {
    const { signers, as, networkHelpers, ethers } = venue
    const { alice, bob } = signers
    const [kept, given] = [await venue.register(alice), await venue.register(alice)]
    const owners = async () =>
      (await readCash({ provider: ethers.provider, settlement, accounts: [kept, given] })).owners
    const both = new Map([kept, given].map((account) => [account, alice.address]))
    assert.deepEqual(await owners(), both)
    await as(alice).offerOwner(given, bob.address)
    await as(bob).acceptOwner(given)
    const from = (await venue.now()) + 3_600n
    const skew = (await venue.settlement.MAX_CLOCK_SKEW()) as bigint
    await networkHelpers.time.increaseTo(from - skew - 5n)
    assert.deepEqual(await owners(), both)
    await networkHelpers.time.increaseTo(from - skew + 5n)
    assert.deepEqual(await owners(), new Map([[kept, alice.address]]))
    await networkHelpers.time.increaseTo(from + 5n)
    assert.deepEqual(await owners(), new Map([[kept, alice.address]]))
    await networkHelpers.time.increaseTo(from + 65n)
    assert.deepEqual(await owners(), both.set(given, bob.address))
  })

  it('serves every kind of request, in order, and more than one batch takes', async () => {
    await enter()
    const rotated = await deriveAccountSecrets(venue.signers.alice, {
      ...{ chainId: 31337n, settlement, number: 0 },
      rotation: 1,
    })
    await suspendAccount(own())
    await requestWithdrawal({ ...own(), asset: 0, lots: 600n })
    await rotateKey({ ...own(), key: registrationOf(rotated).key })
    await fund(1, 9n)
    await deposit({ ...own(), asset: 1, lots: 9n })
    await requestWithdrawal({ ...own(), asset: 1, lots: 4n })
    const { batches } = await serve()
    assert.deepEqual(
      batches.map(({ slots }) => slots.map(({ kind, paid }) => [kind, paid])),
      [
        [
          ['SUSPEND', 0n],
          ['FORCED', 500n],
          ['ROTATE', 0n],
          ['DEPOSIT', 0n],
        ],
        [['FORCED', 4n]],
      ],
    )
    await resumeAccount(own())
    const old = await withdrawal({ asset: 1, amount: 5n })
    const fresh = await withdrawal({ asset: 1, amount: 5n }, rotated.privateKey)
    const { refusedMessages } = await serve([old, fresh])
    assert.deepEqual(
      refusedMessages.map(({ signed, reason }) => [signed === old, reason]),
      [[true, 'BAD_SIGNATURE']],
    )
    assert.equal(accountAt(state, 1)!.suspended, false)
    assert.deepEqual([...(await venue.settlement.lots(1))], [0n, 0n, 9n])
    assert.equal(await venue.settlement.stateRoot(), stateRoot(state))
  })

  it('moves money between accounts of one owner, and has no stranger spoil the batch with a transfer elsewhere', async () => {
    await enter()
    const { account } = await registerAccount({ ...own(), registration: registrationOf(secrets) })
    await registerAccount({ ...own(venue.signers.bob), registration: registrationOf(secrets) })
    const transfer = { kind: 'TRANSFER_OUT', amount: 100n } as const
    const elsewhere = await withdrawal({ ...transfer, counterAccount: 3 })
    const within = await withdrawal({ ...transfer, counterAccount: account })
    const { refusedMessages } = await serve([elsewhere, within])
    assert.deepEqual(
      refusedMessages.map(({ signed, reason }) => [signed === elsewhere, reason]),
      [[true, 'OWNERS_DIFFER']],
    )
    assert.deepEqual(
      [1, account, 3].map((index) => accountAt(state, index)!.collateral[0]),
      [400n, 100n, 0n],
    )
    assert.equal(await venue.settlement.stateRoot(), stateRoot(state))
  })

  it('has no view key entered that its owner did not register', async () => {
    const { account } = await registerAccount({ ...own(), registration: registrationOf(secrets) })
    const { refusedKeys, viewed } = await serve([], [0, account, 7])
    assert.deepEqual(viewed, [account])
    assert.deepEqual(
      refusedKeys.map(({ account, reason }) => [account, reason]),
      [
        [0, 'VIEW_COMMITMENT'],
        [7, 'UNKNOWN_ACCOUNT'],
      ],
    )
  })
})

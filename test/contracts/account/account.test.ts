import assert from 'node:assert/strict'
import type { Signer, TransactionRequest } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { ZkclearError } from '../../../protocol/errors.ts'
import { acceptOwner, offerOwner } from '../../../settlement/account/change-owner.ts'
import { claim } from '../../../settlement/account/claim.ts'
import { deposit } from '../../../settlement/account/deposit.ts'
import { findAccounts } from '../../../settlement/account/find-accounts.ts'
import { readAccount } from '../../../settlement/account/read-account.ts'
import { registerAccount } from '../../../settlement/account/register-account.ts'
import { requestWithdrawal, resumeAccount, rotateKey, suspendAccount } from '../../../settlement/account/requests.ts'
import { deriveAccountSecrets, registrationOf } from '../../../settlement/account/secrets.ts'
import type { Registration } from '../../../settlement/terms.ts'
import { createSettlement, pointOf, SCALES, type SettlementVenue, slot } from '../../support/contracts/settlement.ts'

describe('an account', () => {
  let venue: SettlementVenue
  let settlement: string
  let registration: Registration
  before(async () => {
    venue = await createSettlement({ secondToken: 'HostileToken' })
    settlement = String(venue.settlement.target)
    const options = { chainId: 31337n, settlement, number: 0 }
    registration = registrationOf(await deriveAccountSecrets(venue.signers.alice, options))
  })
  beforeEach(() => venue.reset())

  const by = (signer: Signer) => ({ signer, settlement })
  const register = async (signer: Signer = venue.signers.alice) => registerAccount({ ...by(signer), registration })
  const read = (account: number) => readAccount({ provider: venue.ethers.provider, settlement, account })

  /** The call is refused with that code and those details, and nothing is sent. */
  const refuses = async (call: () => Promise<unknown>, code: string, details: Record<string, unknown>, words = /./) => {
    const sent = () => Promise.all([venue.signers.alice, venue.signers.bob].map((signer) => signer.getNonce('pending')))
    const before = await sent()
    await assert.rejects(call(), (error: ZkclearError) => {
      assert.ok(error instanceof ZkclearError, String(error))
      const told = { path: error.path, ...error.details }
      const picked = Object.fromEntries(Object.keys(details).map((name) => [name, told[name as keyof typeof told]]))
      assert.deepEqual({ code: error.code, ...picked }, { code, ...details }, error.message)
      assert.match(error.message, words)
      assert.doesNotMatch(error.message, /undefined|\[object/)
      return true
    })
    assert.deepEqual(await sent(), before)
  }

  it("is registered as its sender's, with the words that follow from the secrets; what is sent too much comes back", async () => {
    const { alice } = venue.signers
    const before = await venue.ethers.provider.getBalance(alice.address)
    const fee = (await venue.fee()) + ((await venue.settlement.registrationFee()) as bigint)
    const { index, account, deadline, transactionHash } = await register()
    assert.deepEqual([index, account, deadline], [1n, 1, await deadlineOf(1n)])
    assert.equal(await venue.settlement.ownerOf(1), alice.address)
    assert.equal(await venue.settlement.viewCommitmentOf(1), registration.viewCommitment)
    const receipt = await venue.ethers.provider.getTransactionReceipt(transactionHash)
    assert.equal(before - (await venue.ethers.provider.getBalance(alice.address)), fee + receipt!.fee)
    const { x, y } = registration.key
    await venue.settleCash([slot.register(0), slot.register(1, { x, y }, registration.ownerCommitment)])
  })

  const deadlineOf = async (index: bigint) => (await venue.settlement.placeAt(index)).deadline as bigint

  it('is registered although the fee rises between the reading and the block', async () => {
    const { alice, bob } = venue.signers
    for (let i = 0; i < 9; i++) await venue.register(bob)
    const fee = await venue.fee()
    const raising = async () => {
      for (let i = 0; i < 3; i++) await venue.register(bob)
    }
    const late: Signer = Object.assign(Object.create(alice), {
      sendTransaction: async (transaction: TransactionRequest) => {
        await raising()
        return alice.sendTransaction(transaction)
      },
    })
    const { account } = await registerAccount({ ...by(late), registration })
    assert.equal(account, 13)
    assert.ok((await venue.fee()) > fee)
  })

  it('is registered for nobody with words that no circuit takes, or keys that are none', async () => {
    const key = { x: 0n, y: 1n }
    await refuses(
      () => registerAccount({ ...by(venue.signers.alice), registration: { ...registration, key } }),
      'CONTRACT_REFUSED',
      { refusal: 'SmallOrder' },
      /register one that keyToRegister gives/,
    )
    const wide = { ...registration, viewCommitment: 1n << 255n }
    await refuses(() => registerAccount({ ...by(venue.signers.alice), registration: wide }), 'INPUT_INVALID', {
      path: 'registration.viewCommitment',
    })
  })

  it('is found again with nothing but the wallet, and not where a stranger registered its words', async () => {
    const { alice, bob } = venue.signers
    const find = (owner: string) => findAccounts({ provider: venue.ethers.provider, settlement, registration, owner })
    await register(bob)
    assert.deepEqual(await find(alice.address), [])
    await register()
    assert.deepEqual(await find(alice.address), [2])
    assert.deepEqual(await find(bob.address), [1])
  })

  describe('deposits', () => {
    const units = (asset: number, lots: bigint) => lots * SCALES[asset]!
    const mint = (asset: 0 | 1, lots: bigint) =>
      venue.tokens[asset].mint(venue.signers.alice.address, units(asset, lots))
    const allowance = (asset: 0 | 1) => venue.tokens[asset].allowance(venue.signers.alice.address, settlement)
    const give = (changes: object = {}) =>
      deposit({ ...by(venue.signers.alice), account: 1, asset: 0, lots: 500n, ...changes })

    beforeEach(async () => {
      await register()
      await mint(0, 1_000n)
    })

    it('approve exactly what is needed, and only if it is not approved yet', async () => {
      const stages: string[] = []
      const first = await give({ onProgress: ({ stage }: { stage: string }) => stages.push(stage) })
      const { approval, transactionHash, ...told } = first
      const { blockNumber, gasUsed, ...rest } = told
      assert.deepEqual(rest, {
        ...{ index: 2n, account: 1, deadline: await deadlineOf(2n), asset: 0, lots: 500n },
        ...{ token: venue.tokens[0].target, units: 500_000n },
      })
      assert.match(approval!, /^0x[0-9a-f]{64}$/)
      assert.deepEqual(stages.slice(0, 5), [
        'approve: simulate',
        'approve: send',
        'approve: wait for its block',
        'approve: included',
        'simulate',
      ])
      assert.equal(await allowance(0), 0n)
      assert.deepEqual([...(await venue.settlement.lots(0))], [500n, 0n, 0n])
      await venue.tokens[0].connect(venue.signers.alice).getFunction('approve')(settlement, units(0, 700n))
      assert.equal((await give()).approval, undefined)
      assert.equal(await allowance(0), units(0, 200n))
      assert.deepEqual([...(await venue.settlement.lots(0))], [1_000n, 0n, 0n])
    })

    it('take an allowance that is too small back before they give another', async () => {
      await venue.tokens[0].connect(venue.signers.alice).getFunction('approve')(settlement, 1n)
      const nonce = await venue.signers.alice.getNonce()
      await give()
      assert.equal(await venue.signers.alice.getNonce(), nonce + 3)
    })

    it('approve nothing where no approval would mend it', async () => {
      const details = (refusal: string) => ({ refusal })
      await refuses(() => give({ account: 9 }), 'CONTRACT_REFUSED', details('AccountUnknown'), /they are 0 to 1/)
      await refuses(() => give({ account: 0 }), 'CONTRACT_REFUSED', details('OwnerNotExpected'))
      const owner = venue.signers.bob.address
      await refuses(() => give({ owner }), 'CONTRACT_REFUSED', details('OwnerNotExpected'))
      await refuses(
        () => give({ lots: 1_001n }),
        'INPUT_INVALID',
        { path: 'lots', balance: '1000000' },
        /1001000 units/,
      )
      await refuses(() => give({ lots: 0n }), 'INPUT_INVALID', { path: 'lots' })
      await refuses(() => give({ lots: 1n << 80n }), 'INPUT_INVALID', { path: 'lots' })
      await refuses(() => give({ asset: 2 }), 'INPUT_INVALID', { path: 'asset' }, /they are 0 to 1/)
      await refuses(() => give({ account: -1 }), 'INPUT_INVALID', { path: 'account' })
      assert.equal(await allowance(0), 0n)
      await venue.freeze()
      await refuses(() => give(), 'CONTRACT_REFUSED', details('VenueFrozen'))
      assert.equal(await allowance(0), 0n)
    })

    it("go to another's account if its owner is named", async () => {
      const { house } = venue.signers
      const { account } = await give({ account: 0, owner: house.address })
      assert.equal(account, 0)
    })

    it('say what a token does that cannot be held', async () => {
      await mint(1, 500n)
      await venue.tokens[1].set(3n, 0n)
      await assert.rejects(give({ asset: 1 }), { code: 'CONTRACT_REFUSED', message: /tokens that take fees/ })
    })
  })

  describe('requests', () => {
    beforeEach(() => register())
    const own = (account = 1) => ({ ...by(venue.signers.alice), account })

    it('enter the queue in order, each with its deadline', async () => {
      const made = [
        await requestWithdrawal({ ...own(), asset: 1, lots: 7n }),
        await rotateKey({ ...own(), key: pointOf(77) }),
        await suspendAccount(own()),
      ]
      assert.deepEqual(
        made.map(({ index }) => index),
        [2n, 3n, 4n],
      )
      const { waiting } = await read(1)
      assert.deepEqual(
        waiting.map(({ kind, asset, a, deadline }) => [kind, asset, a, deadline]),
        [
          ['REGISTER', 0, registration.key.x, await deadlineOf(1n)],
          ['FORCED', 1, 7n, made[0]!.deadline],
          ['ROTATE', 0, pointOf(77).x, made[1]!.deadline],
          ['SUSPEND', 0, 0n, made[2]!.deadline],
        ],
      )
      const { x, y } = registration.key
      await venue.settleCash([slot.register(0), slot.register(1, { x, y }, registration.ownerCommitment)])
      await venue.settleCash([slot.forced(1, 1, 7n, 0n, 0n), slot.rotate(1, pointOf(77)), slot.suspend(1)])
      assert.deepEqual((await read(1)).waiting, [])
      assert.equal((await resumeAccount(own())).index, 5n)
    })

    it("are refused to who is not the owner, twice, and for the house's suspension", async () => {
      const bob = { ...by(venue.signers.bob), account: 1 }
      const notOwner = { refusal: 'NotOwner' }
      await refuses(() => suspendAccount(bob), 'CONTRACT_REFUSED', notOwner, /send from that account/)
      await refuses(() => resumeAccount(bob), 'CONTRACT_REFUSED', notOwner)
      await refuses(() => rotateKey({ ...bob, key: pointOf(7) }), 'CONTRACT_REFUSED', notOwner)
      await refuses(() => requestWithdrawal({ ...bob, asset: 0, lots: 1n }), 'CONTRACT_REFUSED', notOwner)
      await suspendAccount(own())
      await refuses(() => resumeAccount(own()), 'CONTRACT_REFUSED', { refusal: 'AlreadyPending' })
      const house = { ...by(venue.signers.house), account: 0 }
      await refuses(() => suspendAccount(house), 'CONTRACT_REFUSED', { refusal: 'HouseCannotBeSuspended' })
    })

    it('are refused without a call to the contract for what can be no request', async () => {
      await refuses(() => requestWithdrawal({ ...own(), asset: 9, lots: 1n }), 'INPUT_INVALID', { path: 'asset' })
      await refuses(() => requestWithdrawal({ ...own(), asset: 0.5, lots: 1n }), 'INPUT_INVALID', { path: 'asset' })
      await refuses(() => requestWithdrawal({ ...own(), asset: 0, lots: -1n }), 'INPUT_INVALID', { path: 'lots' })
      await refuses(() => suspendAccount(own(1 << 24)), 'INPUT_INVALID', { path: 'account' })
      await refuses(() => rotateKey({ ...own(), key: { x: -1n, y: 0n } }), 'INPUT_INVALID', { path: 'key.x' })
    })

    it('are aborted before they are sent, and made of no other contract', async () => {
      await refuses(() => suspendAccount({ ...own(), signal: AbortSignal.abort() }), 'ABORTED', {})
      const elsewhere = { ...own(), settlement: String(venue.exits.target) }
      await refuses(() => suspendAccount(elsewhere), 'INPUT_INVALID', { path: 'settlement' }, /has no Settlement/)
    })
  })

  describe('claims', () => {
    const lots = 500n
    beforeEach(async () => {
      const { alice } = venue.signers
      const account = await venue.register(alice)
      await venue.deposit(alice, account, 0, lots)
      await venue.settleCash(
        [slot.register(0), slot.register(account), slot.deposit(account, 0, lots)],
        [alice.address],
      )
    })
    const withdraw = (paid: bigint) => venue.settleCash([slot.withdraw(1, 0, paid, lots)])
    const take = (changes: object = {}) => claim({ ...by(venue.signers.alice), asset: 0, ...changes })

    it('send all that is free, or as many lots as are asked for, to the owner or somebody else', async () => {
      const { alice, bob } = venue.signers
      await withdraw(300n)
      const { transactionHash: _, blockNumber: __, gasUsed: ___, ...told } = await take({ lots: 100n, to: bob.address })
      const token = venue.tokens[0].target
      assert.deepEqual(told, { asset: 0, lots: 100n, token, units: 100_000n, to: bob.address })
      assert.equal(await venue.tokens[0].balanceOf(bob.address), 100_000n)
      assert.equal((await take()).lots, 200n)
      assert.equal(await venue.tokens[0].balanceOf(alice.address), 200_000n)
      await refuses(() => take(), 'INPUT_INVALID', { path: 'asset', all: '0' }, /has no credit/)
    })

    it('are refused for more than is there, and for what cannot be claimed', async () => {
      await withdraw(300n)
      await refuses(() => take({ lots: 301n }), 'CONTRACT_REFUSED', { refusal: 'NotEnoughLots' })
      await refuses(() => take({ lots: 0n }), 'INPUT_INVALID', { path: 'lots' })
      await refuses(() => take({ asset: 5 }), 'INPUT_INVALID', { path: 'asset' })
      await refuses(() => take({ to: `0x${'0'.repeat(40)}` }), 'INPUT_INVALID', { path: 'to' })
    })
  })

  it('pays what the outflow limit lets go, and says what it holds back', async () => {
    const limited = await createSettlement({ outflow: { floor: 0n, shareBps: 1_000n } })
    const { alice } = limited.signers
    const account = await limited.register(alice)
    await limited.deposit(alice, account, 0, 500n)
    await limited.settleCash([slot.register(0), slot.register(1), slot.deposit(1, 0, 500n)], [alice.address])
    await limited.settleCash([slot.withdraw(1, 0, 300n, 500n)])
    const place = { signer: alice, settlement: String(limited.settlement.target), asset: 0 }
    assert.equal((await claim(place)).lots, 50n)
    await assert.rejects(claim(place), {
      code: 'INPUT_INVALID',
      message: /credit of 250 lots, which the outflow limit/,
    })
    const { credits } = await readAccount({ ...place, provider: limited.ethers.provider, account })
    assert.deepEqual(
      credits.map(({ all, free, lotScale }) => [all, free, lotScale]),
      [
        [250n, 0n, 1_000n],
        [0n, 0n, 7n],
      ],
    )
  })

  describe('change of owner', () => {
    beforeEach(() => register())
    const offer = (to: string | undefined) => offerOwner({ ...by(venue.signers.alice), account: 1, to })

    it('takes an offer, its acceptance and an hour, each of which shows', async () => {
      const { alice, bob } = venue.signers
      const state = async () => {
        const { owner, offered, next } = await read(1)
        return { owner, offered, next }
      }
      assert.deepEqual(await state(), { owner: alice.address, offered: undefined, next: undefined })
      await offer(bob.address)
      assert.deepEqual(await state(), { owner: alice.address, offered: bob.address, next: undefined })
      const { from } = await acceptOwner({ ...by(bob), account: 1 })
      assert.equal(from, (await venue.now()) + 3_600n)
      assert.deepEqual(await state(), { owner: alice.address, offered: undefined, next: { owner: bob.address, from } })
      await venue.networkHelpers.time.increaseTo(from)
      assert.deepEqual(await state(), { owner: bob.address, offered: undefined, next: undefined })
    })

    it('is taken back, also after its acceptance', async () => {
      const { alice, bob } = venue.signers
      await offer(bob.address)
      await offer(undefined)
      await refuses(() => acceptOwner({ ...by(bob), account: 1 }), 'CONTRACT_REFUSED', { refusal: 'NotOffered' })
      await offer(bob.address)
      await acceptOwner({ ...by(bob), account: 1 })
      await offer(undefined)
      const { owner, offered, next } = await read(1)
      assert.deepEqual([owner, offered, next], [alice.address, undefined, undefined])
    })

    it('is offered by the owner alone, to an address', async () => {
      const { bob } = venue.signers
      const stranger = { ...by(bob), account: 1, to: bob.address }
      await refuses(() => offerOwner(stranger), 'CONTRACT_REFUSED', { refusal: 'NotOwner' })
      await refuses(() => offer('0x12'), 'INPUT_INVALID', { path: 'to' })
    })
  })

  it('is read with its fees, and not where there is none', async () => {
    await register()
    const { account, viewCommitment, fees } = await read(1)
    assert.deepEqual([account, viewCommitment], [1, registration.viewCommitment])
    assert.deepEqual(fees, { queue: await venue.fee(), registration: await venue.settlement.registrationFee() })
    await refuses(() => read(2), 'CONTRACT_REFUSED', { refusal: 'AccountUnknown' }, /they are 0 to 1/)
  })
})

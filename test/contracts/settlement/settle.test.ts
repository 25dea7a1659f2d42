import assert from 'node:assert/strict'
import type { Wallet } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import type { CashSlotData } from '../../../protocol/cash-batch/slot-words.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  CASH,
  createSettlement,
  DELEVERAGE,
  element32,
  ITEMS,
  KINDS,
  PERIODS,
  pointOf,
  type SettlementVenue,
  slot,
  TAKEOVER,
  TRADE,
  TRADE_WORDS,
  viewCommitmentOf,
} from '../../support/contracts/settlement.ts'
import { element } from '../../support/contracts/venue.ts'

describe('settling a batch', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement()
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)
  const settle = (kind: bigint, batch: unknown) => venue.as(venue.signers.operator).settle.staticCall(kind, batch)

  it('moves the root, and says all of its words and the anchor', async () => {
    const { settlement } = venue
    const words = await venue.cashWords([slot.register(0)])
    const batch = await venue.batchOf(CASH, words)
    const sent = await venue.as(venue.signers.operator).settle(CASH, batch)
    const receipt = await sent.wait()
    const { name, args } = settlement.interface.parseLog(receipt.logs[0])!
    const [, time, risk, from, to, ...data] = words
    assert.deepEqual([name, ...args.slice(0, 7)], ['Settled', 1n, from, to, CASH, risk, time, batch.anchor])
    assert.deepEqual([...args[7]], data)
    assert.equal(await settlement.stateRoot(), words[4])
    assert.deepEqual([await settlement.batchCount(), await settlement.lastTimestamp()], [1n, words[1]])
  })

  it('of cash may leave the root as it is', async () => {
    const root = (await venue.settlement.stateRoot()) as bigint
    await venue.settleCash([slot.register(0)], [], { newStateRoot: root })
    assert.equal(await venue.settlement.stateRoot(), root)
    await venue.settleCash([], [], { newStateRoot: root })
    assert.equal(await venue.settlement.batchCount(), 2n)
  })

  it('notes which markets a sweep retires, once each, and only at a table that it may name', async () => {
    const { settlement } = venue
    await venue.settleCash([slot.register(0)])
    const sweep = (market: number, retires: boolean) =>
      venue.settleCash([], [], { sweep: { market, amount: (1n << 80n) - 1n, retires, houseLeaf: 5n } })
    const retiredBy = async (sent: ReturnType<typeof sweep>) => {
      const { logs } = (await (await sent).wait()) as { logs: { topics: string[]; data: string }[] }
      const events = logs.map((log) => settlement.interface.parseLog(log)).filter((e) => e?.name === 'MarketRetired')
      return events.map((e) => e!.args[0] as bigint)
    }
    assert.deepEqual(await retiredBy(sweep(3, false)), [])
    assert.equal(await settlement.retiredMarkets(), 0n)
    assert.deepEqual(await retiredBy(sweep(3, true)), [3n])
    assert.deepEqual(await retiredBy(sweep(15, true)), [15n])
    assert.deepEqual(await retiredBy(sweep(3, true)), [])
    assert.deepEqual(await retiredBy(sweep(3, false)), [])
    assert.equal(await settlement.retiredMarkets(), (1n << 15n) + 8n)
    const trade = await venue.tradeWords()
    const told = trade.with(-2, 7n << 88n)
    await venue.as(venue.signers.operator).settle(TRADE, await venue.batchOf(TRADE, told))
    assert.equal(await settlement.retiredMarkets(), (1n << 15n) + 8n)
  })

  describe('asks for words that speak of this contract, now', () => {
    const refused = async (place: number, word: bigint, name: string, args?: readonly unknown[]) =>
      reverts(settle(TRADE, await venue.batchOf(TRADE, await venue.tradeWords({ [place]: word }))), name, args)

    it('of its domain', async () => {
      const domain = (await venue.settlement.domain()) as bigint
      await refused(0, domain + 1n, 'DomainWrong', [domain + 1n, domain])
    })

    it('of a time that is neither before the last batch’s nor off the block’s by more than 900 s', async () => {
      const now = await venue.now()
      for (const time of [now - 901n, now + 902n, 2n ** 40n + now, FIELD - 1n]) {
        await refused(1, time, 'TimestampOutOfRange')
      }
      await settle(TRADE, await venue.batchOf(TRADE, await venue.tradeWords({ 1: now - 898n })))
      await settle(TRADE, await venue.batchOf(TRADE, await venue.tradeWords({ 1: now + 900n })))
      await venue.settleTrade()
      await refused(1, (await venue.settlement.lastTimestamp()) - 1n, 'TimestampOutOfRange')
    })

    it('of the current root, and of a new one that is not 0', async () => {
      const root = (await venue.settlement.stateRoot()) as bigint
      await refused(3, element('another'), 'StateRootNotCurrent', [element('another'), root])
      await refused(4, 0n, 'ZeroRoot')
    })

    it('all of them canonical, word + r of none', async () => {
      const batch = await venue.batchOf(TRADE, await venue.tradeWords())
      for (const place of [4, 5, 7]) {
        const words = batch.words.with(place, batch.words[place]! + FIELD)
        await reverts(settle(TRADE, { ...batch, words }), 'WordNotCanonical', [
          BigInt(place),
          batch.words[place]! + FIELD,
          FIELD,
        ])
      }
      await reverts(settle(TRADE, { ...batch, commitment: batch.commitment + FIELD }), 'NotCanonical')
    })

    it('as many as the circuit has', async () => {
      const words = await venue.tradeWords()
      for (const list of [words.slice(0, -1), [...words, 0n]]) {
        const given = [BigInt(list.length), TRADE_WORDS]
        await reverts(settle(TRADE, await venue.batchOf(TRADE, list)), 'WordCountWrong', given)
      }
      await reverts(settle(TRADE, await venue.batchOf(TRADE, words.slice(0, 4))), 'WordCountWrong', [4n, 6n])
    })
  })

  describe('asks the verifier of its kind', () => {
    it('which is named when it does not take the proof', async () => {
      const batch = await venue.batchOf(TRADE, await venue.tradeWords())
      const proof = { ...batch.proof, a: [1n, 1n] }
      const call = settle(TRADE, { ...batch, proof })
      await assert.rejects(call, (error: { data: string }) => {
        const { name, args } = venue.settlement.interface.parseError(error.data)!
        assert.deepEqual([name, args[0], args[1]], ['ProofRejected', TRADE, venue.tradeVerifier.target])
        return true
      })
    })

    it('and not that of another', async () => {
      const trade = await venue.batchOf(TRADE, await venue.tradeWords())
      const cash = await venue.batchOf(CASH, await venue.cashWords([slot.register(0)]))
      await reverts(settle(CASH, trade), 'WordCountWrong')
      await reverts(settle(TRADE, cash), 'WordCountWrong')
      await reverts(settle(CASH, { ...cash, proof: trade.proof }), 'ProofRejected')
      for (const kind of [TAKEOVER, DELEVERAGE]) await reverts(settle(kind, cash), 'WordCountWrong')
      for (const kind of [KINDS, 2n ** 255n]) await reverts(settle(kind, cash), 'KindUnknown', [kind, KINDS])
    })
  })

  describe('is done by the operator', () => {
    const typedBatch = async (kind: bigint, batch: { words: bigint[]; anchor: string }, changes = {}) => {
      const { settlement, ethers } = venue
      const { chainId } = await ethers.provider.getNetwork()
      const types = {
        Batch: [
          { name: 'kind', type: 'uint256' },
          { name: 'batch', type: 'uint64' },
          { name: 'oldStateRoot', type: 'uint256' },
          { name: 'firstEntry', type: 'uint64' },
          { name: 'words', type: 'bytes32' },
          { name: 'anchor', type: 'bytes32' },
        ],
      }
      const message = {
        kind,
        batch: (await settlement.batchCount()) + 1n,
        oldStateRoot: await settlement.stateRoot(),
        firstEntry: await settlement.queueFront(),
        words: ethers.solidityPackedKeccak256(['uint256[]'], [batch.words]),
        anchor: batch.anchor,
        ...changes,
      }
      const domain = { name: 'zkclear', version: '1', chainId, verifyingContract: settlement.target as string }
      return { domain, types, message }
    }
    const sign = async (signer: unknown, kind: bigint, batch: { words: bigint[]; anchor: string }, changes = {}) => {
      const { domain, types, message } = await typedBatch(kind, batch, changes)
      return (signer as Wallet).signTypedData(domain, types, message)
    }
    const byStranger = (kind: bigint, batch: unknown) => venue.as(venue.signers.stranger).settle(kind, batch)

    it('and not by a stranger who knows the state and can prove', async () => {
      const { stranger, operator } = venue.signers
      const batch = await venue.batchOf(TRADE, await venue.tradeWords())
      await reverts(byStranger(TRADE, batch), 'NotByOperator', [stranger.address, operator.address, 1n])
      const signature = await sign(stranger, TRADE, batch)
      await reverts(byStranger(TRADE, { ...batch, signature }), 'NotByOperator')
      await venue.settleTrade()
    })

    it('or by whoever carries the operator’s signature', async () => {
      const batch = await venue.batchOf(CASH, await venue.cashWords([slot.register(0)]))
      const signature = await sign(venue.signers.operator, CASH, batch)
      await byStranger(CASH, { ...batch, signature })
      assert.equal(await venue.settlement.batchCount(), 1n)
    })

    it('which may be a contract that approves', async () => {
      const { ethers, authority, networkHelpers } = venue
      const wallet = await venue.deploy('ContractOperator')
      const governor = venue.as(venue.signers.governor, authority)
      await governor.propose(ITEMS.OPERATOR, 0n, wallet.target, 0n)
      await networkHelpers.time.increase(PERIODS.upgradeDelay)
      await governor.execute(ITEMS.OPERATOR, 0n)
      const batch = await venue.batchOf(CASH, await venue.cashWords([slot.register(0)]))
      const { domain, types, message } = await typedBatch(CASH, batch)
      await reverts(byStranger(CASH, batch), 'NotByOperator')
      await wallet.approve!(ethers.TypedDataEncoder.hash(domain, types, message))
      await byStranger(CASH, batch)
    })

    it('whose signature is for one kind, batch, root, place in the queue, list of words and anchor', async () => {
      const { operator } = venue.signers
      const batch = await venue.batchOf(CASH, await venue.cashWords([slot.register(0)]))
      for (const changes of [
        { kind: TRADE },
        { batch: 2n },
        { oldStateRoot: 1n },
        { firstEntry: 1n },
        { words: element32('other words') },
        { anchor: element32('another anchor') },
      ]) {
        const signature = await sign(operator, CASH, batch, changes)
        await reverts(byStranger(CASH, { ...batch, signature }), 'NotByOperator')
      }
    })

    it('whose signature serves once, also when the root comes back', async () => {
      const { settlement, signers } = venue
      await venue.settleCash([slot.register(0)])
      const root = (await settlement.stateRoot()) as bigint
      const time = await venue.now()
      const words = await venue.cashWords([], { newStateRoot: root, timestamp: time + 60n })
      const batch = await venue.batchOf(CASH, words)
      const signature = await sign(signers.operator, CASH, batch)
      await byStranger(CASH, { ...batch, signature })
      assert.equal(await settlement.stateRoot(), root)
      await reverts(byStranger(CASH, { ...batch, signature }), 'NotByOperator')
    })
  })

  it('of cash cannot be settled again when its root has come back: the queue has moved on', async () => {
    const { alice, operator } = venue.signers
    const account = await venue.register(alice)
    await venue.settleCash([slot.register(0), slot.register(account)])
    const root = (await venue.settlement.stateRoot()) as bigint
    await venue.deposit(alice, account, 0, 70n)
    await venue.requestWithdrawal(alice, account, 0, 70n)
    const timestamp = (await venue.now()) + 60n
    const changes = { timestamp, newStateRoot: element('with the deposit') }
    const words = await venue.cashWords([slot.deposit(account, 0, 70n)], changes)
    const batch = await venue.batchOf(CASH, words, { payers: [alice.address] })
    await venue.as(operator).settle(CASH, batch)
    await venue.settleCash([slot.forced(account, 0, 70n, 70n, 70n)], [], { timestamp, newStateRoot: root })
    assert.equal(await venue.settlement.stateRoot(), root)
    await reverts(settle(CASH, batch), 'NotTheFirstEntry', [4n])
    // Were the same deposit there once more, it would be another entry and another payment.
    await venue.deposit(alice, account, 0, 70n)
    await settle(CASH, batch)
  })

  describe('of cash takes the queue from its front', () => {
    let account: number
    beforeEach(async () => {
      const { alice } = venue.signers
      account = await venue.register(alice)
      await venue.deposit(alice, account, 0, 70n)
      await venue.deposit(venue.signers.bob, account, 1, 80n)
    })
    const attempt = async (slots: readonly CashSlotData[], payers: readonly string[] = []) =>
      settle(CASH, await venue.batchOf(CASH, await venue.cashWords(slots), { payers }))

    it('in order: skipped, out of order or twice it is refused, and says at which entry', async () => {
      const { alice } = venue.signers
      const [house, own] = [slot.register(0), slot.register(account)]
      await attempt([house, own])
      await reverts(attempt([own]), 'NotTheFirstEntry', [0n])
      await reverts(attempt([own, house]), 'NotTheFirstEntry', [0n])
      await reverts(attempt([house, house]), 'NotTheFirstEntry', [1n])
      await reverts(attempt([house, slot.deposit(account, 0, 70n)], [alice.address]), 'NotTheFirstEntry', [1n])
      await venue.settleCash([house])
      await reverts(attempt([house]), 'NotTheFirstEntry', [1n])
      await reverts(attempt([house, own]), 'NotTheFirstEntry', [1n])
    })

    it('and nothing that is not there', async () => {
      const { alice, bob } = venue.signers
      const [house, own] = [slot.register(0), slot.register(account)]
      const deposits = [slot.deposit(account, 0, 70n), slot.deposit(account, 1, 80n)]
      await venue.settleCash([house, own, ...deposits], [alice.address, bob.address])
      assert.equal(await venue.settlement.queueFront(), await venue.settlement.queueEnd())
      await reverts(attempt([slot.deposit(account, 0, 70n)], [alice.address]), 'NotTheFirstEntry', [4n])
      await reverts(attempt([slot.suspend(account)]), 'NotTheFirstEntry', [4n])
    })

    it('as it was entered: no word of it may be another', async () => {
      const { alice, bob } = venue.signers
      await venue.settleCash([slot.register(0)])
      const own = slot.register(account)
      for (const changed of [
        { ...own, a: own.a + 1n },
        { ...own, b: own.b + 1n },
        { ...own, c: own.c + 1n },
        { ...own, account: account + 1 },
        { ...own, asset: 1 },
        { ...own, kind: 'ROTATE' as const },
      ]) {
        await reverts(attempt([changed]), 'NotTheFirstEntry', [1n])
      }
      await venue.settleCash([own])
      const deposit = slot.deposit(account, 0, 70n)
      for (const changed of [slot.deposit(account, 0, 71n), slot.deposit(account, 1, 70n), slot.deposit(0, 0, 70n)]) {
        await reverts(attempt([changed], [alice.address]), 'NotTheFirstEntry', [2n])
      }
      await reverts(attempt([deposit], [bob.address]), 'NotTheFirstEntry', [2n])
      await reverts(attempt([deposit]), 'PayerCountWrong', [0n, 1n])
      await reverts(attempt([deposit], [alice.address, bob.address]), 'PayerCountWrong', [2n, 1n])
      await attempt([deposit], [alice.address])
    })
  })

  describe('of cash moves money as the vault has it', () => {
    let account: number
    beforeEach(async () => {
      const { alice } = venue.signers
      account = await venue.register(alice)
      await venue.deposit(alice, account, 0, 70n)
      await venue.settleCash([slot.register(0), slot.register(account), slot.deposit(account, 0, 70n)], [alice.address])
    })
    const attempt = async (...slots: readonly CashSlotData[]) =>
      settle(CASH, await venue.batchOf(CASH, await venue.cashWords(slots)))

    it('which the words say, slot by slot, deposits and payments of earlier slots included', async () => {
      const { alice } = venue.signers
      await reverts(attempt(slot.withdraw(account, 0, 10n, 69n)), 'AvailableWrong', [0n, 69n, 70n])
      await reverts(attempt(slot.withdraw(account, 0, 10n, 71n)), 'AvailableWrong', [0n, 71n, 70n])
      const twice = [slot.withdraw(account, 0, 10n, 70n), slot.withdraw(account, 0, 10n, 70n)]
      await reverts(attempt(...twice), 'AvailableWrong', [1n, 70n, 60n])
      await venue.deposit(alice, account, 0, 5n)
      await venue.settleCash(
        [
          slot.withdraw(account, 0, 10n, 70n),
          slot.deposit(account, 0, 5n),
          slot.withdraw(account, 0, 65n, 65n),
          slot.withdraw(account, 0, 0n, 0n),
        ],
        [alice.address],
      )
      assert.deepEqual([...(await venue.settlement.lots(0))], [0n, 0n, 75n])
      assert.deepEqual([...(await venue.settlement.creditOf(alice.address, 0))], [75n, 75n])
    })

    it('and never more, whatever a proof says', async () => {
      await reverts(attempt(slot.withdraw(account, 0, 71n, 70n)), 'NotEnoughLots', [71n, 70n])
      await reverts(attempt(slot.withdraw(account, 1, 1n, 0n)), 'NotEnoughLots', [1n, 0n])
      await reverts(attempt(slot.withdraw(account, 2, 0n, 0n)), 'AssetUnknown', [2n, 2n])
      await reverts(attempt(slot.withdraw(9, 0, 0n, 70n)), 'AccountUnknown', [9n, 2n])
    })

    it('to the owner at that time', async () => {
      const { alice, bob } = venue.signers
      await venue.as(alice).offerOwner(account, bob.address)
      await venue.as(bob).acceptOwner(account)
      await venue.settleCash([slot.withdraw(account, 0, 10n, 70n)])
      await venue.networkHelpers.time.increase(3_600n)
      await venue.settleCash([slot.withdraw(account, 0, 20n, 60n)])
      const credits = [alice, bob].map(async ({ address }) => (await venue.settlement.creditOf(address, 0))[0])
      assert.deepEqual(await Promise.all(credits), [10n, 20n])
    })

    it('between accounts of one owner only', async () => {
      const { alice, bob } = venue.signers
      const own = await venue.register(alice)
      const foreign = await venue.register(bob)
      await venue.settleCash([slot.register(own), slot.register(foreign)])
      await attempt(...slot.transfer(account, own, 0, 10n))
      await reverts(attempt(...slot.transfer(account, foreign, 0, 10n)), 'OwnersDiffer', [
        0n,
        alice.address,
        bob.address,
      ])
      await reverts(attempt(...slot.transfer(account, 0, 0, 10n)), 'OwnersDiffer')
      await venue.as(bob).offerOwner(foreign, alice.address)
      await venue.as(alice).acceptOwner(foreign)
      await venue.networkHelpers.time.increase(3_600n)
      await attempt(...slot.transfer(account, foreign, 0, 10n))
    })

    it('and enters the view key that the owner committed to', async () => {
      await attempt(slot.view(account))
      const [told, needed] = [viewCommitmentOf(0), viewCommitmentOf(account)]
      await reverts(attempt(slot.view(account, told)), 'ViewCommitmentWrong', [0n, told, needed])
      await reverts(attempt(slot.view(9)), 'AccountUnknown', [9n, 2n])
    })

    it('and knows no other kinds', async () => {
      const words = await venue.cashWords([slot.view(account)])
      for (const kind of [14n, 15n, 16n, 2n ** 190n]) {
        const head = (words[6]! & (2n ** 56n - 1n)) | (kind << 56n)
        await reverts(settle(CASH, await venue.batchOf(CASH, words.with(6, head))), 'SlotUnknown', [0n, head])
      }
    })
  })

  describe('that flags an account', () => {
    beforeEach(() => venue.settleCash([slot.register(0)]))
    const CLOCK = 300n

    it('is of a time at most five minutes before the block’s, so that as much of its time to act is left when it is told', async () => {
      assert.equal(await venue.authority.FLAG_CLOCK(), CLOCK)
      const block = (await venue.now()) + 1_000n
      const at = async (time: bigint) => {
        await venue.networkHelpers.time.setNextBlockTimestamp(block)
        return venue.settleCash([slot.flag(0)], [], { timestamp: time })
      }
      await reverts(at(block - CLOCK - 1n), 'FlagTooOld', [block - CLOCK - 1n, block - CLOCK])
      await venue.networkHelpers.time.setNextBlockTimestamp(block + 1n)
      await venue.settleCash([slot.flag(0)], [], { timestamp: block + 1n - CLOCK })
      // Nobody else is held to that.
      await venue.settleCash([], [], { timestamp: block - CLOCK + 2n })
    })
  })

  it('pays what a forced withdrawal was answered with, and no more than the proof says', async () => {
    const { alice } = venue.signers
    const account = await venue.register(alice)
    await venue.deposit(alice, account, 0, 70n)
    await venue.requestWithdrawal(alice, account, 0, 100n)
    await venue.settleCash(
      [slot.register(0), slot.register(account), slot.deposit(account, 0, 70n), slot.forced(account, 0, 100n, 0n, 70n)],
      [alice.address],
    )
    assert.deepEqual([...(await venue.settlement.creditOf(alice.address, 0))], [0n, 0n])
    const key = pointOf(9)
    await venue.as(alice).rotate(account, key.x, key.y, { value: await venue.fee() })
    await venue.settleCash([slot.rotate(account, key)])
    assert.equal(await venue.settlement.firstDeadline(), 0n)
  })
})

import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { max, min } from '../../../protocol/numbers.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import { inForceOf, itemChanges, proposeChange } from '../../support/contracts/authority-items.ts'
import {
  type Callable,
  CLOSING_ONLY,
  createSettlement,
  DAY,
  ITEMS,
  KINDS,
  PERIODS,
  RISK_UPDATE,
  type SettlementVenue,
  slot,
  TRADE,
  TRADE_WORDS,
} from '../../support/contracts/settlement.ts'

const ZERO = '0x0000000000000000000000000000000000000000'

describe('authority', () => {
  let venue: SettlementVenue
  let governor: Callable
  let other: Callable
  before(async () => {
    venue = await createSettlement()
    governor = venue.as(venue.signers.governor, venue.authority)
    other = await venue.deploy('StubStateVerifier', 5n)
    venue = { ...venue, reset: (await venue.networkHelpers.takeSnapshot()).restore }
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.authority.interface, name, args)
  const changes = () => itemChanges(venue, other.target as string)
  const inForce = () => inForceOf(venue)

  it('changes each item after the delay and within the window, and not a second outside', async () => {
    const { networkHelpers, signers, authority } = venue
    for (const [what, [item, key, target, number]] of Object.entries(changes())) {
      await venue.reset()
      const before = await inForce()
      await proposeChange(governor, [item, key, target, number])
      const matures = (await venue.now()) + PERIODS.upgradeDelay
      const lapses = matures + PERIODS.executionWindow
      const executor = venue.as(item === ITEMS.GOVERNOR ? signers.bob : signers.governor, authority)
      await networkHelpers.time.setNextBlockTimestamp(matures - 1n)
      await reverts(executor.execute(item, key, { gasLimit: 500_000 }), 'ProposalNotRipe', [
        BigInt(item),
        key,
        matures,
        lapses,
      ])
      assert.equal(await inForce(), before, what)
      const snapshot = await networkHelpers.takeSnapshot()
      for (const time of [matures, lapses]) {
        await snapshot.restore()
        await networkHelpers.time.setNextBlockTimestamp(time)
        await executor.execute(item, key)
        assert.notEqual(await inForce(), before, what)
        await reverts(executor.execute(item, key), item === ITEMS.GOVERNOR ? 'NotEntitled' : 'ProposalNotRipe')
      }
      await snapshot.restore()
      await networkHelpers.time.setNextBlockTimestamp(lapses + 1n)
      await reverts(executor.execute(item, key, { gasLimit: 500_000 }), 'ProposalNotRipe')
    }
  })

  it('belongs to the governor: nobody else proposes, executes, cancels or announces an end', async () => {
    const { signers, authority, networkHelpers } = venue
    await governor.propose(ITEMS.OPERATOR, 0n, signers.bob.address, 0n)
    await networkHelpers.time.increase(PERIODS.upgradeDelay)
    for (const signer of [signers.operator, signers.bob, signers.stranger, signers.house]) {
      const by = [signer.address, signers.governor.address]
      const contract = venue.as(signer, authority)
      await reverts(contract.propose(ITEMS.OPERATOR, 0n, signer.address, 0n), 'NotEntitled', by)
      await reverts(contract.execute(ITEMS.OPERATOR, 0n), 'NotEntitled', by)
      await reverts(contract.cancel(ITEMS.OPERATOR, 0n), 'NotEntitled', by)
      await reverts(contract.announceWindDown(), 'NotEntitled', by)
    }
  })

  it('goes over to a new governor only if that one takes it', async () => {
    const { signers, authority, networkHelpers } = venue
    await governor.propose(ITEMS.GOVERNOR, 0n, signers.bob.address, 0n)
    await networkHelpers.time.increase(PERIODS.upgradeDelay)
    await reverts(governor.execute(ITEMS.GOVERNOR, 0n), 'NotEntitled', [signers.governor.address, signers.bob.address])
    await venue.as(signers.bob, authority).execute(ITEMS.GOVERNOR, 0n)
    await reverts(governor.propose(ITEMS.GOVERNOR, 0n, signers.bob.address, 0n), 'NotEntitled')
  })

  it('has one proposal an item, which is not hurried by another', async () => {
    const { signers, networkHelpers, authority } = venue
    await governor.propose(ITEMS.OPERATOR, 0n, signers.bob.address, 0n)
    const matures = (await venue.now()) + PERIODS.upgradeDelay
    const again = () => governor.propose(ITEMS.OPERATOR, 0n, signers.alice.address, 0n)
    await reverts(again(), 'ProposalWaits', [BigInt(ITEMS.OPERATOR), 0n, matures])
    await networkHelpers.time.increaseTo(matures + PERIODS.executionWindow)
    await again()
    const { target, matures: anew } = await authority.proposals(ITEMS.OPERATOR, 0n)
    assert.deepEqual([target, anew], [signers.alice.address, (await venue.now()) + PERIODS.upgradeDelay])
    await governor.cancel(ITEMS.OPERATOR, 0n)
    await again()
  })

  it('takes nothing that cannot be: accounts as verifiers, nobody as operator, keys there are not, limits out of bounds', async () => {
    const { signers } = venue
    const bob = signers.bob.address
    await reverts(governor.propose(ITEMS.CIRCUIT, 0n, bob, 9n), 'TargetUnusable')
    await reverts(governor.propose(ITEMS.EXIT_VERIFIER, 0n, bob, 0n), 'TargetUnusable')
    for (const item of [ITEMS.OPERATOR, ITEMS.GOVERNOR]) {
      await reverts(governor.propose(item, 0n, ZERO, 0n), 'TargetUnusable', [BigInt(item), 0n, ZERO])
      await reverts(governor.propose(item, 1n, bob, 0n), 'KeyUnknown', [BigInt(item), 1n])
    }
    await governor.propose(ITEMS.GUARDIAN, 0n, ZERO, 0n)
    for (const kind of [KINDS, RISK_UPDATE - 1n, RISK_UPDATE + 1n]) {
      await reverts(governor.propose(ITEMS.CIRCUIT, kind, other.target, 9n), 'KeyUnknown', [0n, kind])
    }
    await reverts(governor.propose(ITEMS.OUTFLOW, RISK_UPDATE, ZERO, 500n), 'KeyUnknown')
    await reverts(governor.propose(ITEMS.OUTFLOW, 2n, ZERO, 500n), 'KeyUnknown', [BigInt(ITEMS.OUTFLOW), 2n])
    await reverts(governor.propose(ITEMS.OUTFLOW, 0n, ZERO, 99n), 'OutflowOutOfRange', [99n, 100n, 10_000n])
    await reverts(governor.propose(ITEMS.OUTFLOW, 0n, ZERO, 10_001n), 'OutflowOutOfRange')
  })

  it('of a circuit: the error says which verifier is in force, to who proved for the one before', async () => {
    const { signers, networkHelpers } = venue
    await governor.propose(ITEMS.CIRCUIT, TRADE, other.target, TRADE_WORDS)
    await networkHelpers.time.increase(PERIODS.upgradeDelay)
    await venue.settleTrade()
    await governor.execute(ITEMS.CIRCUIT, TRADE)
    const batch = await venue.batchOf(TRADE, await venue.tradeWords())
    const settle = (given: unknown) => venue.as(signers.operator).settle(TRADE, given)
    await assert.rejects(settle(batch), (error: { data: string }) => {
      const { name, args } = venue.settlement.interface.parseError(error.data)!
      assert.deepEqual([name, args[1]], ['ProofRejected', other.target])
      return true
    })
    await settle({ ...batch, proof: { ...batch.proof, a: [batch.proof.a[0]! + 5n, 0n] } })
  })

  it('ends when the venue is frozen: what waited is void, and nothing more can be proposed', async () => {
    const { signers, networkHelpers } = venue
    for (const change of Object.values(changes())) await proposeChange(governor, change)
    await venue.freeze()
    const before = await inForce()
    await networkHelpers.time.increase(PERIODS.upgradeDelay)
    for (const [item, key, target, number] of Object.values(changes())) {
      const executor = venue.as(item === ITEMS.GOVERNOR ? signers.bob : signers.governor, venue.authority)
      await reverts(executor.execute(item, key), 'AuthorityEnded')
      await networkHelpers.time.increase(PERIODS.executionWindow)
      await reverts(proposeChange(governor, [item, key, target, number]), 'AuthorityEnded')
    }
    assert.equal(await inForce(), before)
    await reverts(governor.announceWindDown(), 'AuthorityEnded')
    await reverts(venue.as(signers.guardian, venue.authority).pause(), 'AuthorityEnded')
  })

  describe('of the guardian', () => {
    const guardian = () => venue.as(venue.signers.guardian, venue.authority)

    it('cancels proposals, but none that replaces the guardian', async () => {
      for (const [item, key, target, number] of Object.values(changes())) {
        await proposeChange(governor, [item, key, target, number])
        if (item === ITEMS.GUARDIAN) {
          await reverts(guardian().cancel(item, key), 'NotEntitled')
          await governor.cancel(item, key)
        } else await guardian().cancel(item, key)
        assert.equal((await venue.authority.proposals(item, key)).matures, 0n)
      }
    })

    it('waits a day at least between pauses, however short they are: each end makes flagged accounts’ time begin anew', async () => {
      const own = await createSettlement({ periods: { maxPause: 0n } })
      const by = own.as(own.signers.guardian, own.authority)
      await by.pause()
      const again = (await own.now()) + DAY
      await assertReverts(by.pause(), own.authority.interface, 'PausedTooRecently', [again])
      await own.networkHelpers.time.setNextBlockTimestamp(again)
      await by.pause()
    })

    it('pauses trade batches for maxPause, and then not before twice that time', async () => {
      const { signers, networkHelpers, settlement, authority } = venue
      await reverts(venue.as(signers.governor, authority).pause(), 'NotEntitled')
      await guardian().pause()
      const until = (await venue.now()) + PERIODS.maxPause
      await assertReverts(venue.settleTrade(), settlement.interface, 'TradingPaused', [until])
      const again = until + 2n * PERIODS.maxPause
      await reverts(guardian().pause(), 'PausedTooRecently', [again])
      await networkHelpers.time.increaseTo(until - 1n)
      await networkHelpers.time.setNextBlockTimestamp(until)
      await venue.settleTrade()
      await networkHelpers.time.increaseTo(again - 2n)
      await reverts(guardian().pause(), 'PausedTooRecently', [again])
      await networkHelpers.time.increaseTo(again)
      await guardian().pause()
    })

    it('keeps everybody from being flagged while trade batches are paused', async () => {
      const { networkHelpers, settlement } = venue
      await venue.settleCash([slot.flag(0), slot.register(0)])
      await guardian().pause()
      const until = (await venue.now()) + PERIODS.maxPause
      await assertReverts(venue.settleCash([slot.flag(0)]), settlement.interface, 'FlaggingPaused', [until])
      await networkHelpers.time.increaseTo(until - 1n)
      await networkHelpers.time.setNextBlockTimestamp(until)
      await venue.settleCash([slot.flag(0)])
    })

    it('is not got round by a flag in another slot than the first, where nobody looks for one', async () => {
      const { settlement } = venue
      const call = venue.settleCash([slot.register(0), slot.flag(0)])
      await assertReverts(call, settlement.interface, 'SlotUnknown')
    })

    it('stops nothing else: queue, cash batches, tables, claims, freeze and exits', async () => {
      const { signers, as } = venue
      await guardian().pause()
      const { alice } = signers
      const account = await venue.register(alice)
      await venue.deposit(alice, account, 0, 10n)
      const served = [slot.register(0), slot.register(account), slot.deposit(account, 0, 10n), slot.expire(account)]
      await venue.settleCash(served, [alice.address])
      await venue.requestWithdrawal(alice, account, 0, 4n)
      await venue.settleCash([slot.forced(account, 0, 4n, 4n, 10n)])
      await venue.postTable(5n)
      await as(alice).claim(0, 4n, alice.address)
      await venue.requestWithdrawal(alice, account, 0, 4n)
      await venue.freeze()
      await venue.recordClaim(account, [6n, 0n])
    })

    it('does not put off the freeze of a venue whose queue is overdue', async () => {
      const { signers, networkHelpers, settlement, as } = venue
      await networkHelpers.time.increaseTo((await settlement.firstDeadline()) - 2n)
      await guardian().pause()
      await networkHelpers.time.setNextBlockTimestamp((await settlement.firstDeadline()) as bigint)
      await as(signers.stranger).freeze()
    })

    it('ends with a pause that is taken back', async () => {
      await guardian().pause()
      await guardian().unpause()
      await venue.settleTrade()
      await reverts(guardian().pause(), 'PausedTooRecently')
    })
  })

  describe('of the governor over the end', () => {
    it('lets positions only be closed when its notice is over, by the time of the batch and not of the block', async () => {
      const { settlement, networkHelpers, authority } = venue
      const held = async (time: bigint, closingOnly: bigint, from: bigint, must: bigint) => {
        await networkHelpers.time.setNextBlockTimestamp((await venue.now()) + 1n)
        const settled = venue.settleTrade({ 1: time, [CLOSING_ONLY]: closingOnly })
        if (closingOnly === must) return await settled
        return await assertReverts(settled, settlement.interface, 'ClosingOnlyWrong', [closingOnly, time, from])
      }
      await venue.postTable(5n)
      const start = await venue.now()
      assert.equal(await authority.closingFrom(), 0n)
      for (const word of [1n, 2n, 0n]) await held(start, word, 0n, 0n)
      await governor.announceWindDown()
      const from = (await venue.now()) + PERIODS.closingNotice
      assert.equal(await authority.closingFrom(), from)
      for (const word of [1n, 0n]) await held(await venue.now(), word, from, 0n)
      // the block comes later than the time of the batch, and then earlier
      await networkHelpers.time.increaseTo(from + 500n)
      for (const word of [1n, 2n, 0n]) await held(from - 1n, word, from, 0n)
      for (const word of [0n, 2n, 1n]) await held(from, word, from, 1n)
      await venue.settleCash([slot.register(0)])
    })

    it('may be told of a time ahead of the block, from when on positions may only be closed', async () => {
      const { settlement, networkHelpers } = venue
      await venue.postTable(5n)
      await governor.announceWindDown()
      const from = (await venue.now()) + PERIODS.closingNotice
      await networkHelpers.time.increaseTo(from - 500n)
      const early = venue.settleTrade({ 1: from, [CLOSING_ONLY]: 0n })
      await assertReverts(early, settlement.interface, 'ClosingOnlyWrong', [0n, from, from])
      await venue.settleTrade({ 1: from, [CLOSING_ONLY]: 1n })
    })

    it('announces it, and anybody freezes when its time has come, and not a second before', async () => {
      const { signers, networkHelpers, settlement, as } = venue
      await venue.settleCash([slot.register(0)])
      await governor.announceWindDown()
      const from = (await venue.now()) + PERIODS.windDownPeriod
      await reverts(governor.announceWindDown(), 'WindDownUnderWay')
      await networkHelpers.time.setNextBlockTimestamp(from - 1n)
      const early = as(signers.stranger).freeze({ gasLimit: 500_000 })
      await assertReverts(early, settlement.interface, 'NothingOverdue', [from - 1n, 0n, from])
      await networkHelpers.time.setNextBlockTimestamp(from)
      await as(signers.stranger).freeze()
      assert.equal(await settlement.frozenAt(), from)
    })
  })

  it('is bound to one venue, whose assets and deadlines fit', async () => {
    const { deploy, deployment, authority, exits, settlement } = venue
    await reverts(authority.bind(), 'BoundAlready', [settlement.target])
    await assertReverts(exits.bind!() as Promise<unknown>, exits.interface, 'BoundAlready', [settlement.target])
    await reverts(deploy('Settlement', deployment), 'BoundAlready')
    const fits = (changes: object) =>
      assertReverts(deploy('Settlement', { ...deployment, ...changes }), settlement.interface, 'PartsDoNotFit')
    await fits({ assets: deployment.assets.slice(0, 1) })
    await fits({ queue: { ...deployment.queue, maxDeadline: 15n * DAY } })
    await fits({ exits: await deploy('Exits', authority.target, 3n, 30n * DAY).then(({ target }) => target) })
  })

  it('is given to somebody from the beginning, but for the guardian, and so is the house', async () => {
    for (const role of ['governor', 'operator'] as const) {
      await reverts(createSettlement({ roles: { [role]: ZERO } }), 'TargetUnusable')
    }
    await createSettlement({ roles: { guardian: ZERO } })
    await assertReverts(createSettlement({ house: { owner: ZERO } }), venue.settlement.interface, 'HouseMissing')
  })

  it('lets the guardian pause for 3 days at most, so that trades go on in most of the shortest time to leave', async () => {
    const attempt = (maxPause: bigint) => createSettlement({ periods: { maxPause } })
    const given = [3n * DAY + 1n, 3n * DAY]
    await assertReverts(attempt(3n * DAY + 1n), venue.authority.interface, 'PauseTooLong', given)
    const { authority, signers, networkHelpers, now, as } = await attempt(3n * DAY)
    const guardian = as(signers.guardian, authority)
    const paused: [from: bigint, until: bigint][] = []
    for (let i = 0; i < 3; i++) {
      await guardian.pause!()
      paused.push([await now(), (await authority.pausedUntil()) as bigint])
      await networkHelpers.time.setNextBlockTimestamp((await authority.pausableFrom()) as bigint)
    }
    const window = (await authority.MIN_EXIT_WINDOW()) as bigint
    const pausedIn = (from: bigint) =>
      paused.reduce((sum, [begin, end]) => {
        const [first, last] = [max(begin, from), min(end, from + window)]
        return sum + (last > first ? last - first : 0n)
      }, 0n)
    for (let from = paused[0]![0]; from < paused[2]![0]; from += 3_600n) assert.ok(pausedIn(from) <= 3n * DAY)
  })

  it('gives a day of notice at least before positions may only be closed, and then a week at least before the end', async () => {
    const refused = (periods: Partial<typeof PERIODS>, given: bigint, most: bigint) =>
      assertReverts(createSettlement({ periods }), venue.authority.interface, 'ClosingNoticeOutOfRange', [
        given,
        DAY,
        most,
      ])
    for (const closingNotice of [0n, DAY - 1n, 53n * DAY + 1n]) {
      await refused({ closingNotice }, closingNotice, 53n * DAY)
    }
    for (const closingNotice of [DAY, 53n * DAY]) {
      const { authority } = await createSettlement({ periods: { closingNotice } })
      assert.equal(await authority.closingNotice(), closingNotice)
    }
  })

  it('has a delay of 30 days and the longest deadline; of 7 days if that is asked for; an end no sooner, none after a year', async () => {
    const { settlement } = venue
    const refused = (periods: Partial<typeof PERIODS>) =>
      assertReverts(createSettlement({ periods }), venue.authority.interface, 'DelayOutOfRange')
    await refused({ upgradeDelay: 44n * DAY - 1n })
    await refused({ upgradeDelay: 21n * DAY - 1n, shortDelay: true })
    await refused({ windDownPeriod: 44n * DAY - 1n })
    await refused({ windDownPeriod: 365n * DAY + 1n })
    await createSettlement({ periods: { upgradeDelay: 365n * DAY, windDownPeriod: 365n * DAY } })
    const periods = { upgradeDelay: 21n * DAY, shortDelay: true, windDownPeriod: 21n * DAY, closingNotice: DAY }
    assert.equal(await (await createSettlement({ periods })).authority.shortDelay(), true)
    assert.equal(await venue.authority.shortDelay(), false)
    assert.equal(await settlement.MIN_FORCE_PERIOD(), DAY)
    for (const executionWindow of [0n, 30n * DAY + 1n]) {
      const attempt = createSettlement({ periods: { executionWindow } })
      await assertReverts(attempt, venue.authority.interface, 'WindowOutOfRange', [executionWindow, 30n * DAY])
    }
  })
})

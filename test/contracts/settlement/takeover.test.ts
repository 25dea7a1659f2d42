import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  createSettlement,
  ITEMS,
  PERIODS,
  PRICE_OFFSET,
  type SettlementVenue,
  slot,
  TAKEOVER,
  TAKEOVER_WORDS,
} from '../../support/contracts/settlement.ts'

/** Places among the words. */
const TIME = 1
const RISK = 2
const ACCOUNTS = 6
const TIMES = 7
const PRICE = 8

const PER_HOUR = 7_200n
const ZERO = '0x0000000000000000000000000000000000000000'

describe('a takeover', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement({ coverPerHour: PER_HOUR })
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)
  const at = (time: bigint) => venue.networkHelpers.time.setNextBlockTimestamp(time)
  const guardian = () => venue.as(venue.signers.guardian, venue.authority)

  it('moves the root and says all of its words, whoever brings it with the operator’s leave', async () => {
    const { settlement, signers, as } = venue
    const words = await venue.takeoverWords()
    const batch = await venue.batchOf(TAKEOVER, words)
    await reverts(as(signers.stranger).settle(TAKEOVER, batch), 'NotByOperator')
    const sent = await as(signers.operator).settle(TAKEOVER, batch)
    const { name, args } = settlement.interface.parseLog((await sent.wait()).logs[0])!
    assert.deepEqual([name, args.kind, [...args.data]], ['Settled', TAKEOVER, words.slice(5)])
    assert.equal(await settlement.stateRoot(), words[4])
    await reverts(as(signers.operator).settle(TAKEOVER, batch), 'StateRootNotCurrent')
    await reverts(as(signers.operator).settle(TAKEOVER + 1n, batch), 'StateRootNotCurrent')
    const next = await venue.batchOf(TAKEOVER + 1n, await venue.takeoverWords())
    await reverts(as(signers.operator).settle(TAKEOVER + 1n, next), 'KindUnknown', [3n, 3n])
    const short = await venue.batchOf(TAKEOVER, (await venue.takeoverWords()).slice(0, -1))
    await reverts(as(signers.operator).settle(TAKEOVER, short), 'WordCountWrong', [TAKEOVER_WORDS - 1n, TAKEOVER_WORDS])
  })

  it('of a verifier that takes what cannot be ends the venue', async () => {
    const { proof, commitment, words } = await venue.batchOf(TAKEOVER, await venue.takeoverWords({ 4: 0n }))
    await venue.as(venue.signers.stranger).stopForBrokenVerifier(TAKEOVER, proof, commitment, words)
    assert.notEqual(await venue.settlement.frozenAt(), 0n)
    await reverts(venue.settleTakeover(), 'VenueFrozen')
  })

  describe('counts from the end of the last pause', () => {
    const settle = async (resumedAt: bigint) => venue.settleTakeover({ [TIMES]: await venue.timesOf(1n, resumedAt) })

    it('which is 0 where there was none', async () => {
      await reverts(settle(1n), 'ResumedAtWrong', [1n, 0n])
      await settle(0n)
    })

    it('and not during one', async () => {
      await guardian().pause()
      const until = (await venue.authority.pausedUntil()) as bigint
      await reverts(settle(until), 'TradingPaused', [until])
      await reverts(settle(0n), 'TradingPaused', [until])
      await venue.networkHelpers.time.increaseTo(until - 2n)
      await reverts(settle(until), 'TradingPaused', [until])
      await at(until)
      await settle(until)
    })

    it('whether it was lifted early or ran out, and of two the later', async () => {
      const { networkHelpers } = venue
      await guardian().pause()
      const planned = (await venue.authority.pausedUntil()) as bigint
      await networkHelpers.time.increase(100n)
      await guardian().unpause()
      const lifted = await venue.now()
      await reverts(settle(planned), 'ResumedAtWrong', [planned, lifted])
      await reverts(settle(0n), 'ResumedAtWrong', [0n, lifted])
      await settle(lifted)
      // What ended is not ended again.
      await guardian().unpause()
      await settle(lifted)
      await networkHelpers.time.increaseTo((await venue.authority.pausableFrom()) as bigint)
      await guardian().pause()
      const second = (await venue.authority.pausedUntil()) as bigint
      await networkHelpers.time.increaseTo(second)
      await reverts(settle(lifted), 'ResumedAtWrong', [lifted, second])
      await settle(second)
    })

    it('so that one which was proved before a pause dies with it', async () => {
      const batch = await venue.batchOf(TAKEOVER, await venue.takeoverWords())
      await guardian().pause()
      await guardian().unpause()
      await reverts(venue.as(venue.signers.operator).settle(TAKEOVER, batch), 'ResumedAtWrong', [0n, await venue.now()])
    })
  })

  describe('goes behind what the account asked for before its auction opened', () => {
    let account: number
    beforeEach(async () => {
      account = await venue.register(venue.signers.alice)
      await venue.settleCash([slot.register(0), slot.register(account)])
    })
    const opening = async (opens: bigint, of = account) =>
      venue.settleTakeover({ [ACCOUNTS]: (BigInt(of) << 88n) + 5n, [TIMES]: await venue.timesOf(opens) })
    const goesFirst = async (index: bigint, askedAt: bigint, opens: bigint) =>
      reverts(opening(opens), 'RescueGoesFirst', [BigInt(account), index, askedAt, opens])
    const cure = async () => {
      await venue.as(venue.signers.alice).requestCure(account, { value: await venue.fee() })
      return venue.now()
    }
    const depositAt = async (lots: bigint) => {
      await venue.deposit(venue.signers.bob, account, 0, lots)
      return venue.now()
    }

    it('a cure, to the second, until it is served', async () => {
      const askedAt = await cure()
      await opening(askedAt)
      for (const opens of [askedAt + 1n, 2n ** 41n - 1n]) await goesFirst(2n, askedAt, opens)
      await venue.settleCash([slot.cure(account, false)])
      await opening(2n ** 41n - 1n)
    })

    it('a deposit, whoever pays it, also behind entries of others, and each of several', async () => {
      const { alice, bob } = venue.signers
      await venue.deposit(alice, 0, 0, 5n)
      const first = await venue.now()
      await venue.networkHelpers.time.increase(50n)
      const second = await depositAt(6n)
      await venue.networkHelpers.time.increase(50n)
      const third = await depositAt(7n)
      await goesFirst(2n, first, second + 1n)
      await opening(second)
      await venue.settleCash([slot.deposit(0, 0, 5n)], [alice.address])
      await goesFirst(3n, second, second + 1n)
      await venue.settleCash([slot.deposit(account, 0, 6n)], [bob.address])
      await goesFirst(4n, third, third + 1n)
      // What is left was asked for when the auction was open: it puts nothing off, though something waits since before.
      await opening(third)
      await opening(second + 1n)
      await venue.settleCash([slot.deposit(account, 0, 7n)], [bob.address])
      await opening(third + 1n)
    })

    it('and behind nothing of anybody else, nor behind what can save nobody', async () => {
      const { alice, bob } = venue.signers
      await venue.deposit(bob, 0, 0, 5n)
      await venue.as(alice).suspend(account, { value: await venue.fee() })
      await venue.requestWithdrawal(alice, account, 0, 5n)
      await opening(2n ** 41n - 1n)
      await reverts(opening(2n ** 41n - 1n, 0), 'RescueGoesFirst')
      const askedAt = await cure()
      await reverts(opening(askedAt + 1n), 'RescueGoesFirst')
    })

    it('but not behind an account’s own requests without end: they count from when the auction opened', async () => {
      const { bob } = venue.signers
      const opens = (await depositAt(1n)) + 1n
      for (let i = 2n; i < 6n; i++) {
        await venue.networkHelpers.time.increase(10n)
        await depositAt(i)
        await venue.settleCash([slot.deposit(account, 0, i - 1n)], [bob.address])
        await opening(opens)
      }
    })
  })

  it('is made at the newest table, or the one before it for two minutes', async () => {
    const { networkHelpers, settlement } = venue
    for (const root of [101n, 102n, 103n]) {
      await networkHelpers.time.increase(150n)
      await venue.postTable(root)
    }
    await reverts(venue.settleTakeover({ [RISK]: 101n }), 'RiskTableTooOld', [1n, 3n])
    const { postedAt } = await settlement.tableAt(3n)
    await at(postedAt + 120n)
    await venue.settleTakeover({ [RISK]: 102n, [TIME]: postedAt })
    await at(postedAt + 121n)
    await reverts(venue.settleTakeover({ [RISK]: 102n, [TIME]: postedAt }), 'RiskTableTooOld', [2n, 3n])
    await venue.settleTakeover({ [RISK]: 103n, [TIME]: postedAt })
    assert.equal(await settlement.riskRootUsed(), 103n)
  })

  it('is of no later time than the block, so that no clock opens an auction early', async () => {
    const time = (await venue.now()) + 100n
    await at(time)
    await reverts(venue.settleTakeover({ [TIME]: time + 1n }), 'TakeoverAhead', [time + 1n, time])
    await at(time + 1n)
    await venue.settleTakeover({ [TIME]: time + 1n })
    await venue.reset()
    await venue.settleTakeover({ [TIME]: (await venue.now()) - 800n })
  })

  it('goes on after an end was announced, and closes nothing', async () => {
    await venue.as(venue.signers.governor, venue.authority).announceWindDown()
    await venue.networkHelpers.time.increase(PERIODS.closingNotice)
    await venue.settleTakeover()
  })

  describe('is paid for by the house', () => {
    const pay = (quanta: bigint) => venue.settleTakeover({ [PRICE]: PRICE_OFFSET - quanta })
    it('in an hour no more than authority lets it, and what it paid wears off evenly', async () => {
      const start = (await venue.now()) + 100n
      const payAt = async (seconds: bigint, quanta: bigint) => {
        await at(start + seconds)
        return venue.settleTakeover({ [TIME]: start + seconds, [PRICE]: PRICE_OFFSET - quanta })
      }
      await payAt(0n, PER_HOUR - 10n)
      // A second brings two quanta back.
      await reverts(payAt(1n, 20n), 'CoverLimited', [20n, 12n, start + 5n])
      await reverts(payAt(4n, 20n), 'CoverLimited', [20n, 18n, start + 5n])
      await payAt(5n, 20n)
      await reverts(payAt(6n, 3n), 'CoverLimited', [3n, 2n, start + 7n])
      await payAt(3_605n, PER_HOUR)
      await reverts(payAt(3_606n, PER_HOUR), 'CoverLimited', [PER_HOUR, 2n, start + 7_205n])
    })

    it('and never more at once, whatever was saved before', async () => {
      await venue.networkHelpers.time.increase(1_000_000n)
      await reverts(pay(PER_HOUR + 1n), 'CoverLimited', [PER_HOUR + 1n, PER_HOUR, 0n])
      await reverts(pay(PRICE_OFFSET), 'CoverLimited', [PRICE_OFFSET, PER_HOUR, 0n])
      await pay(PER_HOUR)
    })

    it('only where the price is below 0', async () => {
      await pay(PER_HOUR)
      for (const price of [0n, 1n, PRICE_OFFSET - 1n]) await pay(-price)
      await reverts(pay(PER_HOUR), 'CoverLimited')
    })

    it('as far as the governor has announced it', async () => {
      const { authority, networkHelpers } = venue
      const governor = venue.as(venue.signers.governor, authority)
      await governor.propose(ITEMS.COVER, 0n, ZERO, 100n)
      await pay(PER_HOUR)
      await networkHelpers.time.increase(PERIODS.upgradeDelay)
      await governor.execute(ITEMS.COVER, 0n)
      assert.equal(await authority.coverPerHour(), 100n)
      await reverts(pay(101n), 'CoverLimited', [101n, 100n, 0n])
      await pay(100n)
      await assertReverts(governor.propose(ITEMS.COVER, 1n, ZERO, 5n), authority.interface, 'KeyUnknown')
    })

    it('by a limit that was lowered, within an hour of that', async () => {
      const { authority, networkHelpers } = venue
      const governor = venue.as(venue.signers.governor, authority)
      await governor.propose(ITEMS.COVER, 0n, ZERO, 100n)
      await networkHelpers.time.increase(PERIODS.upgradeDelay)
      await pay(PER_HOUR)
      await governor.execute(ITEMS.COVER, 0n)
      await reverts(pay(100n), 'CoverLimited')
      await networkHelpers.time.increase(3_600n)
      await pay(100n)
    })

    it('not at all where the terms do not say how much', async () => {
      const own = await createSettlement()
      assert.equal(await own.authority.coverPerHour(), 0n)
      const call = own.settleTakeover({ [PRICE]: PRICE_OFFSET - 1n })
      await assertReverts(call, own.settlement.interface, 'CoverLimited', [1n, 0n, 0n])
      await own.settleTakeover()
    })
  })
})

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
} from '../../support/contracts/settlement.ts'

const PER_HOUR = 7_200n
const MOST_ASKED = 2n ** 150n - 1n
const ZERO = '0x0000000000000000000000000000000000000000'

describe('a deleveraging', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement({ coverPerHour: PER_HOUR })
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)
  const at = (time: bigint) => venue.networkHelpers.time.setNextBlockTimestamp(time)
  /** One of which nothing says that the house has not got what a bidder may ask. */
  const instead = (asked: bigint, timestamp?: bigint) =>
    venue.settleDeleverage({ houseFails: false, asked, ...(timestamp !== undefined && { timestamp }) })
  const pay = (quanta: bigint, timestamp?: bigint) =>
    venue.settleTakeover({ 8: PRICE_OFFSET - quanta, ...(timestamp !== undefined && { 1: timestamp }) })

  describe('of a house that has what a bidder may ask', () => {
    it('is for what it may not pay at once, to the quantum', async () => {
      for (const asked of [0n, 1n, PER_HOUR]) await reverts(instead(asked), 'HouseMayPay', [asked, PER_HOUR])
      for (const asked of [PER_HOUR + 1n, 2n ** 80n, MOST_ASKED]) await instead(asked)
      await reverts(instead(PER_HOUR), 'HouseMayPay', [PER_HOUR, PER_HOUR])
    })

    it('is for what it may not pay any more, to the second in which that has come back', async () => {
      const start = (await venue.now()) + 100n
      await at(start)
      await pay(PER_HOUR - 10n, start)
      const insteadAt = async (seconds: bigint, asked: bigint) => {
        await at(start + seconds)
        return instead(asked, start + seconds)
      }
      // A second brings two quanta back.
      await reverts(insteadAt(1n, 12n), 'HouseMayPay', [12n, 12n])
      await insteadAt(2n, 15n)
      await reverts(insteadAt(3n, 15n), 'HouseMayPay', [15n, 16n])
      await insteadAt(4n, 19n)
      await reverts(insteadAt(5n, 20n), 'HouseMayPay', [20n, 20n])
      await insteadAt(3_594n, PER_HOUR)
      await reverts(insteadAt(3_595n, PER_HOUR), 'HouseMayPay', [PER_HOUR, PER_HOUR])
    })

    it('is lawful exactly when a takeover at that price is not', async () => {
      const start = (await venue.now()) + 100n
      await at(start)
      await pay(5_000n, start)
      const { takeSnapshot } = venue.networkHelpers
      for (const [seconds, asked] of [
        ...[2_199n, 2_200n, 2_201n, 2_202n, 2_203n, PER_HOUR, PER_HOUR + 1n].map((asked) => [1n, asked] as const),
        ...[0n, 1n, 2n, 600n, 2_499n, 2_500n, 2_501n, 9_999n].map((seconds) => [seconds + 1n, PER_HOUR] as const),
      ]) {
        const went: boolean[] = []
        for (const act of [pay, instead]) {
          const snapshot = await takeSnapshot()
          await at(start + seconds)
          const call = act(asked, start + seconds)
          await call.then(
            () => went.push(true),
            () => went.push(false),
          )
          if (!went.at(-1)) await reverts(call, act === pay ? 'CoverLimited' : 'HouseMayPay')
          await snapshot.restore()
        }
        assert.equal(went.filter(Boolean).length, 1, `${asked} after ${seconds} seconds: ${went}`)
      }
    })

    it('is for whatever is missing where the house may pay nothing', async () => {
      const own = await createSettlement()
      const { settlement } = own
      const none = own.settleDeleverage({ houseFails: false, asked: 0n })
      await assertReverts(none, settlement.interface, 'HouseMayPay', [0n, 0n])
      await own.settleDeleverage({ houseFails: false, asked: 1n })
    })

    it('is held to what the governor has announced, from when it takes effect', async () => {
      const governor = venue.as(venue.signers.governor, venue.authority)
      await governor.propose(ITEMS.COVER, 0n, ZERO, 100n)
      await reverts(instead(101n), 'HouseMayPay', [101n, PER_HOUR])
      await venue.networkHelpers.time.increase(PERIODS.upgradeDelay)
      await reverts(instead(101n), 'HouseMayPay', [101n, PER_HOUR])
      await governor.execute(ITEMS.COVER, 0n)
      await reverts(instead(100n), 'HouseMayPay', [100n, 100n])
      await instead(101n)
    })
  })

  it('of a house that has not got it asks no limit, and one that shows it is not one that does not', async () => {
    for (const asked of [1n, PER_HOUR]) {
      await venue.settleDeleverage({ houseFails: true, asked })
      // The bits around the flag, and around what is asked, are others' fields.
      const around = { houseFails: false, asked, fundingIndex: -(2n ** 64n), score: 0n }
      await reverts(venue.settleDeleverage(around), 'HouseMayPay', [asked, PER_HOUR])
      await venue.settleDeleverage({ ...around, houseFails: true })
    }
  })

  it('uses up nothing of what the house may pay', async () => {
    await instead(MOST_ASKED)
    await venue.settleDeleverage({ houseFails: true, asked: PER_HOUR })
    assert.equal(await venue.authority.coverNow(), PER_HOUR)
    await pay(PER_HOUR)
  })

  it('is not made lawful by whoever copies the proof of a takeover to use the limit up', async () => {
    const { authority, settlement, signers } = venue
    const { proof, commitment, words } = await venue.batchOf(
      2n,
      await venue.takeoverWords({ 8: PRICE_OFFSET - PER_HOUR }),
    )
    const copied = venue
      .as(signers.stranger, authority)
      .requireBatch(2n, await settlement.domain(), proof, commitment, words)
    await assertReverts(copied, authority.interface, 'NotEntitled', [signers.stranger.address, settlement.target])
    await reverts(instead(PER_HOUR), 'HouseMayPay', [PER_HOUR, PER_HOUR])
  })

  it('goes before whatever its counterparty asked for, which would be a way out of it', async () => {
    const { alice, bob } = venue.signers
    const victim = await venue.register(alice)
    const counterparty = await venue.register(bob)
    await venue.settleCash([slot.register(0), slot.register(victim), slot.register(counterparty)])
    await venue.requestWithdrawal(bob, counterparty, 0, 5n)
    await venue.as(bob).requestCure(counterparty, { value: await venue.fee() })
    await venue.deposit(bob, counterparty, 0, 5n)
    const opens = (await venue.now()) + 1n
    await venue.settleDeleverage({ victim, counterparty, opens })
    const other = venue.settleDeleverage({ victim: counterparty, counterparty: victim, opens })
    await reverts(other, 'RescueGoesFirst', [
      BigInt(counterparty),
      3n,
      (await venue.settlement.placeAt(3n)).askedAt,
      opens,
    ])
    // Nor does it take what was asked for off the queue.
    assert.deepEqual([await venue.settlement.queueFront(), await venue.settlement.queueEnd()], [3n, 6n])
  })
})

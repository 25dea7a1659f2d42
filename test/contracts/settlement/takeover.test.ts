import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  createSettlement,
  ITEMS,
  PERIODS,
  PRICE_OFFSET,
  type SettlementVenue,
} from '../../support/contracts/settlement.ts'

/** Places among the words. */
const TIME = 1
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

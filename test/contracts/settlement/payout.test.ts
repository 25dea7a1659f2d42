import assert from 'node:assert/strict'
import { before, describe, it } from 'mocha'
import { Random } from '../../../protocol/random.ts'
import { CLAIM_PERIOD, createSettlement, type SettlementVenue, slot } from '../../support/contracts/settlement.ts'
import { type Claimant, payouts } from '../../support/payouts.ts'

const ACCOUNTS = 5
const TRIALS = 25

describe('the payout of a dead venue', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement()
    for (let account = 1; account < ACCOUNTS; account++) await venue.register(venue.ethersSigners[10 + account]!)
    const accounts = Array.from({ length: ACCOUNTS }, (_, account) => account)
    await venue.settleRegistrations(accounts)
  })

  it(`is that of the rule, in ${TRIALS} venues, whatever the order of calls, and pays no more than is there`, async () => {
    const { settlement, exits, signers, networkHelpers } = venue
    const anybody = venue.as(signers.stranger, exits)
    const start = await networkHelpers.takeSnapshot()
    for (let seed = 0; seed < TRIALS; seed++) {
      await start.restore()
      const random = new Random(BigInt(seed))
      const below = (bound: number) => Number(random.between(0n, BigInt(bound - 1)))
      const vault = [BigInt(1 + below(3_000)), BigInt(1 + below(3_000))] as const
      for (const asset of [0, 1]) {
        await venue.deposit(signers.house, 0, asset, vault[asset]!)
        await venue.settleCash([slot.deposit(0, asset, vault[asset]!)], [signers.house.address])
      }
      const claimants = Array.from({ length: ACCOUNTS }, (_, account): Claimant => {
        const claims = [BigInt(below(1_200)), below(2) === 0 ? 0n : BigInt(below(700))] as const
        return { account, claims, when: (['in time', 'in time', 'late', 'never'] as const)[below(4)]! }
      }).toSorted(() => below(3) - 1)
      await venue.freeze()
      const frozen = (await settlement.frozenAt()) as bigint
      const record = async (when: Claimant['when']) => {
        for (const claimant of claimants) {
          if (claimant.when === when) await venue.recordClaim(claimant.account, claimant.claims)
        }
      }
      const each = async (which: Claimant['when'], call: (account: number) => Promise<unknown>) => {
        for (const { account, when } of claimants.toReversed()) if (when === which) await call(account)
      }
      await record('in time')
      await networkHelpers.time.increaseTo(frozen + CLAIM_PERIOD)
      const early = below(2) === 0
      if (early) await each('in time', (account) => anybody.payout(account))
      await record('late')
      await networkHelpers.time.increaseTo(frozen + 2n * CLAIM_PERIOD)
      const lateFirst = below(2) === 0
      if (lateFirst) await each('late', (account) => anybody.payout(account))
      await each('in time', (account) => anybody.shareLeftovers(account))
      if (!early) await each('in time', (account) => anybody.payout(account))
      if (!lateFirst) await each('late', (account) => anybody.payout(account))

      const expected = payouts(claimants, vault)
      const sums = [0n, 0n]
      for (const [account, lots] of expected) {
        const got = await Promise.all([0, 1].map((asset) => exits.receivedOf(account, asset) as Promise<bigint>))
        assert.deepEqual(got, lots, `seed ${seed}, account ${account}`)
        for (const asset of [0, 1]) sums[asset]! += lots[asset]!
      }
      for (const asset of [0, 1]) {
        assert.ok(sums[asset]! <= vault[asset]!)
        assert.equal((await settlement.lots(asset)).vault, vault[asset]! - sums[asset]!)
      }
    }
  })
})

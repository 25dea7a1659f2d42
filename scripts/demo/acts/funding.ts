import { expect } from '../expect.ts'
import { withPremium } from '../prices.ts'
import { fallenPrices } from '../shock-plan.ts'
import type { World } from '../world.ts'

const PERPETUAL = 0
const HOUR = 3_600n

/** Perpetuals are above their index, then below it, then above it again: longs pay, shorts pay. */
export async function actOfFunding({ stages, venue, bring, sample }: World): Promise<void> {
  await stages.run('Longs and shorts pay each other funding', async (report) => {
    const fundingIndex = () => venue.riskTable!.markets[PERPETUAL]!.fundingIndex
    const indices = [fundingIndex()]
    const premiums = [-20n, 60n]
    for (const [i, bps] of premiums.entries()) {
      const news = `perpetuals are ${bps < 0n ? 'below' : 'above'} their index`
      const timestamp = venue.riskTable!.asOf + HOUR
      await bring({ news, prices: withPremium(fallenPrices(sample.profile), bps), timestamp })
      indices.push(fundingIndex())
      report((i + 1) / premiums.length, news)
    }
    const [first, second, third] = indices as [bigint, bigint, bigint]
    expect(first > 0n && second > first && third < second, 'funding follows the premium of the table before')
  })
}

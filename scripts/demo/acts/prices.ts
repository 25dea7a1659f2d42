import { samplePrices, sampleRiskParameters } from '../../../venue/index.ts'
import { expect } from '../expect.ts'
import { Gate } from '../gate.ts'
import { type MarginOutcome, proveMargin } from '../margin.ts'
import { afterFall, tenfold, withPremium } from '../prices.ts'
import type { RiskResults } from '../risk-sections.ts'
import { isClosed, isSheltered } from '../tables.ts'
import type { World } from '../world.ts'
import { withdraw } from './money.ts'

export interface PricesAct {
  readonly margin: MarginOutcome
  readonly risk: RiskResults
}

const [ON_FIRST_COIN, ON_SECOND_COIN] = [0, 3] as const

/** Prices fall, and then longs and shorts pay each other funding. */
export async function actOfPrices(world: World): Promise<PricesAct> {
  const { stages, sample, chain, prover, venue, tables, opening } = world
  const fallen = afterFall(samplePrices(), 27n)
  const second = await stages.run('Prices fall and one oracle lies; prove the next risk table', () => {
    const prices = withPremium(fallen, 30n)
    const news = 'one coin falls by 27 %, and one oracle says ten times all prices'
    return tables.bring({ news, prices, lie: tenfold(prices), timestamp: opening + 1_200n })
  })
  for (const holds of [isClosed, isSheltered]) {
    expect(holds(second.table, ON_FIRST_COIN), 'the breaker closes the markets of the coin that fell')
    expect(!holds(second.table, ON_SECOND_COIN), 'and those of no other')
  }
  venue.riskTable = second.table
  const margin = await stages.run('Prove margin to MarginGate', () =>
    proveMargin(venue.state, second.table, sample.secrets, prover, new Gate(chain)),
  )
  await stages.run('The breaker opens; longs and shorts pay funding for three hours', async (report) => {
    const premiums = [30n, -20n, 60n]
    for (const [i, bps] of premiums.entries()) {
      const news = i === 0 ? 'the markets open again' : `perpetuals are ${bps < 0n ? 'below' : 'above'} their index`
      const { table } = await tables.bring({
        ...{ news, prices: withPremium(fallen, bps), timestamp: opening + 2_400n + 3_600n * BigInt(i) },
      })
      expect(!isClosed(table, ON_FIRST_COIN), 'the breaker opens when its time is over')
      venue.riskTable = table
      report((i + 1) / premiums.length, news)
    }
    const [first, ...later] = tables.brought.map(({ table }) => table.markets[ON_FIRST_COIN]!.fundingIndex)
    expect(
      first === 0n && later[1]! > 0n && later[2]! > later[1]! && later[3]! < later[2]!,
      'funding follows the premium',
    )
  })
  await withdraw(world, 'Withdraw once more, at the new prices')
  const { account: index, position: account } = margin.refused
  return {
    margin,
    risk: { tables: tables.brought, sample: sampleRiskParameters(opening), account: { index, account } },
  }
}

import { PHASES } from '../../../protocol/parameters.ts'
import { accountAt } from '../../../protocol/state.ts'
import { samplePrices, sampleRiskParameters } from '../../../venue/index.ts'
import { BUYER, CALL, SELLER } from '../call-trade.ts'
import { expect } from '../expect.ts'
import { flag, rescue } from '../flags.ts'
import { withFirstCoinAt } from '../prices.ts'
import type { BroughtTable } from '../tables.ts'
import type { World } from '../world.ts'
import { withdraw } from './money.ts'

/** What the seller brings when the call has become so dear that the account lacks margin. */
const RESCUE = 1_500_000_000n

/** The last tables: so many seconds before the expiry, what the coin is worth then in dollars, and what happens. */
const LAST_TABLES = [
  { before: 2_400n, dollars: 3_700n, stage: 'Weeks pass', news: 'weeks have passed; the coin is far above the strike' },
  { before: 900n, dollars: 3_900n, stage: 'The last half hour of a call', news: 'the last half hour of the call' },
  { before: 0n, dollars: 4_100n, stage: 'It expires', news: 'the call expires, and the last second moves nothing' },
] as const
/** The first price stood for one half of the last 1,800 seconds, the second for the other. */
const AVERAGE = 3_800n
const DOLLAR = 1_000_000n

type LastTable = (typeof LAST_TABLES)[number]

/** What the call did to one of the two who held it; all in quanta. */
export interface CallHolder {
  readonly account: number
  readonly lots: bigint
  /** Received; paid where below 0. */
  readonly premium: bigint
  readonly payout: bigint
}

export interface ExpiryAct {
  readonly strike: bigint
  /** Unix seconds. */
  readonly expiry: bigint
  readonly tables: readonly BroughtTable[]
  /** Of the coin over the last half hour, in quanta. */
  readonly average: bigint
  /** Quanta a lot. */
  readonly settledAt: bigint
  readonly holders: readonly CallHolder[]
  /** What the seller had to bring, in quanta. */
  readonly rescue: bigint
}

/** The call expires in the money: what it is worth is the average of the last half hour, and both who hold it are paid out. */
export async function actOfExpiry(world: World): Promise<ExpiryAct> {
  const { stages, venue, bring, opening, sample } = world
  const { strike, expiry } = sampleRiskParameters(opening, sample.profile).parameters.markets[CALL]!
  const next = ({ before, dollars, stage, news }: LastTable) =>
    stages.run(`${stage}; prove the next risk table`, () => {
      const prices = withFirstCoinAt(samplePrices(sample.profile), dollars * DOLLAR)
      return bring({ news, prices, timestamp: expiry - before })
    })
  const [weeksLater, nearTheEnd, end] = LAST_TABLES
  const early = [await next(weeksLater), await next(nearTheEnd)]
  await rescueSeller(world)
  const last = await next(end)
  const { phase, mark: settledAt } = last.table.markets[CALL]!
  expect(phase === PHASES.SETTLED, 'the first table at the expiry settles the call')
  expect(settledAt === (AVERAGE * DOLLAR) / 1_000n - strike, 'at the average of its last half hour, less the strike')

  const holdings = [BUYER, SELLER].map((account) => ({ account, ...holdingOf(world, account) }))
  await stages.run('Pay out the call: prove and settle', (report) => {
    const operations = holdings.map(({ account }) => ({ kind: 'EXPIRE', account, market: CALL }) as const)
    return venue.serve(report, { operations })
  })
  const holders = holdings.map(({ account, lots, cash }): CallHolder => {
    const after = holdingOf(world, account)
    expect(after.lots === 0n && after.cash === cash + lots * settledAt, 'a holder has cash in the place of the call')
    return { account, lots, premium: -lots * sample.riskTable.markets[CALL]!.mark, payout: after.cash - cash }
  })
  await withdraw(world, 'Withdraw once more, at the new prices')
  return { strike, expiry, tables: [...early, last], average: AVERAGE * DOLLAR, settledAt, holders, rescue: RESCUE }
}

/** The seller cannot carry the call any more: flagged, and cured by a deposit. */
async function rescueSeller(world: World): Promise<void> {
  await world.stages.run(`Flag account ${SELLER}, who sold the call; a deposit cures it`, async (report) => {
    await flag(world, SELLER, (fraction) => report(fraction / 2))
    await rescue(world, SELLER, RESCUE, (fraction) => report((1 + fraction) / 2))
  })
}

function holdingOf({ venue }: World, account: number): { readonly lots: bigint; readonly cash: bigint } {
  const { positions, collateral } = accountAt(venue.state, account)!
  return { lots: positions[CALL]!.size, cash: collateral[0]! }
}

import type { Account } from '../../../protocol/account.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { accountAt } from '../../../protocol/state.ts'
import { heldBy } from '../../../protocol/takeover/bid.ts'
import { expect } from '../expect.ts'
import { flag, whyNotFlagged } from '../flags.ts'
import { Gate } from '../gate.ts'
import { type MarginOutcome, proveMargin } from '../margin.ts'
import { MarginWatch } from '../margin-watch.ts'
import { tenfold } from '../prices.ts'
import { shockOf, WATCHED } from '../shock-plan.ts'
import { walkShock } from '../shock-walk.ts'
import { isClosed, isSheltered } from '../tables.ts'
import type { World } from '../world.ts'
import type { Refused } from './money.ts'

export interface ShockAct {
  readonly margin: MarginOutcome
  /** How the account stood that the fall took below maintenance. */
  readonly watch: MarginWatch
  /** That account before the fall, and the tables before and after it. */
  readonly account: Account
  readonly before: RiskTable
  readonly after: RiskTable
  /** What no proof could do. */
  readonly refusals: Refused
}

const [ON_FIRST_COIN, ON_SECOND_COIN] = [0, 3] as const

/** What docs/liquidation.md says of the shock is what happened. */
function expectAsTold({ sample }: World, account: Account, { points }: MarginWatch): void {
  const told = walkShock(sample)
  expect(heldBy(told.account) === heldBy(account), 'the page on this shock tells what the account holds')
  for (const [i, { equity, maintenance, initial }] of told.points.entries()) {
    const point = points[i]!
    const isTold = point.equity === equity && point.maintenance === maintenance && point.initial === initial
    expect(isTold, 'the page on this shock tells how the account stands at each table')
  }
}

/** Prices fall, in two steps: an account falls below initial margin, then below maintenance, and is flagged. */
export async function actOfShock(world: World): Promise<ShockAct> {
  const { stages, sample, chain, prover, venue, bring, opening } = world
  const plan = shockOf(sample.profile)
  const watch = new MarginWatch(WATCHED, world)
  const start = watch.note(opening, 'it trades')
  expect(start.equity >= start.initial, 'the account meets initial margin when it trades')
  const [account, before] = [accountAt(venue.state, WATCHED)!, venue.riskTable!]

  await stages.run('A coin slides by 9 %; prove the next risk table', () => {
    const { prices, after } = plan.slides
    return bring({ news: 'one coin slides by 9 %', prices, timestamp: opening + after })
  })
  const slid = watch.note(opening + plan.slides.after)
  expect(slid.equity < slid.initial && slid.equity >= slid.maintenance, 'the slide leaves maintenance margin')
  const early = whyNotFlagged(world, WATCHED)
  expect(early === 'MARGIN', 'nobody is flagged who meets maintenance')

  const { table: after } = await stages.run('It falls on and one oracle lies; prove the next risk table', () => {
    const { prices, after } = plan.falls
    const news = 'it has fallen by 27 %, and one oracle says ten times all prices'
    return bring({ news, prices, lie: tenfold(prices), timestamp: opening + after })
  })
  for (const holds of [isClosed, isSheltered]) {
    expect(holds(after, ON_FIRST_COIN), 'the breaker closes the markets of the coin that fell')
    expect(!holds(after, ON_SECOND_COIN), 'and those of no other')
  }
  const fell = watch.note(after.asOf, 'markets closed')
  expect(fell.equity < fell.maintenance, 'the fall takes the account below maintenance')
  const sheltered = whyNotFlagged(world, WATCHED)
  expect(sheltered === 'SHELTERED', 'nobody is flagged over a market that has just been closed')

  const margin = await stages.run('Prove margin to MarginGate', () =>
    proveMargin(venue.state, after, sample.secrets, prover, new Gate(chain)),
  )
  expect(margin.refused.account === WATCHED, 'the account that lacks margin is the one that is watched')

  await stages.run('The breaker opens; prove the next risk table', async () => {
    const { prices, after } = plan.opens
    const { table } = await bring({ news: 'the markets open again', prices, timestamp: opening + after })
    expect(!isClosed(table, ON_FIRST_COIN), 'the breaker opens when its time is over')
  })
  watch.note(opening + plan.opens.after)
  await stages.run(`Flag account ${WATCHED}: prove and settle`, async (report) => {
    watch.note(await flag(world, WATCHED, report), 'flagged')
  })
  expectAsTold(world, account, watch)
  const refusals = [
    [`a flag of account ${WATCHED} while it has its margin`, early],
    [`a flag of account ${WATCHED} in the table that closes its market`, sheltered],
  ] as const
  return { margin, watch, account, before, after, refusals }
}

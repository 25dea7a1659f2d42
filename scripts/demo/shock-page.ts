import { scenarioLoss } from '../../protocol/margin.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { fairPrice, leastPrice, scaledRisk } from '../../protocol/takeover/auction.ts'
import { sampleRiskParameters } from '../../venue/index.ts'
import { expect } from './expect.ts'
import { readSample } from './sample.ts'
import { BIDS, WAIT } from './shock-plan.ts'
import { type ShockPoint, type ShockWalk, walkShock } from './shock-walk.ts'

const CENTS = 10_000n

/** Rounded down to cents, such as "1,365.00". */
function usd(quanta: bigint): string {
  const cents = quanta / CENTS - (quanta % CENTS < 0n ? 1n : 0n)
  const [sign, size] = cents < 0n ? ['-', -cents] : ['', cents]
  return `${sign}${(size / 100n).toLocaleString('en-US')}.${`${size % 100n}`.padStart(2, '0')}`
}

function tableOf(columns: readonly string[], rows: readonly (readonly (string | bigint)[])[]): string {
  const line = (cells: readonly (string | bigint)[]) => `| ${cells.join(' | ')} |`
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n')
}

/** The numbers of docs/liquidation.md: the demo's shock by the model. */
export async function shockPage(): Promise<string> {
  const sample = await readSample()
  const { labels } = sampleRiskParameters(sample.riskTable.asOf)
  const walk = walkShock(sample)
  return [account(walk, labels.markets), margins(walk), losses(walk, labels.scenarios), auction(walk)].join('\n\n')
}

function account(
  { account: { positions, collateral }, points: [start] }: ShockWalk,
  markets: readonly (string | undefined)[],
) {
  const held = positions.flatMap(({ size }, m) => (size === 0n ? [] : [{ size, name: markets[m]!, m }]))
  expect(held.length === 1 && held[0]!.size > 0n, 'the account is long in one market')
  const { size, name, m } = held[0]!
  const { mark } = start.table.markets[m]!
  const { weight } = start.table.collaterals[1]!
  return `## The account

It is long ${size.toLocaleString('en-US')} lots of ${name}, bought at ${usd(mark)} USDC a lot, which is a thousandth of a coin. For that it has ${usd(collateral[0]!)} USDC of cash, so it owes; and ${collateral[1]} lots of the coin, which count at ${Number(weight) / 100} %. (Amounts are rounded down to cents here. The model has quanta of 0.000001 USDC.)`
}

const EVENTS = ['it has traded', 'the coin slides', 'the coin falls', 'its markets open again'] as const

function stands({ equity, maintenance, initial }: ShockPoint): string {
  if (equity >= initial) return 'has initial margin'
  return equity >= maintenance ? 'may only reduce its risk' : `misses ${usd(maintenance - equity)}`
}

function margins({ points }: ShockWalk): string {
  const rows = points.map((point, i) => {
    const { after, equity, maintenance, initial, table } = point
    const coin = 1_000n * table.collaterals[1]!.price
    return [after / 60n, EVENTS[i]!, usd(coin), usd(equity), usd(maintenance), usd(initial), stands(point)]
  })
  const columns = ['minute', 'table', 'coin', 'equity', 'maintenance', 'initial', 'the account']
  return `## Its margin, table by table

${tableOf(columns, rows)}

Equity is cash, collateral at its weight, and the lots at the mark. At the second table nobody can flag the account: no proof exists, since it meets maintenance in every scenario. At the third it is below maintenance, and still nobody can: that price jumped, so the breaker closes the coin's markets and shelters whoever holds something in them, until they have cooled down. It could be saved all that time. At the fourth it is flagged.`
}

function losses({ account: held, points }: ShockWalk, scenarios: readonly string[]): string {
  const [first, last] = [points[0]!, points.at(-1)!]
  const rows = scenarios.map((scenario, s): [string, ...string[]] => {
    return [scenario, ...[first, last].map(({ table }) => usd(scenarioLoss(held, table, s)))]
  })
  const worst = rows.find((_, s) => scenarioLoss(held, last.table, s) === last.maintenance)![0]
  return `## What it would lose

${tableOf(['scenario', 'at the first table', 'at the last'], rows)}

What is below 0 it would gain. Maintenance is the worst of these, here “${worst}”, and initial margin ${Number(last.table.initialMarginBps) / 10_000} times that. The flag publishes what the account holds, so that others can bid; tables are public, and so anybody can compute all of this.`
}

function auction({ account: held, points }: ShockWalk): string {
  const { table } = points.at(-1)!
  const { grace, auction: lasts, firstDiscountBps, lastDiscountBps } = table
  const [fair, risk] = [fairPrice(held, table), scaledRisk(held, table) / BASIS_POINTS]
  const at = (elapsed: bigint) => leastPrice(held, table, elapsed)
  const rows = [0n, 1n, 2n, 3n, 4n].map((quarter) => {
    const elapsed = (lasts * quarter) / 4n
    const discount = firstDiscountBps + ((lastDiscountBps - firstDiscountBps) * quarter) / 4n
    return [grace + elapsed, `${Number(discount) / 100} %`, usd(at(elapsed))]
  })
  const goodFrom = (price: bigint): bigint => {
    let elapsed = 0n
    while (elapsed <= lasts && at(elapsed) > price) elapsed++
    expect(elapsed <= lasts, 'the schedule comes down to every bid')
    return elapsed
  }
  const bids = BIDS.map(({ bidder, price }) => [`account ${bidder}`, usd(price), grace + goodFrom(price)])
  const best = BIDS.reduce((one, other) => (other.price > one.price ? other : one))
  const gain = fair - best.price
  return `## The auction

Its flag gives it ${grace.toLocaleString('en-US')} seconds. Then it is to be had for ${lasts} more. It is worth ${usd(fair)} USDC without haircuts (*fair*) and risks ${usd(risk)} (*R*: the worst loss, and what haircuts take). The lowest price is fair less a growing part of R, and nobody may pay more than fair:

${tableOf(['seconds since the flag', 'discount', 'lowest price'], rows)}

${tableOf(['bid of', 'price', 'good from second'], bids)}

Before its second no proof can be made of a bid. The venue waits until second ${(grace + WAIT).toLocaleString('en-US')} and takes the best: account ${best.bidder} pays ${usd(best.price)} USDC for what is worth ${usd(fair)}, and gains ${usd(gain)} for a risk of ${usd(risk)}. The flagged account keeps the ${usd(best.price)} and owes nothing any more. Without the takeover a fall in the worst scenario would have left it ${usd(fair - points.at(-1)!.maintenance)}.`
}

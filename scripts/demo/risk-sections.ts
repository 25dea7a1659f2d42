import { scenarioLoss } from '../../protocol/margin.ts'
import { blackPrice, deviation } from '../../protocol/risk/black.ts'
import type { LabelledParameters } from '../../venue/index.ts'
import type { AuctionAct } from './acts/auction.ts'
import type { ExpiryAct } from './acts/expiry.ts'
import type { ShockAct } from './acts/shock.ts'
import { auctionSection } from './auction-section.ts'
import { closedFormCall } from './closed-form.ts'
import { expirySection } from './expiry-section.ts'
import { marginSection } from './margin-section.ts'
import { type Section, tableHtml } from './report.ts'
import { fundingPlot, optionPlot, scenarioPlot } from './risk-plots.ts'
import { count } from './table.ts'
import { type BroughtTable, isClosed } from './tables.ts'
import { usdc } from './tape.ts'

/** What the demo knows of prices. */
export interface RiskResults {
  readonly tables: readonly BroughtTable[]
  readonly sample: LabelledParameters
  readonly shock: ShockAct
  readonly auction: AuctionAct
  readonly expiry: ExpiryAct
}

export const TABLE_COLUMNS = ['~table', 'time', '~news', 'ETH', 'shock', '~closed', 'prove ms', 'gas']

/** One row a table, as the terminal and the report show it. */
export function riskRows({ tables, sample }: Pick<RiskResults, 'tables' | 'sample'>): string[][] {
  const { markets } = sample.labels
  return tables.map(({ news, table, index, shock, proveMs, gas }, i) => [
    `${i + 1}`,
    sinceStart(table.asOf - tables[0]!.table.asOf),
    news,
    count(usdc(index)),
    `${(Number(shock) / 10_000).toFixed(1)} %`,
    markets.filter((_, m) => isClosed(table, m)).join(', ') || 'none',
    count(Math.round(proveMs)),
    count(Number(gas)),
  ])
}

/** Such as "0:20", or "39 d 8:13". */
function sinceStart(seconds: bigint): string {
  const [days, minutes] = [seconds / DAY, (seconds % DAY) / 60n]
  const clock = `${minutes / 60n}:${`${minutes % 60n}`.padStart(2, '0')}`
  return days === 0n ? clock : `${days} d ${clock}`
}

const DAY = 86_400n

/** The report's part on prices and risk. */
export function riskSections(results: RiskResults): Section[] {
  const { tables, sample, shock, auction, expiry } = results
  const rows = riskRows(results)
  return [
    {
      title: 'Risk tables',
      text: 'Nobody chooses prices: each table follows from the one before and from what a quorum of oracles signed, by governed parameters, and Settlement takes it with a proof alone. One oracle multiplied all its prices by ten, and the median did not move; a jump closed the markets of its coin until they had cooled down.',
      html: tableHtml(TABLE_COLUMNS, rows),
    },
    optionSection(results),
    marginSection(shock.watch),
    {
      title: `What account ${shock.watch.account} would lose, scenario by scenario`,
      text: 'Margin covers the worst of these. In most scenarios both coins move the same way; in the last two they part, so that a position in one does not make up for the other.',
      html: scenarioPlot(scenarioLosses(shock, sample.labels.scenarios)),
    },
    auctionSection(auction),
    {
      title: 'Funding',
      text: 'Perpetuals that trade above their index pay from long to short, by the premium of the table before: everybody knows the rate before the interval begins.',
      html: fundingPlot(fundingPoints(tables, sample)),
    },
    expirySection(expiry),
  ]
}

function scenarioLosses({ account, before, after }: ShockAct, scenarios: readonly string[]) {
  const shown = [
    ['before the fall', before],
    ['after it', after],
  ] as const
  return shown.flatMap(([at, table]) =>
    scenarios.map((scenario, s) => ({ scenario, at, usdc: usdc(scenarioLoss(account, table, s)) })),
  )
}

function optionSection({ tables, sample }: RiskResults): Section {
  const market = sample.parameters.markets.findIndex(({ kind }) => kind === 'call')
  const { strike, expiry } = sample.parameters.markets[market]!
  const { asOf } = tables[0]!.table
  const spread = deviation(600_000n, expiry - asOf)
  const exactSpread = 0.6 * Math.sqrt(Number(expiry - asOf) / 31_536_000)
  const points = Array.from({ length: 41 }, (_, i) => {
    const forward = (strike * BigInt(500 + 25 * i)) / 1_000n
    const proved = blackPrice({ kind: 'call', forward, strike, deviation: spread })
    return {
      forward: usdc(forward),
      proved: usdc(proved),
      exact: closedFormCall(usdc(forward), usdc(strike), exactSpread),
    }
  })
  const worst = points.reduce((most, { proved, exact }) => Math.max(most, Math.abs(proved - exact)), 0)
  return {
    title: `What ${sample.labels.markets[market]} is worth`,
    text: `Dots are the integers that the circuit computes, the line is Black's formula in floating point; at 60 % of volatility and ${(expiry - asOf) / DAY} days. They differ by ${worst.toExponential(1)} USDC at most: prices are whole quanta of 1e-6.`,
    html: optionPlot(points, usdc(strike)),
  }
}

function fundingPoints(tables: readonly BroughtTable[], { parameters, labels }: LabelledParameters) {
  const start = tables[0]!.table.asOf
  const ofFirstDay = tables.filter(({ table }) => table.asOf < start + DAY)
  return ofFirstDay.flatMap(({ table }) =>
    parameters.markets.flatMap(({ kind }, m) =>
      kind === 'perpetual'
        ? [
            {
              market: labels.markets[m]!,
              hours: Number(table.asOf - start) / 3600,
              index: usdc(table.markets[m]!.fundingIndex),
            },
          ]
        : [],
    ),
  )
}

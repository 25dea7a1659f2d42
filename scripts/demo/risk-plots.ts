import * as Plot from '@observablehq/plot'
import { draw, WIDTH } from './plots.ts'

/** What an option is worth at a forward, by the integers that circuits compute and by the formula in floating point. USDC. */
export interface OptionPoint {
  readonly forward: number
  readonly proved: number
  readonly exact: number
}

/** The option's price over its forward: the line is the closed form, the dots are what the circuit computes. */
export function optionPlot(points: readonly OptionPoint[], strike: number): string {
  return draw({
    width: WIDTH,
    height: 300,
    marginLeft: 56,
    marginBottom: 44,
    x: { label: 'Forward (USDC per lot)', nice: true },
    y: { label: 'Call (USDC per lot)', grid: true, nice: true },
    marks: [
      Plot.ruleX([strike], { stroke: 'var(--line)', strokeDasharray: '3 3' }),
      Plot.line(points, { x: 'forward', y: 'exact', stroke: 'var(--second)', strokeWidth: 2 }),
      Plot.dot(points, { x: 'forward', y: 'proved', r: 3.5, fill: 'var(--first)', stroke: 'var(--background)' }),
      Plot.ruleY([0]),
    ],
  })
}

/** What an account would lose in a scenario, at one table. USDC; a gain is below 0. */
export interface ScenarioLoss {
  readonly scenario: string
  readonly at: string
  readonly usdc: number
}

/** The losses of one account by scenario, at several tables side by side. */
export function scenarioPlot(losses: readonly ScenarioLoss[]): string {
  const scenarios = [...new Set(losses.map(({ scenario }) => scenario))]
  const times = [...new Set(losses.map(({ at }) => at))]
  return draw({
    width: WIDTH,
    height: 80 + 44 * scenarios.length,
    marginLeft: 170,
    marginBottom: 44,
    x: { label: 'Loss (USDC); what is left of 0 is a gain', grid: true, nice: true },
    y: { axis: null, domain: times, padding: 0.1 },
    fy: { label: null, domain: scenarios, axis: 'left', padding: 0.25, tickSize: 0 },
    color: { domain: times, range: ['var(--second)', 'var(--sell)'], legend: true },
    marks: [Plot.barX(losses, { fy: 'scenario', y: 'at', x: 'usdc', fill: 'at' }), Plot.ruleX([0])],
  })
}

/** The funding index of a market at a table. */
export interface FundingPoint {
  readonly market: string
  readonly hours: number
  /** USDC per lot, cumulative. */
  readonly index: number
}

/** What a lot held long has paid since the first table. */
export function fundingPlot(points: readonly FundingPoint[]): string {
  return draw({
    width: WIDTH,
    height: 260,
    marginLeft: 64,
    marginBottom: 44,
    x: { label: 'Hours since the first table', nice: true },
    y: { label: 'Funding index (USDC per lot)', grid: true, nice: true },
    color: { legend: true, range: ['var(--second)', 'var(--first)'] },
    marks: [
      Plot.ruleY([0]),
      Plot.line(points, { x: 'hours', y: 'index', stroke: 'market', strokeWidth: 2 }),
      Plot.dot(points, { x: 'hours', y: 'index', fill: 'market', r: 4 }),
    ],
  })
}

import * as Plot from '@observablehq/plot'
import type { MarginWatch } from './margin-watch.ts'
import { draw, WIDTH } from './plots.ts'
import type { Section } from './report.ts'
import { usdc } from './tape.ts'

/** How the watched account stood through the shock. */
export function marginSection({ account, points }: MarginWatch): Section {
  return {
    title: `The margin of account ${account} through the shock`,
    text: 'What it has, with haircuts, against what maintenance and initial margin ask for. Below initial margin it may only reduce its risk; below maintenance it can be flagged, and nobody has to sign for it, but not in the table that closes its market. A flag is proved, bars the account, and publishes what it holds, so that others can bid. Nobody saved this one in time: a bidder took over all that it held, and what it keeps is the price.',
    html: marginPlot(points),
  }
}

const LINES = {
  domain: ['equity', 'maintenance margin', 'initial margin'],
  range: ['var(--second)', 'var(--sell)', 'var(--first)'],
}

function marginPlot(points: MarginWatch['points']): string {
  const start = points[0]!.time
  const minutes = (time: bigint) => Number(time - start) / 60
  const rows = points.flatMap(({ time, equity, maintenance, initial }) => {
    const figures = [equity, maintenance, initial]
    return figures.map((quanta, i) => ({ minutes: minutes(time), of: LINES.domain[i]!, usdc: usdc(quanta) }))
  })
  const events = points
    .filter(({ event }) => event !== '')
    .map(({ time, event }) => ({ minutes: minutes(time), event }))
  return draw({
    width: WIDTH,
    height: 340,
    marginLeft: 56,
    marginTop: 34,
    marginRight: 40,
    marginBottom: 44,
    x: { label: 'Minutes since the first table', nice: true },
    y: { label: 'USDC', grid: true, nice: true },
    color: { ...LINES, legend: true },
    marks: [
      Plot.ruleY([0]),
      Plot.ruleX(events, { x: 'minutes', stroke: 'var(--line)', strokeDasharray: '3 3' }),
      Plot.text(events, { x: 'minutes', text: 'event', frameAnchor: 'top', dy: -14, fill: 'var(--muted)' }),
      Plot.line(rows, { x: 'minutes', y: 'usdc', stroke: 'of', strokeWidth: 2, curve: 'step-after' }),
      Plot.dot(rows, { x: 'minutes', y: 'usdc', fill: 'of', r: 3 }),
    ],
  })
}

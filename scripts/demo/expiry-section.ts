import * as Plot from '@observablehq/plot'
import type { ExpiryAct } from './acts/expiry.ts'
import { draw, WIDTH } from './plots.ts'
import { type Section, tableHtml } from './report.ts'
import { count } from './table.ts'
import { usdc } from './tape.ts'

/** The last seconds before an expiry, over which its price is averaged. */
const WINDOW = 1_800

/** What became of the call. */
export function expirySection(act: ExpiryAct): Section {
  const { strike, average, settledAt, holders, rescue } = act
  const rows = holders.map(({ account, lots, premium, payout }) => [
    `${account}`,
    `${lots}`,
    money(premium),
    money(payout),
    money(premium + payout),
  ])
  return {
    title: 'The call is paid out',
    text: `A call that may buy at ${count(usdc(strike) * 1_000)} USDC a coin settles at the average index of its last half hour, ${count(usdc(average))}, each second counted with the newest table then: ${money(settledAt)} USDC a lot of a thousandth of a coin. The price at the last second has no say. Before that the call had become so dear that who sold it fell below maintenance: the account was flagged, and ${count(usdc(rescue))} USDC of its owner took the flag away. Nobody signs for a payout: a batch proves that both holders have cash in the place of the call.`,
    html: `${averagePlot(act)}${tableHtml(['account', 'lots', 'premium (USDC)', 'payout (USDC)', 'gained or lost'], rows)}`,
  }
}

function money(quanta: bigint): string {
  return count(usdc(quanta))
}

/** The index of the coin up to the expiry, the average of the last half hour, and the strike. */
function averagePlot({ tables, expiry, average, strike }: ExpiryAct): string {
  const points = tables.map(({ index, table }) => ({ minutes: -Number(expiry - table.asOf) / 60, usdc: usdc(index) }))
  const [first, last] = [-WINDOW / 60, 0]
  return draw({
    width: WIDTH,
    height: 260,
    marginLeft: 64,
    marginRight: 90,
    marginBottom: 44,
    x: { label: 'Minutes to the expiry', nice: true },
    y: { label: 'ETH (USDC a coin)', grid: true, nice: true },
    marks: [
      Plot.rectX([{}], { x1: first, x2: last, fill: 'var(--panel)' }),
      Plot.ruleY([usdc(strike) * 1_000], { stroke: 'var(--sell)', strokeDasharray: '4 3' }),
      Plot.text([{}], {
        x: last,
        y: usdc(strike) * 1_000,
        text: ['strike'],
        textAnchor: 'start',
        dx: 8,
        fill: 'var(--sell)',
      }),
      Plot.ruleY([usdc(average)], { x1: first, x2: last, stroke: 'var(--first)', strokeWidth: 2 }),
      Plot.text([{}], {
        x: last,
        y: usdc(average),
        text: ['average'],
        textAnchor: 'start',
        dx: 8,
        fill: 'var(--first)',
      }),
      Plot.line(points, { x: 'minutes', y: 'usdc', stroke: 'var(--second)', strokeWidth: 2, curve: 'step-after' }),
      Plot.dot(points, { x: 'minutes', y: 'usdc', fill: 'var(--second)', r: 4 }),
    ],
  })
}

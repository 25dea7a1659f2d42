import * as Plot from '@observablehq/plot'
import { fairPrice, leastPrice } from '../../protocol/takeover/auction.ts'
import type { AuctionAct } from './acts/auction.ts'
import { draw, WIDTH } from './plots.ts'
import type { Section } from './report.ts'
import { count } from './table.ts'
import { usdc } from './tape.ts'

/** For what the flagged account was to be had, and who took it. */
export function auctionSection(act: AuctionAct): Section {
  const { victim, given, table, taken, proveMs, gas } = act
  const worth = count(usdc(fairPrice(given, table)))
  const lots = given.positions.reduce((sum, { size }) => sum + size, 0n)
  return {
    title: `The auction of account ${victim}`,
    text: `Its flag published what it holds: ${lots} lots, worth ${worth} USDC with its collateral. From its opening on the least price comes down from all of that by a growing part of its risk, but not below 0; a proof at less does not exist, and a bid is good once the line has come down to it. Account ${taken.bidder} signed the highest: everything passed to it in one proof (${Math.round(proveMs)} ms, ${count(Number(gas))} gas), and account ${victim} keeps ${count(usdc(taken.price))} USDC.`,
    html: auctionPlot(act),
  }
}

function auctionPlot({ given, table, opens, closes, bids, taken }: AuctionAct): string {
  const minutes = (time: bigint) => Number(time - opens) / 60
  const line = Array.from({ length: 61 }, (_, i) => {
    const elapsed = ((closes - opens) * BigInt(i)) / 60n
    return { minutes: Number(elapsed) / 60, usdc: usdc(leastPrice(given, table, elapsed)) }
  })
  const rows = bids.map(({ bidder, price }) => ({ bid: `bid of ${bidder}`, usdc: usdc(price) }))
  const end = minutes(closes)
  return draw({
    width: WIDTH,
    height: 280,
    marginLeft: 56,
    marginRight: 90,
    marginBottom: 44,
    x: { label: 'Minutes since the auction opened', nice: true },
    y: { label: 'Price (USDC)', grid: true, nice: true },
    marks: [
      Plot.ruleY([0]),
      Plot.line(line, { x: 'minutes', y: 'usdc', stroke: 'var(--second)', strokeWidth: 2 }),
      Plot.ruleY(rows, { y: 'usdc', stroke: 'var(--first)', strokeDasharray: '4 3' }),
      Plot.text(rows, { x: end, y: 'usdc', text: 'bid', textAnchor: 'start', dx: 8, fill: 'var(--first)' }),
      Plot.dot([taken], { x: minutes(taken.time), y: usdc(taken.price), fill: 'var(--buy)', r: 6 }),
      Plot.text([taken], {
        x: minutes(taken.time),
        y: usdc(taken.price),
        text: ['taken over'],
        dy: -14,
        fill: 'var(--buy)',
      }),
    ],
  })
}

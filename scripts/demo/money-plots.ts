import * as Plot from '@observablehq/plot'
import type { MoneyAt } from './ledger.ts'
import { draw, WIDTH } from './plots.ts'
import type { QueuePlace } from './queue-history.ts'
import { usdc } from './tape.ts'

const PARTS = {
  domain: ['accounts', 'fees', 'claimable', 'queued'],
  range: ['var(--second)', 'var(--first)', 'var(--fourth)', 'var(--third)'],
}

/** What goes from left to right batch by batch. */
const BY_BATCH: Plot.PlotOptions = {
  width: WIDTH,
  marginLeft: 64,
  marginBottom: 44,
  x: {
    label: 'Batches settled',
    type: 'band',
    padding: 0.1,
    tickFormat: (batch: number) => (batch % 5 === 0 ? `${batch}` : ''),
  },
}

/** What the contract holds of the first asset, batch after batch, by whose it is; the line is the vault. */
export function moneyPlot(points: readonly MoneyAt[]): string {
  const rows = points.flatMap(({ assets }, batch) => {
    const { accounts, fees, claimable, queued } = assets[0]!
    return Object.entries({ accounts, fees, claimable, queued }).map(([part, lots]) => ({
      batch,
      part,
      usdc: usdc(lots),
    }))
  })
  const vault = points.map(({ assets }, batch) => ({ batch, usdc: usdc(assets[0]!.vault) }))
  return draw({
    ...BY_BATCH,
    height: 320,
    y: { label: 'Held by Settlement (USDC)', grid: true, nice: true },
    color: { ...PARTS, legend: true },
    marks: [
      Plot.barY(rows, { x: 'batch', y: 'usdc', fill: 'part', order: PARTS.domain }),
      Plot.line(vault, { x: 'batch', y: 'usdc', stroke: 'var(--text)', strokeWidth: 1.5, curve: 'step' }),
      Plot.ruleY([0]),
    ],
  })
}

/** The fees that books and house hold, batch after batch. */
export function feesPlot(points: readonly MoneyAt[]): string {
  const rows = points.flatMap(({ assets, house }, batch) => [
    { batch, of: 'books', usdc: usdc(assets[0]!.fees) },
    { batch, of: 'house', usdc: usdc(house) },
  ])
  return draw({
    ...BY_BATCH,
    height: 220,
    y: { label: 'Fees (USDC)', grid: true, nice: true },
    color: { domain: ['books', 'house'], range: ['var(--first)', 'var(--fourth)'], legend: true },
    marks: [Plot.barY(rows, { x: 'batch', y: 'usdc', fill: 'of' }), Plot.ruleY([0])],
  })
}

/** Every entry of the queue from when it was made until it was served, or for ever; the mark is its deadline. */
export function queuePlot(places: readonly QueuePlace[]): string {
  const hours = (seconds: bigint) => Number(seconds) / 3600
  const rows = places.map(({ index, kind, account, made, served, deadline }) => ({
    entry: `${index}: ${kind} of ${account}`,
    from: 0,
    to: hours((served ?? deadline) - made),
    deadline: hours(deadline - made),
    state: served === undefined ? 'never served' : 'served',
  }))
  return draw({
    width: WIDTH,
    height: 60 + 15 * rows.length,
    marginLeft: 150,
    marginBottom: 44,
    x: { label: 'Hours since the entry was made', grid: true, nice: true },
    y: { label: null, domain: rows.map(({ entry }) => entry), tickSize: 0, padding: 0.3 },
    color: { domain: ['served', 'never served'], range: ['var(--buy)', 'var(--sell)'], legend: true },
    marks: [
      Plot.ruleY(rows, { y: 'entry', x1: 'from', x2: 'deadline', stroke: 'var(--line)' }),
      Plot.ruleY(rows, { y: 'entry', x1: 'from', x2: 'to', stroke: 'state', strokeWidth: 5, strokeLinecap: 'round' }),
      Plot.tickX(rows, { y: 'entry', x: 'deadline', stroke: 'var(--muted)', strokeWidth: 2 }),
    ],
  })
}

import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Side } from '../../protocol/slot.ts'
import type { StageTime } from './progress.ts'
import type { Tape, TradePoint } from './tape.ts'

/** One resting order in a picture of the book. */
export interface DepthOrder {
  readonly moment: string
  readonly side: Side
  /** USDC per lot. */
  readonly price: number
  readonly lots: number
}

export interface BatchTime {
  readonly batch: number
  readonly stage: 'witness' | 'prove' | 'verify' | 'settle'
  readonly seconds: number
}

// Both are variables of the report's style sheet, so that plots follow the reader's light or dark scheme.
const SIDES = { domain: ['buy', 'sell'], range: ['var(--buy)', 'var(--sell)'] }
const STAGES = {
  domain: ['witness', 'prove', 'verify', 'settle'],
  range: ['var(--first)', 'var(--second)', 'var(--third)', 'var(--fourth)'],
}

export const WIDTH = 880

/** The two sides of the book at several moments, side by side: one box per resting order, the first in the queue lowest. */
export function depthPlot(orders: readonly DepthOrder[], tick: number): string {
  return draw({
    width: WIDTH,
    height: 340,
    marginBottom: 44,
    x: { label: 'Price (USDC per lot)', tickSpacing: 60, insetLeft: 6, insetRight: 6 },
    y: { label: 'Resting size (lots)', grid: true, nice: true },
    fx: { label: null, domain: [...new Set(orders.map(({ moment }) => moment))], padding: 0.08 },
    color: { ...SIDES, tickFormat: (side: string) => (side === 'buy' ? 'bids' : 'asks'), legend: true },
    marks: [
      Plot.rectY(
        orders,
        Plot.stackY({
          x1: (d: DepthOrder) => d.price - 0.42 * tick,
          x2: (d: DepthOrder) => d.price + 0.42 * tick,
          y: 'lots',
          fx: 'moment',
          fill: 'side',
          stroke: 'var(--background)',
          strokeWidth: 1.5,
        } as Plot.RectYOptions),
      ),
      Plot.ruleY([0]),
    ],
  })
}

/** Every trade at its step and price, over the best bid and ask as each step left them, with the batches' ends. */
export function tradesPlot({ trades, quotes, batches }: Tape): string {
  return draw({
    width: WIDTH,
    height: 380,
    marginLeft: 56,
    marginTop: 34,
    marginBottom: 44,
    x: { label: 'Steps since the start', nice: true },
    y: { label: 'Price (USDC per lot)', grid: true, nice: true, inset: 8 },
    r: { range: [2.5, 13] },
    color: {
      ...SIDES,
      tickFormat: (side: string) => (side === 'buy' ? 'bid; bought by the taker' : 'ask; sold by the taker'),
      legend: true,
    },
    marks: [
      Plot.ruleX(batches, { x: 'end', stroke: 'var(--line)', strokeDasharray: '3 3' }),
      Plot.text(batches, {
        x: (d) => (d.start + d.end) / 2,
        text: 'label',
        frameAnchor: 'top',
        dy: -12,
        fill: 'var(--muted)',
      }),
      Plot.line(quotes, {
        x: 'step',
        y: 'price',
        z: 'side',
        stroke: 'side',
        curve: 'step-after',
        strokeOpacity: 0.5,
        strokeWidth: 1.5,
      }),
      Plot.dot(trades, {
        x: 'step',
        y: 'price',
        r: 'lots',
        fill: 'takerSide',
        fillOpacity: 0.75,
        stroke: 'var(--background)',
        title: (d: TradePoint) => `${d.lots} lots at ${d.price} USDC`,
      }),
    ],
  })
}

/** What proving and settling each batch took. */
export function batchTimePlot(times: readonly BatchTime[]): string {
  return draw({
    width: WIDTH,
    height: 320,
    marginBottom: 44,
    x: { label: 'Batch', type: 'band', padding: 0.25 },
    y: { label: 'Time (s)', grid: true, nice: true },
    color: { ...STAGES, legend: true },
    marks: [
      Plot.barY(times, {
        x: 'batch',
        y: 'seconds',
        fill: 'stage',
        order: STAGES.domain,
        title: (d: BatchTime) => `batch ${d.batch}, ${d.stage}: ${d.seconds.toFixed(2)} s`,
      }),
      Plot.ruleY([0]),
    ],
  })
}

/** The wall time of the demo, stage by stage. */
export function stagePlot(stages: readonly StageTime[]): string {
  const rows = stages.map(({ name, milliseconds }) => ({ name, seconds: milliseconds / 1000 }))
  return draw({
    width: WIDTH,
    height: 46 + 30 * rows.length,
    marginLeft: 360,
    marginRight: 60,
    marginBottom: 40,
    x: { label: 'Wall time (s)', grid: true, nice: true },
    y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0, padding: 0.3 },
    marks: [
      Plot.barX(rows, { x: 'seconds', y: 'name', fill: 'var(--second)' }),
      Plot.text(rows, {
        x: 'seconds',
        y: 'name',
        text: (d: { seconds: number }) => `${d.seconds.toFixed(1)} s`,
        textAnchor: 'start',
        dx: 6,
      }),
      Plot.ruleX([0]),
    ],
  })
}

/** Plot draws into a document; there is no browser here, so it is given one of its own. */
export function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const figure = Plot.plot({ ...options, document, style: { background: 'transparent', fontSize: '12px' } })
  return figure.outerHTML
}

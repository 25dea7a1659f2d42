import { errorOf } from '../../lab/pricing/option-points.ts'
import { element, label, logTicks, picture } from '../bench/backends/svg.ts'

const [WIDTH, LEFT, TOP] = [820, 70, 60]
/** Columns and rows of cells, and the size of one. */
const [COLUMNS, ROWS, CELL_WIDTH, CELL_HEIGHT] = [60, 36, 10, 9]
const [RIGHT, BOTTOM] = [LEFT + COLUMNS * CELL_WIDTH, TOP + ROWS * CELL_HEIGHT]

/** Strike over forward, and deviation: both on logarithmic scales. */
const STRIKES = [1 / 20, 20] as const
const DEVIATIONS = [0.001, 4] as const

/** A quantum is 10^-12 of it, so that rounding to one is not what is seen. */
const FORWARD = 10 ** 12

/** Of errors below 10^-11.5 of the forward, below ten to each half power after that, and above. */
const COLORS = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'] as const
const color = (error: number) =>
  COLORS[Math.min(COLORS.length - 1, Math.max(0, Math.ceil(2 * (Math.log10(error) + 11.5))))]!

const at = (ratio: number, [from, to]: readonly [number, number]) => from * (to / from) ** ratio

/** By how much of the forward the price is off, at most, at some points of a cell. */
function worstOf(column: number, row: number): number {
  const points = [1 / 6, 3 / 6, 5 / 6].flatMap((x, i) => [1 / 6, 3 / 6, 5 / 6].map((y) => [x + i / 50, y] as const))
  const errors = points.map(([x, y]) => {
    const strike = BigInt(Math.round(FORWARD * at((column + x) / COLUMNS, STRIKES)))
    const deviation = BigInt(Math.round(2 ** 32 * at((row + y) / ROWS, DEVIATIONS)))
    return Number(errorOf({ kind: 'call', forward: BigInt(FORWARD), strike, deviation })) / 2 ** 64 / FORWARD
  })
  return Math.max(...errors)
}

/** docs/option-prices.svg: how far prices are from exact ones, over strike and deviation. */
export function optionErrorPlot(): string {
  const content = [
    label(LEFT, 22, 'Error of an option price, as a part of the forward', { class: 'title' }),
    label(LEFT, 42, 'deviation: volatility times the root of the time to expiry', { class: 'muted' }),
  ]
  for (let row = 0; row < ROWS; row++) {
    const fills = Array.from({ length: COLUMNS }, (_, column) => color(worstOf(column, row)))
    for (let from = 0, to = 0; from < COLUMNS; from = to) {
      while (to < COLUMNS && fills[to] === fills[from]) to++
      const place = { x: LEFT + CELL_WIDTH * from, y: BOTTOM - CELL_HEIGHT * (row + 1) }
      const size = { width: CELL_WIDTH * (to - from), height: CELL_HEIGHT }
      content.push(element('rect', { ...place, ...size, fill: fills[from]! }))
    }
  }
  const xOf = (ratio: number) =>
    LEFT + ((RIGHT - LEFT) * Math.log(ratio / STRIKES[0])) / Math.log(STRIKES[1] / STRIKES[0])
  for (const ratio of logTicks(...STRIKES)) {
    content.push(label(xOf(ratio), BOTTOM + 18, `${ratio}`, { class: 'muted', 'text-anchor': 'middle' }))
  }
  content.push(label((LEFT + RIGHT) / 2, BOTTOM + 38, 'strike / forward', { class: 'muted', 'text-anchor': 'middle' }))
  const yOf = (deviation: number) =>
    BOTTOM - ((BOTTOM - TOP) * Math.log(deviation / DEVIATIONS[0])) / Math.log(DEVIATIONS[1] / DEVIATIONS[0])
  for (const deviation of logTicks(...DEVIATIONS)) {
    content.push(label(LEFT - 8, yOf(deviation) + 4, `${deviation}`, { class: 'muted', 'text-anchor': 'end' }))
  }
  for (const [i, fill] of COLORS.entries()) {
    const y = TOP + 24 * (COLORS.length - 1 - i)
    content.push(element('rect', { x: RIGHT + 30, y, width: 18, height: 18, fill }))
    content.push(label(RIGHT + 56, y + 14, i < COLORS.length - 1 ? `below ${powerOfTen(i / 2 - 11.5)}` : 'more'))
  }
  return picture(WIDTH, BOTTOM + 50, 'Error of option prices over strike and deviation', content)
}

function powerOfTen(exponent: number): string {
  return (10 ** exponent).toExponential(0)
}

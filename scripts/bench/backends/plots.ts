import { number } from '../markdown.ts'
import type { CircuitResult, ScalingResult } from './results.ts'
import { element, label, linearTicks, logTicks, picture } from './svg.ts'

const WIDTH = 820
const MARGIN = { left: 190, right: 90, top: 20 }
const ROW = 22
const PANEL_HEAD = 34
const PANEL_GAP = 34

/** Bars of milliseconds on the clock for each circuit and backend, on one logarithmic scale. */
export function backendsPlot(results: readonly CircuitResult[]): string {
  const times = results.flatMap(({ backends }) => backends.map(({ wall }) => wall.median))
  const [from, to] = [0.7 * Math.min(...times), Math.max(...times)]
  const scale = (ms: number) => ((WIDTH - MARGIN.left - MARGIN.right) * Math.log(ms / from)) / Math.log(to / from)
  const content: string[] = []
  let top = MARGIN.top
  for (const { circuit, constraints, backends } of results) {
    content.push(label(MARGIN.left, top, `${circuit}: ${number(constraints)} constraints`, { class: 'title' }))
    const [first, end] = [top + PANEL_HEAD - 18, top + PANEL_HEAD - 18 + ROW * backends.length]
    for (const tick of logTicks(from, to)) {
      const x = MARGIN.left + scale(tick)
      content.push(element('line', { x1: x, x2: x, y1: first, y2: end, class: 'grid' }))
      content.push(label(x, end + 16, number(tick), { class: 'muted', 'text-anchor': 'middle' }))
    }
    for (const [i, { name, wall }] of backends.entries()) {
      const y = first + ROW * i
      const box = { x: MARGIN.left, y: y + 3, width: scale(wall.median), height: ROW - 6, class: `bar ${kindOf(name)}` }
      content.push(element('rect', box))
      content.push(label(MARGIN.left - 8, y + ROW - 7, name, { 'text-anchor': 'end' }))
      content.push(label(MARGIN.left + scale(wall.median) + 6, y + ROW - 7, `${show(wall.median)} ms`))
    }
    top = end + PANEL_GAP + 16
  }
  return picture(WIDTH, top - PANEL_GAP + 10, 'Milliseconds of a proof by backend, on a logarithmic scale', content)
}

const HEIGHT = 380
const BOTTOM = HEIGHT - 50

/** Lines of processor time for each constraint over the size of the circuit. */
export function scalingPlot({ circuit, sizes }: ScalingResult): string {
  const left = 60
  const right = WIDTH - 130
  const top = 46
  const logs = sizes.map(({ log }) => log)
  const cost = (ms: number, constraints: number) => (1000 * ms) / constraints
  const most = Math.max(
    ...sizes.flatMap(({ paths, constraints }) => paths.map(({ cpu }) => cost(cpu.median, constraints))),
  )
  const ticks = linearTicks(most, 6)
  const x = (log: number) => left + ((right - left) * (log - logs[0]!)) / Math.max(1, logs.at(-1)! - logs[0]!)
  const y = (us: number) => BOTTOM - ((BOTTOM - top) * us) / ticks.at(-1)!
  const content = [label(left, 20, `Processor time for each constraint (us), ${circuit}`, { class: 'title' })]
  for (const tick of ticks) {
    content.push(element('line', { x1: left, x2: right, y1: y(tick), y2: y(tick), class: 'grid' }))
    content.push(label(left - 8, y(tick) + 4, `${number(tick)}`, { class: 'muted', 'text-anchor': 'end' }))
  }
  for (const { log, constraints } of sizes) {
    content.push(label(x(log), BOTTOM + 18, `2^${log}`, { class: 'muted', 'text-anchor': 'middle' }))
    content.push(label(x(log), BOTTOM + 35, number(constraints), { class: 'muted', 'text-anchor': 'middle' }))
  }
  for (const [i, { path }] of sizes[0]!.paths.entries()) {
    const points = sizes.map(
      ({ log, constraints, paths }) => [x(log), y(cost(paths[i]!.cpu.median, constraints))] as const,
    )
    const list = points.map((point) => point.map((value) => value.toFixed(1)).join(',')).join(' ')
    content.push(element('polyline', { points: list, class: `line ${path}` }))
    content.push(...points.map(([cx, cy]) => element('circle', { cx, cy, r: 3.5, class: path })))
    const { cpu } = sizes.at(-1)!.paths[i]!
    const [endX, endY] = points.at(-1)!
    content.push(label(endX + 10, endY + 4, `${path} ${cost(cpu.median, sizes.at(-1)!.constraints).toFixed(1)}`))
  }
  return picture(WIDTH, HEIGHT, 'Processor time for each constraint by size', content)
}

/** The style class of a contestant. */
function kindOf(name: string): string {
  return /^native (\w+)/.exec(name)?.[1] ?? (name === 'snarkjs' ? name : 'outside')
}

function show(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : number(Math.round(ms))
}

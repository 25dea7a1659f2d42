import type { DependencyGraph } from '../dependency-graph.ts'
import { escaped } from './markup.ts'

const [COLUMN, LINE, WIDTH, HEIGHT, MARGIN] = [190, 34, 130, 24, 12]
const MOST_CHARACTERS = 20

interface Box {
  readonly x: number
  readonly y: number
}

/**
 * The signals around what is open, as SVG: what is asked about on the right, each constraint a dot between its signals, and the
 * settled ones as far left as they are away. Colours are classes, for the page to choose.
 */
export function graphSvg({ signals, constraints }: DependencyGraph): string {
  const deepest = Math.max(0, ...signals.map(({ distance }) => distance), ...constraints.map((one) => one.distance + 1))
  const heights = new Map<number, number>()
  const place = (column: number): Box => {
    const at = heights.get(column) ?? 0
    heights.set(column, at + 1)
    return { x: MARGIN + column * COLUMN * 0.5, y: MARGIN + at * LINE }
  }
  // Signals stand in even columns, constraints in the odd ones between them.
  const boxes = signals.map(({ distance }) => place(2 * (deepest - distance)))
  const dots = constraints.map(({ distance }) => place(2 * (deepest - distance) - 1))
  const edges = constraints.flatMap(({ signals: members }, at) =>
    members.map((member) => edge(dots[at]!, boxes[member]!)),
  )
  const width = MARGIN * 2 + deepest * COLUMN + WIDTH
  const height = MARGIN * 2 + Math.max(1, ...heights.values()) * LINE
  const lines = [
    `<svg role="img" aria-label="dependency graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    ...edges,
    ...constraints.map(({ constraint, others }, at) => {
      const more = others > 0 ? `, with ${others} more signals` : ''
      const { x, y } = centre(dots[at]!)
      return `<circle cx="${x}" cy="${y}" r="5"><title>constraint ${constraint}${more}</title></circle>`
    }),
    ...signals.map(({ name, verdict }, at) => {
      const { x, y } = boxes[at]!
      const shown = name.length > MOST_CHARACTERS ? `…${name.slice(1 - MOST_CHARACTERS)}` : name
      return (
        `<g class="${verdict}"><title>${verdict} ${escaped(name)}</title>` +
        `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="4"/>` +
        `<text x="${x + WIDTH / 2}" y="${y + HEIGHT / 2 + 4}">${escaped(shown)}</text></g>`
      )
    }),
    '</svg>',
  ]
  return lines.join('\n')
}

function centre({ x, y }: Box): Box {
  return { x: x + WIDTH / 2, y: y + HEIGHT / 2 }
}

function edge(dot: Box, box: Box): string {
  const [from, to] = [centre(dot), centre(box)]
  const side = to.x < from.x ? to.x + WIDTH / 2 : to.x - WIDTH / 2
  const middle = (from.x + side) / 2
  return `<path d="M${from.x} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${side} ${to.y}"/>`
}

type Attributes = Readonly<Record<string, string | number>>

/** One SVG element. Numbers are rounded to a tenth; texts are escaped. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? String(Math.round(value * 10) / 10) : escapeText(value)
    return ` ${key}="${text}"`
  })
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`
}

export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeText(text))
}

/** A whole picture. It follows the reader's light or dark scheme by itself, because a page's style does not reach into it. */
export function picture(width: number, height: number, title: string, content: readonly string[]): string {
  const style = `text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 } .muted { fill: #57606a }
.grid { stroke: #d0d7de } .bar { fill: #8c959f } .ifma { fill: #1a7f37 } .adx { fill: #0969da } .portable { fill: #8250df } .snarkjs { fill: #bc4c00 }
.line { fill: none; stroke-width: 2 } .line.ifma { stroke: #1a7f37 } .line.adx { stroke: #0969da } .line.portable { stroke: #8250df }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .muted { fill: #9198a1 } .grid { stroke: #3d444d } }`
  const body = [`<style>${style}</style>`, element('title', {}, escapeText(title)), ...content].join('\n')
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height }
  return `${element('svg', { ...attributes, role: 'img', 'aria-label': title }, `\n${body}\n`)}\n`
}

/** Powers of ten with 2 and 5 between, inside of the range. */
export function logTicks(from: number, to: number): number[] {
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++) {
    ticks.push(...[1, 2, 5].map((step) => step * 10 ** power).filter((tick) => tick >= from && tick <= to))
  }
  return ticks
}

/** About `count` round numbers from 0 to the first that is no less than `to`. */
export function linearTicks(to: number, count: number): number[] {
  const rough = to / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!
  return Array.from({ length: Math.ceil(to / step) + 1 }, (_, i) => i * step)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

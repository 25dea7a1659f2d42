import type { Spread } from './spread.ts'

/** A table in Markdown: the first column to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

export function number(value: number): string {
  return value.toLocaleString('en-US')
}

/** A spread of milliseconds, in seconds. */
export function seconds(spread: Spread): string {
  return withRange(spread, (value) => (value / 1000).toFixed(1), 's')
}

/** A spread of milliseconds; short ones with one decimal. */
export function milliseconds(spread: Spread): string {
  return withRange(spread, (value) => (spread.median < 10 ? value.toFixed(1) : number(Math.round(value))), 'ms')
}

export function bytes(value: number): string {
  const megabytes = value / 1e6
  return megabytes >= 1000 ? `${(megabytes / 1000).toFixed(2)} GB` : `${megabytes.toFixed(1)} MB`
}

/** Microseconds for each constraint, of milliseconds for all. */
export function perConstraint(ms: number, constraints: number): string {
  return `${((1000 * ms) / constraints).toFixed(1)} us`
}

function withRange({ median, min, max, runs }: Spread, format: (value: number) => string, unit: string): string {
  return runs === 1 ? `${format(median)} ${unit}` : `${format(median)} ${unit} (${format(min)}-${format(max)}, ${runs})`
}

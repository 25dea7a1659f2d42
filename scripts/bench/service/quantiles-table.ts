import { number, table } from '../markdown.ts'
import type { Quantiles } from './quantiles.ts'

/** A table in Markdown of what took how many milliseconds. */
export function quantilesTable(rows: readonly (readonly [name: string, of: Quantiles])[]): string {
  return table(
    ['', 'p50', 'p90', 'p99', 'most', 'of'],
    rows.map(([name, { p50, p90, p99, max, count }]) => {
      return [name, ...[p50, p90, p99, max].map((value) => `${number(value)} ms`), number(count)]
    }),
  )
}

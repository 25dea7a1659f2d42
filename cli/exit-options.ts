import { tableText } from './table.ts'

/** Lots of each asset, a line for each name. */
export function lotsTable(rows: readonly (readonly [name: string, lots: readonly bigint[]])[]): string {
  const assets = rows[0]![1].map((_, asset) => `asset ${asset}`)
  return tableText(
    ['lots', ...assets],
    rows.map(([name, lots]) => [name, ...lots]),
  )
}

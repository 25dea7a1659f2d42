import Table from 'cli-table3'

/** A table for people, without colours, because it may go to a file. */
export function tableText(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map(String))
  return table.toString()
}

/** A Markdown table; the first column is aligned left, the others right unless `left` is given. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { left = false } = {},
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 || left ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return value.toLocaleString('en-US')
  return value.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

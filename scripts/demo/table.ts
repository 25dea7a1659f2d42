import Table from 'cli-table3'
import type { SettledBatch } from './batches.ts'

export const BATCH_COLUMNS = [
  'batch',
  'market',
  'messages',
  'steps',
  'trades',
  'order in hand',
  'constraints',
  'witness ms',
  'prove ms',
  'gas',
]

/** One row a batch, as the terminal and the report show it. */
export function batchRows(batches: readonly SettledBatch[], constraints: number): string[][] {
  return batches.map(({ number, transition, trades, proved, gas }) => {
    const { market } = transition.context
    const from = transition.before.books.get(market)!.hand !== undefined
    const to = transition.after.books.get(market)!.hand !== undefined
    return [
      `${number}`,
      `${market}`,
      `${transition.messages.length}`,
      `${transition.steps.length}`,
      `${trades.length}`,
      [from && 'carried in', to && 'carried out'].filter(Boolean).join(', '),
      count(constraints),
      count(Math.round(proved.timings.witnessMs)),
      count(Math.round(proved.timings.proveMs)),
      count(Number(gas)),
    ]
  })
}

export function terminalTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map(() => 'right' as const),
    style: { head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

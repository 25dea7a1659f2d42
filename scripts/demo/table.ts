import Table from 'cli-table3'
import { messagesOf } from '../../protocol/bundle.ts'
import { kindOf } from '../../protocol/cash-batch/operation.ts'
import type { SettledBatch, SettledCash } from './batches.ts'

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
      `${messagesOf(transition).length}`,
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

export const CASH_COLUMNS = ['batch', 'operations', 'swept', 'constraints', 'witness ms', 'prove ms', 'gas']

/** One row a batch of operations on accounts. */
export function cashRows(batches: readonly SettledCash[], constraints: number): string[][] {
  return batches.map(({ batch, proved, gas }, i) => [
    `${i + 1}`,
    tally(batch.slots.map(({ operation }) => kindOf(operation))),
    batch.sweep === undefined ? '' : `market ${batch.sweep.market}`,
    count(constraints),
    count(Math.round(proved.timings.witnessMs)),
    count(Math.round(proved.timings.proveMs)),
    count(Number(gas)),
  ])
}

/** Such as "2 REGISTER, DEPOSIT". */
function tally(kinds: readonly string[]): string {
  const names = [...new Set(kinds)]
  const times = (name: string) => kinds.filter((kind) => kind === name).length
  return names.map((name) => (times(name) === 1 ? name : `${times(name)} ${name}`)).join(', ')
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

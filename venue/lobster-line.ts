import { ZkclearError } from '../protocol/errors.ts'
import { MAX_PRICE } from '../protocol/parameters.ts'
import type { Side } from '../protocol/slot.ts'

/** The columns of LOBSTER's message format, in this order. Some files have the seventh, which is left out. */
const COLUMNS = ['time', 'type', 'order id', 'size', 'price', 'direction', 'MPID'] as const
type Column = (typeof COLUMNS)[number]

/** What a header may call them, by their letters alone. */
const HEADER: Readonly<Record<Column, RegExp>> = {
  time: /^(time|timestamp|seconds)$/,
  type: /^(event|message)?type$/,
  'order id': /^order(id)?$/,
  size: /^(size|shares|volume|quantity)$/,
  price: /^price$/,
  direction: /^(direction|buysell(indicator)?|side)$/,
  MPID: /^mpid$/,
}

/** New order, partial cancel, deletion, execution of a visible order, of a hidden one, cross, halt. */
export type LobsterType = 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface LobsterLine {
  /** From 1. */
  readonly number: number
  /** Whole seconds after midnight. */
  readonly second: bigint
  /** Digits after the decimal point, without zeros at the end: times of one second compare as these do. */
  readonly fraction: string
  readonly type: LobsterType
  readonly id: string
  readonly size: bigint
  /** Quanta per lot. */
  readonly price: bigint
  /** Side of the resting order. */
  readonly side: Side
}

/** Reads the lines of a file one by one. Throws FLOW_INVALID, naming line and column. */
export function* readLobsterLines(text: string, quantaPerUnit: bigint): Generator<LobsterLine> {
  let last: LobsterLine | undefined
  let begun = false
  for (const [i, row] of text.split('\n').entries()) {
    // Trimming takes a byte order mark and the carriage returns of Windows, too.
    const cells = row.trim().split(',')
    if (cells.length === 1 && cells[0] === '') continue
    const isHeader = !begun && /^[a-z]/i.test(cells[0]!)
    begun = true
    if (isHeader) {
      checkHeader(cells, i + 1)
      continue
    }
    const line = readLine(cells, i + 1, quantaPerUnit)
    if (last !== undefined && isBefore(line, last)) {
      throw invalidLine(line.number, 'time', `must not go back: ${last.second}.${last.fraction || '0'} came before`)
    }
    last = line
    yield line
  }
  if (last === undefined) throw new ZkclearError('FLOW_INVALID', 'holds no message', { path: 'flow' })
}

export function isSameTime(a: LobsterLine, b: LobsterLine): boolean {
  return a.second === b.second && a.fraction === b.fraction
}

function isBefore(a: LobsterLine, b: LobsterLine): boolean {
  return a.second < b.second || (a.second === b.second && a.fraction < b.fraction)
}

/** The refusal of a line, or of one of its cells. */
export function invalidLine(line: number, column: Column | undefined, message: string): ZkclearError {
  const path = column === undefined ? `flow line ${line}` : `flow line ${line}, column ${column}`
  return new ZkclearError('FLOW_INVALID', message, { path, details: { line, column } })
}

function checkHeader(cells: readonly string[], line: number): void {
  checkWidth(cells, line)
  for (const [i, cell] of cells.entries()) {
    const column = COLUMNS[i]!
    if (HEADER[column].test(cell.toLowerCase().replace(/[^a-z]/g, ''))) continue
    throw invalidLine(line, column, `the header has ${quoted(cell)} in its place; the columns are ${COLUMNS.join()}`)
  }
}

function checkWidth({ length }: readonly string[], line: number): void {
  if (length === COLUMNS.length || length === COLUMNS.length - 1) return
  throw invalidLine(line, undefined, `has ${length} columns, must have ${COLUMNS.slice(0, -1).join()} and perhaps MPID`)
}

function readLine(cells: readonly string[], number: number, quantaPerUnit: bigint): LobsterLine {
  checkWidth(cells, number)
  const read = (column: Column, allowed: RegExp, words: string): RegExpExecArray => {
    const cell = cells[COLUMNS.indexOf(column)]!
    const match = allowed.exec(cell)
    if (match === null) throw invalidLine(number, column, `got ${quoted(cell)}, must be ${words}`)
    return match
  }
  const time = read('time', /^(\d{1,5})(?:\.(\d{1,30}))?$/, 'seconds after midnight, in decimals')
  const second = BigInt(time[1]!)
  if (second >= 86_400n) throw invalidLine(number, 'time', `got ${quoted(cells[0]!)}, a day has 86400 seconds`)
  const type = Number(read('type', /^[1-7]$/, 'a digit from 1 to 7')[0]) as LobsterType
  // Hidden executions, crosses and halts name no order, have no size, or give a price that is none.
  const named = type < 5
  const [id] = read(
    'order id',
    named ? /^\d{1,18}$/ : /^(-1|\d{1,18})$/,
    'an order id: a decimal integer of up to 18 digits',
  )
  const [size] = read('size', named ? /^0*[1-9]\d{0,13}$/ : /^\d{1,14}$/, 'a number of shares, positive for an order')
  const [units] = read('price', named ? /^\d{1,14}$/ : /^-?\d{1,14}$/, 'an integer: 1/10,000 dollar')
  const price = BigInt(units) * quantaPerUnit
  if (named && (price < 1n || price > MAX_PRICE)) {
    throw invalidLine(number, 'price', `comes to ${price} quanta per lot; must be in [1, ${MAX_PRICE}]`)
  }
  const [direction] = read('direction', /^-?1$/, '1 (buy) or -1 (sell)')
  if (cells.length === COLUMNS.length) read('MPID', /^\w{0,16}$/, "a participant's letters, null or nothing")
  return {
    number,
    second,
    fraction: (time[2] ?? '').replace(/0+$/, ''),
    type,
    id: String(BigInt(id)),
    size: BigInt(size),
    price,
    side: direction === '1' ? 'buy' : 'sell',
  }
}

function quoted(cell: string): string {
  return JSON.stringify(cell.slice(0, 64))
}

import { CsvError, parse } from 'csv-parse/sync'
import { ZkclearError } from '../protocol/errors.ts'
import { assertWellFormed } from '../protocol/message.ts'
import { BITS, TIME_IN_FORCE, type TimeInForce } from '../protocol/parameters.ts'
import { continues, type Intent, type OrderIntent, wrongInBundle } from './intent.ts'

/** The columns of an order flow, in this order, named in the first line. Cancels leave some empty: see {@link parseFlowCsv}. */
export const FLOW_COLUMNS = [
  'time',
  'kind',
  'id',
  'market',
  'account',
  'side',
  'price',
  'size',
  'timeInForce',
  'reduceOnly',
  'expiry',
  'bundle',
] as const
type Column = (typeof FLOW_COLUMNS)[number]

/** Longest order id, or name of a bundle, in characters. */
const MAX_ID = 64

export interface FlowCsvOptions {
  /** How many markets the venue has; an order for another one is refused. Default: any market. */
  readonly markets?: number | undefined
}

/**
 * Reads an order flow in zkclear's CSV format: a header line, then one message a line.
 *
 * | column | holds |
 * |---|---|
 * | time | unix seconds at which the message reaches the venue; never less than in the line before |
 * | kind | `order`, `cancel` or `cancel-all` |
 * | id | the order's name: 1 to 64 printable characters, unique; a cancel names an order of an earlier line |
 * | market, account | indices |
 * | side | `buy` or `sell`; of a cancel-all also `both` |
 * | price, size | quanta per lot, lots; both positive |
 * | timeInForce | `GTC`, `IOC` or `POST_ONLY` |
 * | reduceOnly | `true` or `false`; true with IOC only |
 * | expiry | unix seconds up to and including which the order lives |
 * | bundle | the same name in 2 to 8 lines in a row, of one time, account and market, that are one bundle; else nothing. No two bundles have one name |
 *
 * A cancel leaves every column between `id` and `bundle` empty, and names no order of its own bundle. A cancel-all has market, account and
 * side beside time and bundle, and nothing else. Numbers are decimal integers without sign or leading zeros. Throws
 * FLOW_INVALID, naming line and column.
 *
 * @example
 * const intents = parseFlowCsv(await readFile('flow.csv', 'utf8'), { markets: venueShape('small').markets })
 */
export function parseFlowCsv(text: string, { markets }: FlowCsvOptions = {}): Intent[] {
  const [header, ...rows] = records(text)
  if (header === undefined || header.record.join() !== FLOW_COLUMNS.join()) {
    throw invalid(1, undefined, `the header must be ${FLOW_COLUMNS.join()}`)
  }
  if (rows.length === 0) throw new ZkclearError('FLOW_INVALID', 'holds no message', { path: 'flow' })
  const intents: Intent[] = []
  const orders = new Map<string, OrderIntent>()
  const named = new Set<string>()
  let bundle: Intent[] = []
  let now = 0n
  for (const { record, line } of rows) {
    const intent = readRow(record, line)
    if (intent.time < now) throw invalid(line, 'time', `must not go back: ${now} came before`)
    if (intent.kind === 'order' && orders.has(intent.id)) throw invalid(line, 'id', 'names an order of an earlier line')
    if (intent.kind === 'cancel' && !orders.has(intent.id))
      throw invalid(line, 'id', 'names no order of an earlier line')
    if (intent.kind !== 'cancel' && markets !== undefined && intent.market >= markets) {
      throw invalid(line, 'market', `is ${intent.market}, but the venue's markets are 0 to ${markets - 1}`)
    }
    if (intent.kind === 'order') orders.set(intent.id, intent)
    const goesOn = continues(bundle, intent)
    if (!goesOn && intent.bundle !== undefined) {
      if (named.has(intent.bundle))
        throw invalid(line, 'bundle', 'names a bundle that ended before: its lines come in a row')
      named.add(intent.bundle)
    }
    bundle = goesOn ? [...bundle, intent] : [intent]
    const wrong = wrongInBundle(bundle, orders)
    if (wrong !== undefined) throw invalid(line, 'bundle', wrong)
    now = intent.time
    intents.push(intent)
  }
  return intents
}

/** Writes a flow so that {@link parseFlowCsv} reads it back. */
export function formatFlowCsv(intents: Iterable<Intent>): string {
  const lines = [FLOW_COLUMNS.join()]
  for (const intent of intents) {
    const row: Partial<Record<Column, unknown>> = { ...intent }
    lines.push(FLOW_COLUMNS.map((column) => quote(String(row[column] ?? ''))).join())
  }
  return `${lines.join('\n')}\n`
}

function quote(cell: string): string {
  return /[",\s]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function records(text: string): { record: string[]; line: number }[] {
  try {
    const rows = parse(text, { info: true, bom: true, skip_empty_lines: true, max_record_size: 4096 }) as unknown as {
      record: string[]
      info: { lines: number }
    }[]
    return rows.map(({ record, info }) => ({ record, line: info.lines }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ZkclearError('FLOW_INVALID', `not readable as CSV: ${error.message}`, { path: 'flow', cause: error })
  }
}

function readRow(record: readonly string[], line: number): Intent {
  const cell = (column: Column) => record[FLOW_COLUMNS.indexOf(column)]!
  const quoted = (column: Column) => JSON.stringify(cell(column).slice(0, 64))
  const number = (column: Column, bits: number) => {
    if (!/^(0|[1-9]\d{0,29})$/.test(cell(column)))
      throw invalid(line, column, `got ${quoted(column)}, must be a decimal integer`)
    const value = BigInt(cell(column))
    if (value >> BigInt(bits) !== 0n) throw invalid(line, column, `must be below 2^${bits}`)
    return value
  }
  const positive = (column: Column, bits: number) => {
    const value = number(column, bits)
    if (value === 0n) throw invalid(line, column, 'must be positive')
    return value
  }
  const word = <Word extends string>(column: Column, words: readonly Word[]): Word => {
    const found = words.find((w) => w === cell(column))
    if (found === undefined) throw invalid(line, column, `got ${quoted(column)}, must be one of ${words.join(', ')}`)
    return found
  }
  const time = number('time', BITS.time)
  const kind = word('kind', ['order', 'cancel', 'cancel-all'])
  const id = cell('id')
  if (kind !== 'cancel-all' && !isName(id)) throw invalid(line, 'id', `must be 1 to ${MAX_ID} printable characters`)
  const named = cell('bundle')
  if (named !== '' && !isName(named)) throw invalid(line, 'bundle', `must be at most ${MAX_ID} printable characters`)
  const bundle = named === '' ? {} : { bundle: named }
  const mustBeEmpty = (columns: readonly Column[]) => {
    const filled = columns.find((column) => cell(column) !== '')
    if (filled !== undefined) throw invalid(line, filled, `must be empty for a ${kind}`)
  }
  if (kind === 'cancel') {
    mustBeEmpty(FLOW_COLUMNS.slice(3, -1))
    return { kind, id, time, ...bundle }
  }
  const owner = { market: Number(number('market', BITS.market)), account: Number(number('account', BITS.account)) }
  if (kind === 'cancel-all') {
    mustBeEmpty(['id', 'price', 'size', 'timeInForce', 'reduceOnly', 'expiry'])
    return { kind, time, ...owner, side: word('side', ['buy', 'sell', 'both']), ...bundle }
  }
  const order: OrderIntent = {
    kind,
    id,
    time,
    ...owner,
    side: word('side', ['buy', 'sell']),
    price: number('price', BITS.price),
    size: positive('size', BITS.size),
    timeInForce: word('timeInForce', Object.keys(TIME_IN_FORCE) as TimeInForce[]),
    reduceOnly: word('reduceOnly', ['true', 'false']) === 'true',
    expiry: number('expiry', BITS.time),
    ...bundle,
  }
  try {
    assertWellFormed({ ...order, nonce: 0n })
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    const column = FLOW_COLUMNS.find((name) => error.path === `message.${name}`)
    throw invalid(line, column, error.message.replace(`${error.path}: `, ''))
  }
  return order
}

function isName(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text) && text.length <= MAX_ID
}

function invalid(line: number, column: Column | undefined, message: string): ZkclearError {
  const path = column === undefined ? `flow line ${line}` : `flow line ${line}, column ${column}`
  return new ZkclearError('FLOW_INVALID', message, { path, details: { line, column } })
}

import { ZkclearError } from '../protocol/errors.ts'
import { MAX_PRICE } from '../protocol/parameters.ts'
import type { Side } from '../protocol/slot.ts'
import { opposite } from '../protocol/slot.ts'
import type { Intent, OrderIntent } from './intent.ts'

export interface LobsterOptions {
  readonly market: number
  /** Accounts that resting orders are given to, by order id modulo their number. */
  readonly makers: readonly number[]
  /** Accounts that incoming orders are given to, in turn; none of them a maker, so that nobody trades with himself. */
  readonly takers: readonly number[]
  /** Unix seconds of the midnight from which the file counts. */
  readonly startOfDay: bigint
  /** Quanta per lot for each 1/10,000 dollar a share. Default 100: a lot is a share, a quantum 1e-6 dollar. */
  readonly quantaPerUnit?: bigint
  /** Seconds after midnight before which lines are left out. Default 34202: the opening auction re-lists old orders. */
  readonly from?: bigint
}

/** An execution that the exchange reported, between an incoming order of the flow and the order that it met. */
export interface ReportedExecution {
  /** Id of the incoming order. */
  readonly taker: string
  /** Id of the resting order that the exchange chose. */
  readonly maker: string
  readonly price: bigint
  readonly size: bigint
  /** Older orders at that price which the feed still lists: ghosts, if the exchange keeps price-time priority. */
  readonly passedOver: number
}

export interface LobsterFlow {
  readonly intents: readonly Intent[]
  readonly executions: readonly ReportedExecution[]
  /** Lines left out: before `from`, about an order that rested before the file began, of a type that is no order. */
  readonly skipped: { readonly early: number; readonly unknown: number; readonly other: number }
  /** Orders that left the ten levels unseen and were deleted before an execution at a worse price. */
  readonly ghosts: number
}

/** How the accounts of a venue are shared out: the last quarter of the indices (at least one) take, the others make. */
export function lobsterAccounts(indices: readonly number[]): Pick<LobsterOptions, 'makers' | 'takers'> {
  if (indices.length < 2) {
    throw new ZkclearError('FLOW_INVALID', 'LOBSTER flow needs a venue of at least two accounts: a maker and a taker')
  }
  const sorted = indices.toSorted((a, b) => a - b)
  const first = Math.min(Math.floor((sorted.length * 3) / 4), sorted.length - 1)
  return { makers: sorted.slice(0, first), takers: sorted.slice(first) }
}

interface Line {
  readonly time: string
  readonly second: bigint
  readonly type: number
  readonly id: string
  readonly size: bigint
  readonly price: bigint
  /** Side of the resting order. */
  readonly side: Side
}

interface Listed {
  readonly side: Side
  readonly price: bigint
  size: bigint
}

/**
 * Reads LOBSTER's message format (no header: time, type, order id, size, price, direction) as messages. 1 becomes a limit
 * order (GTC, good for the day), 3 a cancel, and 4 an incoming IOC of the opposite side; executions in a row with one time
 * stamp and direction are one order that swept several makers. 2, 5, 6 and 7 are left out, and so is what refers to an
 * order that rested before the file began. The feed reports ten levels: an order still listed at a better price than an
 * execution left them unseen, and is cancelled first. An older order at the execution's own price is left to be met all
 * the same, so that the flow does not presuppose priority in time; it is cancelled afterwards, and so is what the exchange
 * then filled in its place. Throws FLOW_INVALID, naming the line.
 */
export function parseLobster(text: string, options: LobsterOptions): LobsterFlow {
  const reader = new LobsterReader(options)
  for (const [i, row] of text.split('\n').entries()) {
    if (row.trim() !== '') reader.read(parseLine(row.trim(), i + 1, options))
  }
  return reader.finish()
}

class LobsterReader {
  readonly #options: LobsterOptions
  readonly #listed = new Map<string, Listed>()
  readonly #intents: Intent[] = []
  readonly #executions: ReportedExecution[] = []
  readonly #skipped = { early: 0, unknown: 0, other: 0 }
  #ghosts = 0
  #sweeps = 0
  #run: Line[] = []

  constructor(options: LobsterOptions) {
    this.#options = options
  }

  read(line: Line): void {
    if (line.second < (this.#options.from ?? 34202n)) {
      this.#skipped.early++
      return
    }
    if (line.type !== 1 && line.type !== 3 && line.type !== 4) {
      this.#skipped.other++
      return
    }
    const goesOn = line.type === 4 && line.time === this.#run[0]?.time && line.side === this.#run[0]?.side
    if (!goesOn) this.#endRun()
    if (line.type !== 1 && !this.#listed.has(line.id)) {
      this.#skipped.unknown++
    } else if (line.type === 1) {
      this.#list(line)
    } else if (line.type === 3) {
      this.#cancel(line.id, line.second)
    } else {
      this.#run.push(line)
    }
  }

  finish(): LobsterFlow {
    this.#endRun()
    return { intents: this.#intents, executions: this.#executions, skipped: this.#skipped, ghosts: this.#ghosts }
  }

  #list({ id, second, side, price, size }: Line): void {
    const { makers } = this.#options
    this.#listed.set(id, { side, price, size })
    this.#place(
      { id, side, price, size, timeInForce: 'GTC' },
      second,
      makers[Number(BigInt(id) % BigInt(makers.length))]!,
    )
  }

  #cancel(id: string, second: bigint): void {
    this.#listed.delete(id)
    this.#intents.push({ kind: 'cancel', id, time: this.#options.startOfDay + second })
  }

  /** The executions collected so far become one incoming order, which may go as far as the worst of their prices. */
  #endRun(): void {
    const run = this.#run
    const [first] = run
    if (first === undefined) return
    this.#run = []
    const better = (a: bigint, b: bigint) => (first.side === 'buy' ? a > b : a < b)
    const worst = run.reduce((price, line) => (better(price, line.price) ? line.price : price), first.price)
    const makers = new Set(run.map(({ id }) => id))
    for (const [id, { side, price }] of this.#listed) {
      if (side !== first.side || makers.has(id) || !better(price, worst)) continue
      this.#cancel(id, first.second)
      this.#ghosts++
    }
    const taker = `sweep-${++this.#sweeps}`
    const { takers } = this.#options
    const size = run.reduce((sum, line) => sum + line.size, 0n)
    const account = takers[this.#sweeps % takers.length]!
    this.#place(
      { id: taker, side: opposite(first.side), price: worst, size, timeInForce: 'IOC' },
      first.second,
      account,
    )
    const gone = new Set<string>()
    for (const { id, price, size } of run) {
      const older = this.#olderAt(price, id).filter((other) => !makers.has(other))
      this.#executions.push({ taker, maker: id, price, size, passedOver: older.length })
      for (const ghost of older) gone.add(ghost)
      const order = this.#listed.get(id)
      if (order === undefined) continue
      order.size -= size
      if (order.size > 0n) continue
      if (older.length > 0) gone.add(id)
      else this.#listed.delete(id)
    }
    for (const id of gone) this.#cancel(id, first.second)
  }

  /** Orders still listed on the order's side and at its price that came before it. */
  #olderAt(price: bigint, id: string): string[] {
    const side = this.#listed.get(id)?.side
    const older: string[] = []
    for (const [other, listed] of this.#listed) {
      if (other === id) break
      if (listed.side === side && listed.price === price) older.push(other)
    }
    return older
  }

  #place(
    order: Pick<OrderIntent, 'id' | 'side' | 'price' | 'size' | 'timeInForce'>,
    second: bigint,
    account: number,
  ): void {
    const { market, startOfDay } = this.#options
    const expiry = startOfDay + 86_400n
    this.#intents.push({
      ...order,
      kind: 'order',
      market,
      account,
      reduceOnly: false,
      expiry,
      time: startOfDay + second,
    })
  }
}

const LINE = /^(\d{1,5})(?:\.\d{1,9})?,([1-7]),(-1|\d{1,18}),(\d{1,14}),(-?\d{1,14}),(1|-1)$/

function parseLine(row: string, number: number, { quantaPerUnit = 100n }: LobsterOptions): Line {
  const match = LINE.exec(row)
  if (match === null) {
    throw new ZkclearError('FLOW_INVALID', 'must be time,type,order id,size,price,direction as LOBSTER writes them', {
      path: `flow line ${number}`,
      details: { line: number },
    })
  }
  const [, second, type, id, size, units, direction] = match as unknown as [string, ...string[]]
  const price = BigInt(units!) * quantaPerUnit
  if (id === '-1' && type !== '5' && type !== '6' && type !== '7') {
    throw new ZkclearError('FLOW_INVALID', 'must name an order', {
      path: `flow line ${number}, column order id`,
      details: { line: number, column: 'order id' },
    })
  }
  if ((type === '1' || type === '4') && (price < 1n || price > MAX_PRICE)) {
    throw new ZkclearError('FLOW_INVALID', `comes to ${price} quanta per lot; must be in [1, ${MAX_PRICE}]`, {
      path: `flow line ${number}, column price`,
      details: { line: number, column: 'price' },
    })
  }
  return {
    time: row.slice(0, row.indexOf(',')),
    second: BigInt(second!),
    type: Number(type),
    id: id!,
    size: BigInt(size!),
    price,
    side: direction === '1' ? 'buy' : 'sell',
  }
}

import { ZkclearError } from '../protocol/errors.ts'
import { isUint } from '../protocol/numbers.ts'
import { BITS } from '../protocol/parameters.ts'
import { Random } from '../protocol/random.ts'
import type { Side } from '../protocol/slot.ts'
import { opposite } from '../protocol/slot.ts'
import type { Intent, OrderIntent } from './intent.ts'
import { invalidLine, isSameTime, type LobsterLine, readLobsterLines } from './lobster-line.ts'

export interface LobsterOptions {
  readonly market: number
  /** Accounts that resting orders are given to, by a hash of the order id; one that replaces another goes to the other's. */
  readonly makers: readonly number[]
  /** Accounts that incoming orders are given to, in turn; none of them a maker, so that nobody trades with himself. */
  readonly takers: readonly number[]
  /** Unix seconds of the midnight from which the file counts: the exchange's, such as New York's for NASDAQ. */
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
  /** Older orders at that price that the feed still listed: ghosts, if the exchange keeps price-time priority. */
  readonly passedOver: number
}

export interface LobsterFlow {
  readonly intents: readonly Intent[]
  readonly executions: readonly ReportedExecution[]
  /**
   * Lines left out: before `from`, about an order that rested before the file began, about one that had been taken for a
   * ghost, of a type that is no order.
   */
  readonly skipped: { readonly early: number; readonly unknown: number; readonly ghost: number; readonly other: number }
  /** Orders that left the ten levels unseen: what the exchange did afterwards it could not have done with them there. */
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

const DAY = 86_400n

interface Listed {
  readonly side: Side
  readonly price: bigint
  /** Where the order stands in the flow. */
  readonly place: number
  size: bigint
}

/**
 * Reads LOBSTER's message format (time, type, order id, size, price, direction, perhaps MPID; perhaps a header) as messages.
 *
 * 1 becomes a limit order (GTC, good for the day), 3 a cancel, and 4 an incoming IOC of the opposite side; executions in a
 * row with one time stamp and direction are one order that swept several makers. 2, a partial cancel, keeps the order's
 * place in time, for which the protocol has no message: the order comes in smaller from the start, by what is never
 * executed. 5, 6 and 7 are left out, and so is what refers to an order that rested before the file began. An order that comes
 * with the time stamp of a deletion on its side, right after it, replaces what was deleted: both are one account's.
 *
 * The feed reports ten levels, and an order can leave them unseen. Such ghosts are cancelled as soon as the exchange does
 * what it could not have done with them there: list a new order that crosses them, execute at a worse price than theirs, or
 * pass over them at their price for a younger one.
 *
 * Throws FLOW_INVALID, naming line and column, for what is not written so, a time that goes back, an order id used twice,
 * and a cancel or execution at another price or side than its order's or of more than is left of it. Throws INPUT_INVALID for
 * options that are none.
 */
export function parseLobster(text: string, options: LobsterOptions): LobsterFlow {
  const reader = new LobsterReader(options)
  for (const line of readLobsterLines(text, options.quantaPerUnit ?? 100n)) reader.read(line)
  return reader.finish()
}

class LobsterReader {
  readonly #options: LobsterOptions
  /** From the oldest to the youngest. */
  readonly #listed = new Map<string, Listed>()
  readonly #placed = new Set<string>()
  readonly #ghosts = new Set<string>()
  readonly #intents: Intent[] = []
  readonly #executions: ReportedExecution[] = []
  readonly #skipped = { early: 0, unknown: 0, ghost: 0, other: 0 }
  #sweeps = 0
  /** The line before, if it deleted an order, and whose that was. */
  #deleted: { readonly line: LobsterLine; readonly account: number } | undefined
  #run: LobsterLine[] = []

  constructor(options: LobsterOptions) {
    checkOptions(options)
    this.#options = options
  }

  read(line: LobsterLine): void {
    if (line.second < (this.#options.from ?? 34202n)) {
      this.#skipped.early++
      return
    }
    if (line.type > 4) {
      this.#skipped.other++
      return
    }
    const [first] = this.#run
    const goesOn = line.type === 4 && first !== undefined && isSameTime(line, first) && line.side === first.side
    if (!goesOn) this.#endRun()
    const deleted = this.#deleted
    this.#deleted = undefined
    if (line.type === 1) {
      const replaces = deleted !== undefined && isSameTime(line, deleted.line) && line.side === deleted.line.side
      this.#list(line, replaces ? deleted.account : new Random(BigInt(line.id)).pick(this.#options.makers))
    } else this.#reduce(line)
  }

  finish(): LobsterFlow {
    this.#endRun()
    return { intents: this.#intents, executions: this.#executions, skipped: this.#skipped, ghosts: this.#ghosts.size }
  }

  #list({ number, id, second, side, price, size }: LobsterLine, account: number): void {
    if (this.#placed.has(id)) throw invalidLine(number, 'order id', `${id} is the order of an earlier line`)
    this.#placed.add(id)
    this.#cancelGhosts(second, (other) => other.side !== side && !isBetter(side, other.price, price))
    this.#listed.set(id, { side, price, size, place: this.#intents.length })
    this.#place({ id, side, price, size, timeInForce: 'GTC' }, second, account)
  }

  /** Takes what a cancel, a deletion or an execution takes from a listed order. */
  #reduce(line: LobsterLine): void {
    const { number, type, id, size, price, side } = line
    const order = this.#listed.get(id)
    if (order === undefined) {
      if (this.#ghosts.has(id)) this.#skipped.ghost++
      else this.#skipped.unknown++
      return
    }
    if (price !== order.price)
      throw invalidLine(number, 'price', `order ${id} is at ${order.price} quanta, not ${price}`)
    if (side !== order.side) throw invalidLine(number, 'direction', `order ${id} is to ${order.side}, not to ${side}`)
    if (size > order.size) throw invalidLine(number, 'size', `order ${id} has ${order.size} left, not ${size}`)
    order.size -= size
    if (type === 4) this.#run.push(line)
    else if (type === 3 || order.size === 0n) {
      this.#cancel(id, line.second)
      this.#deleted = { line, account: (this.#intents[order.place] as OrderIntent).account }
    } else this.#placeSmaller(order, size)
  }

  #placeSmaller({ place }: Listed, size: bigint): void {
    const order = this.#intents[place] as OrderIntent
    this.#intents[place] = { ...order, size: order.size - size }
  }

  #cancel(id: string, second: bigint): void {
    this.#listed.delete(id)
    this.#intents.push({ kind: 'cancel', id, time: this.#options.startOfDay + second })
  }

  #cancelGhosts(second: bigint, isGhost: (order: Listed, id: string) => boolean): void {
    for (const [id, order] of this.#listed) {
      if (!isGhost(order, id)) continue
      this.#cancel(id, second)
      this.#ghosts.add(id)
    }
  }

  /** The executions collected so far become one incoming order, which may go as far as the worst of their prices. */
  #endRun(): void {
    const run = this.#run
    const [first, last] = [run[0], run.at(-1)]
    if (first === undefined || last === undefined) return
    this.#run = []
    const { second, side } = first
    const makers = new Set(run.map(({ id }) => id))
    const olderAt = run.map(({ id, price }) => this.#olderAt(side, price, id).filter((other) => !makers.has(other)))
    const worst = run.reduce((price, line) => (isBetter(side, price, line.price) ? line.price : price), first.price)
    const passedOver = new Set(olderAt.flat())
    this.#cancelGhosts(second, (order, id) => {
      const ahead = order.side === side && isBetter(side, order.price, worst) && !makers.has(id)
      return ahead || passedOver.has(id)
    })
    const taker = `sweep-${++this.#sweeps}`
    const { takers } = this.#options
    const size = run.reduce((sum, line) => sum + line.size, 0n)
    if (size >> BigInt(BITS.size) !== 0n) {
      throw invalidLine(last.number, 'size', `the sweep comes to ${size}, must be below 2^${BITS.size}`)
    }
    const account = takers[this.#sweeps % takers.length]!
    this.#place({ id: taker, side: opposite(side), price: worst, size, timeInForce: 'IOC' }, second, account)
    for (const [i, { id, price, size }] of run.entries()) {
      this.#executions.push({ taker, maker: id, price, size, passedOver: olderAt[i]!.length })
      if (this.#listed.get(id)?.size === 0n) this.#listed.delete(id)
    }
  }

  /** Orders listed on that side and at that price before this one. */
  #olderAt(side: Side, price: bigint, id: string): string[] {
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
    const expiry = startOfDay + DAY
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

/** Throws INPUT_INVALID. */
function checkOptions({ makers, takers, startOfDay, quantaPerUnit = 100n }: LobsterOptions): void {
  const refuse = (name: keyof LobsterOptions, message: string) => {
    throw new ZkclearError('INPUT_INVALID', message, { path: `options.${name}` })
  }
  if (makers.length === 0) refuse('makers', 'is empty; resting orders need an account')
  if (takers.length === 0) refuse('takers', 'is empty; incoming orders need an account')
  if (takers.some((account) => makers.includes(account))) refuse('takers', 'must have no account of makers')
  if (!isUint(startOfDay, BITS.time) || !isUint(startOfDay + DAY, BITS.time)) {
    refuse('startOfDay', `got ${startOfDay}, must be in [0, 2^${BITS.time} - ${DAY})`)
  }
  if (quantaPerUnit < 1n) refuse('quantaPerUnit', `got ${quantaPerUnit}, must be at least 1`)
}

/** Whether a resting order of that side is met earlier at price a than at price b. */
function isBetter(side: Side, a: bigint, b: bigint): boolean {
  return side === 'buy' ? a > b : a < b
}

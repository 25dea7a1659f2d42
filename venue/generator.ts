import type { TimeInForce } from '../protocol/parameters.ts'
import { Random } from '../protocol/random.ts'
import { opposite, type Side } from '../protocol/slot.ts'
import type { Intent, OrderIntent } from './intent.ts'
import type { SampleVenue } from './sample-venue.ts'

export interface GenerateFlowOptions {
  readonly venue: SampleVenue
  readonly seed: bigint
  /** Lines of the flow, at least 20. Default 40. */
  readonly messages?: number
  /** Default 0. */
  readonly market?: number
  /** Messages that arrive within one second. Default 8. */
  readonly messagesPerSecond?: number
  /** Makers mostly put both sides of their quote in one act, in place of the one before. Default false. */
  readonly requotes?: boolean
}

/**
 * A market made up from a seed: makers quote around a price that wanders, takers hit them; with IOC, post-only and
 * reduce-only orders, cancels, short expiries, a few orders that are turned away, and half-way a sweep through the quotes
 * of five makers, which is more than a batch of the small profile can take at once. Makers that requote do so in bundles. The
 * same seed gives the same flow.
 *
 * @example
 * const venue = sampleVenue({ shape: venueShape('small'), seed: 1n, asOf: 1_700_000_000n })
 * await writeFile('flow.csv', formatFlowCsv(generateFlow({ venue, seed: 1n })))
 */
export function generateFlow(options: GenerateFlowOptions): Intent[] {
  const market = new GeneratedMarket(options)
  const { messages = 40 } = options
  const half = Math.floor(messages / 2)
  while (market.intents.length < half) market.step()
  market.sweep()
  while (market.intents.length < messages) market.step()
  return market.intents
}

class GeneratedMarket {
  readonly intents: Intent[] = []
  readonly #random: Random
  readonly #venue: SampleVenue
  readonly #market: number
  readonly #perSecond: number
  readonly #tick: bigint
  readonly #quotes: string[] = []
  readonly #requotes: boolean
  /** By maker: the two orders of its quote. */
  readonly #pairs = new Map<number, readonly string[]>()
  #bundles = 0
  /** By taker: the side on which it last bought or sold. */
  readonly #lastSide = new Map<number, Side>()
  #fair: bigint
  #orders = 0

  constructor({ venue, seed, market = 0, messagesPerSecond = 8, requotes = false }: GenerateFlowOptions) {
    const { mark, band } = venue.riskTable.markets[market]!
    this.#random = new Random(seed)
    this.#venue = venue
    this.#market = market
    this.#perSecond = messagesPerSecond
    this.#requotes = requotes
    this.#fair = mark
    this.#tick = band / 60n > 0n ? band / 60n : 1n
  }

  step(): void {
    const random = this.#random
    this.#fair += this.#tick * random.between(-1n, 1n)
    const dice = Number(random.between(0n, 99n))
    if (this.#requotes && dice < 36) this.#requote()
    else if (dice < 40 || this.#quotes.length < 6) this.#quote()
    else if (dice < 62) this.#take('IOC')
    else if (dice < 70) this.#take('GTC')
    else if (dice < 80) this.#reduce()
    else if (dice < 94) this.#cancel()
    else this.#nuisance()
  }

  /** Five makers offer close together, then one taker buys through all of them. */
  sweep(): void {
    const { makers, takers } = this.#venue.roles
    const offers = makers.slice(0, 5)
    for (const [i, account] of offers.entries()) this.#offer(account, this.#fair + this.#tick * BigInt(8 + i))
    const { mark, band } = this.#venue.riskTable.markets[this.#market]!
    this.#place({ account: takers[0]!, side: 'buy', price: mark + band, size: 400n, timeInForce: 'IOC' })
  }

  #offer(account: number, price: bigint): void {
    this.#quotes.push(this.#place({ account, side: 'sell', price, size: 15n, timeInForce: 'GTC' }))
  }

  #quote(): void {
    const random = this.#random
    const side = random.pick<Side>(['buy', 'sell'])
    const distance = this.#tick * random.between(1n, 7n)
    const id = this.#place({
      account: random.pick(this.#venue.roles.makers),
      side,
      price: side === 'buy' ? this.#fair - distance : this.#fair + distance,
      size: random.between(4n, 30n),
      timeInForce: random.chance(40) ? 'POST_ONLY' : 'GTC',
      ...(random.chance(15) && { life: random.between(1n, 3n) }),
    })
    this.#quotes.push(id)
  }

  /** A maker takes back what is left of its quote and puts a new one, all in one bundle. */
  #requote(): void {
    const random = this.#random
    const account = random.pick(this.#venue.roles.makers)
    const distance = this.#tick * random.between(1n, 7n)
    const size = random.between(4n, 30n)
    const bundle = `quote-${++this.#bundles}`
    const time = this.#now()
    for (const id of this.#pairs.get(account) ?? []) this.intents.push({ kind: 'cancel', id, time, bundle })
    const sides = ['buy', 'sell'] as const
    const pair = sides.map((side) => {
      const price = side === 'buy' ? this.#fair - distance : this.#fair + distance
      return this.#place({ account, side, price, size, timeInForce: 'POST_ONLY', time, bundle })
    })
    this.#pairs.set(account, pair)
  }

  #take(timeInForce: TimeInForce): void {
    const random = this.#random
    const account = random.pick(this.#venue.roles.takers)
    const side = random.pick<Side>(['buy', 'sell'])
    const reach = this.#tick * random.between(2n, 8n)
    const price = side === 'buy' ? this.#fair + reach : this.#fair - reach
    this.#place({ account, side, price, size: random.between(3n, 35n), timeInForce })
    this.#lastSide.set(account, side)
  }

  #reduce(): void {
    const [account, side] = this.#random.pick([
      ...this.#lastSide,
      [this.#venue.roles.takers[0]!, 'buy' as const] as const,
    ])
    const { mark, band } = this.#venue.riskTable.markets[this.#market]!
    const price = side === 'sell' ? mark + band : mark - band
    const size = this.#random.between(5n, 60n)
    this.#place({ account, side: opposite(side), price, size, timeInForce: 'IOC', reduceOnly: true })
  }

  #cancel(): void {
    const at = Number(this.#random.between(0n, BigInt(this.#quotes.length - 1)))
    const [id] = this.#quotes.splice(at, 1)
    this.intents.push({ kind: 'cancel', id: id!, time: this.#now() })
  }

  /** Orders that the rules turn away: out of band, already expired, or by the account that lacks margin. */
  #nuisance(): void {
    const { roles, riskTable } = this.#venue
    const { mark, band } = riskTable.markets[this.#market]!
    const account = this.#random.pick(roles.takers)
    const usual = { account, side: 'buy' as const, price: this.#fair, size: 5n, timeInForce: 'GTC' as const }
    const kinds = [
      { ...usual, price: mark + band + this.#tick },
      { ...usual, life: -1n },
      { ...usual, account: roles.underMargined, size: 50n },
    ]
    this.#place(this.#random.pick(kinds))
  }

  /** Seconds pass as messages do. */
  #now(): bigint {
    return this.#venue.riskTable.asOf + BigInt(Math.floor(this.intents.length / this.#perSecond))
  }

  #place({
    life = 600n,
    reduceOnly = false,
    time = this.#now(),
    ...order
  }: Pick<OrderIntent, 'account' | 'side' | 'price' | 'size' | 'timeInForce' | 'bundle'> & {
    reduceOnly?: boolean
    life?: bigint
    time?: bigint
  }): string {
    const id = `order-${++this.#orders}`
    this.intents.push({ ...order, kind: 'order', id, time, market: this.#market, reduceOnly, expiry: time + life })
    return id
  }
}

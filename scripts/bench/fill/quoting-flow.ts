import { Random } from '../../../protocol/random.ts'
import type { Side } from '../../../protocol/slot.ts'
import type { Intent, OrderIntent } from '../../../venue/intent.ts'
import type { SampleVenue } from '../../../venue/sample-venue.ts'

/** How many price levels a maker quotes on each side. */
const DEPTH = 2

/**
 * A flow as derivatives venues have it, made up from a seed: in each market makers replace all their quotes when the price has
 * moved, two levels a side, and takers, few of whom trade often, hit them or place orders of their own and take them back.
 */
export function quotingFlow(venue: SampleVenue, options: { seed: bigint; lines: number; markets: number }): Intent[] {
  const random = new Random(options.seed)
  const makers = Array.from({ length: options.markets }, (_, market) => new QuotedMarket(venue, market, random))
  const intents: Intent[] = []
  while (intents.length < options.lines) intents.push(...random.pick(makers).next())
  return intents
}

class QuotedMarket {
  readonly #venue: SampleVenue
  readonly #market: number
  readonly #random: Random
  readonly #tick: bigint
  #fair: bigint
  #orders = 0
  /** Ids of each maker's quotes, as last placed. */
  readonly #quotes = new Map<number, string[]>()
  readonly #resting: string[] = []

  constructor(venue: SampleVenue, market: number, random: Random) {
    const { mark, band } = venue.riskTable.markets[market]!
    this.#venue = venue
    this.#market = market
    this.#random = random
    this.#tick = band / 60n
    this.#fair = mark
  }

  next(): Intent[] {
    const dice = Number(this.#random.between(0n, 99n))
    if (dice < 30) return this.#replaceQuotes()
    if (dice < 75) return [this.#order(this.#taker(), 1n + this.#random.between(0n, 3n), 'IOC')]
    if (dice < 90 || this.#resting.length === 0) {
      const order = this.#order(this.#taker(), -this.#random.between(1n, 8n), 'GTC')
      this.#resting.push(order.id)
      return [order]
    }
    const [id] = this.#resting.splice(Number(this.#random.between(0n, BigInt(this.#resting.length - 1))), 1)
    return [this.#cancel(id!)]
  }

  #replaceQuotes(): Intent[] {
    const { mark, band } = this.#venue.riskTable.markets[this.#market]!
    const moved = this.#fair + this.#tick * this.#random.between(-1n, 1n)
    if (moved > mark - band / 2n && moved < mark + band / 2n) this.#fair = moved
    const maker = this.#random.pick(this.#venue.roles.makers)
    const cancels = (this.#quotes.get(maker) ?? []).map((id) => this.#cancel(id))
    const orders = Array.from({ length: DEPTH }, (_, level) => {
      const reach = -2n - BigInt(level) - this.#random.between(0n, 2n)
      return (['buy', 'sell'] as const).map((side) => this.#order(maker, reach, 'POST_ONLY', side))
    }).flat()
    this.#quotes.set(
      maker,
      orders.map(({ id }) => id),
    )
    return [...cancels, ...orders]
  }

  /** The lower the index, the oftener: half of the orders come from a seventh of the takers. */
  #taker(): number {
    const { takers } = this.#venue.roles
    const share = Number(this.#random.between(1n, 1000n)) / 1000
    return takers[Math.min(takers.length - 1, Math.floor(takers.length * share ** 2.8))]!
  }

  /** An order that goes so many ticks beyond the fair price; a negative reach stays on its own side of it. */
  #order(
    account: number,
    reach: bigint,
    timeInForce: OrderIntent['timeInForce'],
    side: Side = this.#random.pick<Side>(['buy', 'sell']),
  ): OrderIntent {
    const { asOf } = this.#venue.riskTable
    const price = this.#fair + this.#tick * (side === 'buy' ? reach : -reach)
    const terms = { price, size: this.#random.between(1n, 12n), timeInForce, reduceOnly: false, expiry: asOf + 3600n }
    return {
      ...{ kind: 'order', id: `${this.#market}-${++this.#orders}`, time: asOf, market: this.#market, account, side },
      ...terms,
    }
  }

  #cancel(id: string): Intent {
    return { kind: 'cancel', id, time: this.#venue.riskTable.asOf }
  }
}

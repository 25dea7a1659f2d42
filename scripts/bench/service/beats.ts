import { setTimeout } from 'node:timers/promises'
import type { LimitOrder } from '../../../protocol/message.ts'
import { signBundle } from '../../../protocol/signature.ts'
import { toJson } from '../../../venue/files/schema.ts'
import type { Report } from '../../demo/progress.ts'
import type { SignedOrder } from './flow.ts'
import type { LiveTrader, LiveVenue } from './live-venue.ts'
import { Trader, type Verdict, verdictsOf } from './trader.ts'

/** The sample's perpetuals, one for each pair of traders. */
const MARKETS = [0, 3] as const
export const BEAT_TRADERS = 2 * MARKETS.length
/** Orders that each of the two hands in, in one request: as many as a side of a small book takes of an account. */
const EACH = 2
/** Messages of a beat, which fill a trade batch of the small profile. */
export const BEAT_MESSAGES = 2 * EACH

/** What each of two traders hands in, by the number of the trader. */
export type Beat = ReadonlyMap<number, readonly SignedOrder[]>

/** What a beat's orders came to; milliseconds of this process's clock. */
export interface Answered extends Verdict {
  readonly due: number
  readonly answered: number
}

/**
 * Traders who meet each other: in each beat two of them hand in two orders each at the mark, one buying and one selling, so that all are
 * filled; the pairs take turns, and a pair changes sides each time.
 */
export class Beats implements Disposable {
  readonly #live: LiveVenue
  readonly #connections: readonly Trader[]
  readonly #nonces: bigint[]
  #count = 0

  /** `nonces`: the next one of each trader. */
  constructor(live: LiveVenue, nonces: readonly bigint[]) {
    this.#live = live
    this.#nonces = [...nonces]
    this.#connections = live.traders.map((_, i) => new Trader(live.serve.url, i))
  }

  /** Signs the next beat. */
  sign(): Beat {
    const pair = this.#count % MARKETS.length
    const isSwapped = Math.floor(this.#count / MARKETS.length) % 2 === 1
    this.#count++
    const market = MARKETS[pair]!
    return new Map(
      [2 * pair, 2 * pair + 1].map((number, i) => {
        const side = (i === 0) === isSwapped ? 'sell' : 'buy'
        return [number, Array.from({ length: EACH }, () => this.#sign(number, { market, side }))]
      }),
    )
  }

  #sign(number: number, terms: Pick<LimitOrder, 'market' | 'side'>): SignedOrder {
    const { traders, table, domain } = this.#live
    const { account, privateKey }: LiveTrader = traders[number]!
    const nonce = this.#nonces[number]!
    this.#nonces[number] = nonce + 1n
    const order: LimitOrder = {
      ...{ kind: 'order', ...terms, account, price: table.markets[terms.market]!.mark, size: 1n, nonce },
      ...{ timeInForce: 'GTC', reduceOnly: false, expiry: table.asOf + 86_400n },
    }
    return { account, nonce, text: JSON.stringify(toJson(signBundle([order], domain, privateKey))) }
  }

  /** Hands in a beat that was due at that time. */
  async send(beat: Beat, due = performance.now()): Promise<Answered[]> {
    const answers = [...beat].map(async ([number, orders]) => {
      const answer = await this.#connections[number]!.send(orders)
      const answered = performance.now()
      return verdictsOf(orders, answer).map((verdict) => ({ ...verdict, due, answered }))
    })
    return (await Promise.all(answers)).flat()
  }

  /** Beats that were signed, so many a second, whether those before are answered or not; until the next one would be due. */
  async steady(signed: readonly Beat[], perSecond: number, report?: Report): Promise<Answered[]> {
    const started = performance.now()
    const sent: Promise<Answered[]>[] = []
    const due = (i: number) => started + (1000 * i) / perSecond
    for (const [i, beat] of signed.entries()) {
      sent.push(this.send(beat, due(i)))
      report?.(i / signed.length)
      for (let early = due(i + 1) - performance.now(); early > 0; early = due(i + 1) - performance.now())
        await setTimeout(early)
    }
    return (await Promise.all(sent)).flat()
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection[Symbol.dispose]()
  }
}

/** What waits: for which market, and of which account. */
export interface WaitingItem {
  readonly market: number
  readonly account: number
}

/**
 * Bundles, or what will become bundles, that wait in a queue for each market until one has enough for a batch. Those of one
 * market keep their order, and those of one account keep theirs across markets, so that no nonce comes too late. In which
 * order markets take turns follows from what was added, and from nothing else.
 */
export class Waiting<Item extends WaitingItem> {
  readonly #markets = new Map<number, Item[]>()
  readonly #accounts = new Map<number, Item[]>()

  add(item: Item): void {
    append(this.#markets, item.market, item)
    append(this.#accounts, item.account, item)
  }

  /** Takes items out, market by market, until no market's queue is due any more. No queue is ever empty. */
  *take(isDue: (queue: readonly Item[]) => boolean): Generator<Item> {
    while ([...this.#markets.values()].some(isDue)) yield* this.#takeLongest()
  }

  /** Of the market with the most items that wait for none of another market. The oldest item of all waits for none. */
  *#takeLongest(): Generator<Item> {
    const ready = [...this.#markets].map(([market, queue]) => [market, this.#ready(queue)] as const)
    const [market, count] = ready.reduce((most, next) => (next[1] > most[1] ? next : most))
    const queue = this.#markets.get(market)!
    const taken = queue.splice(0, count)
    if (queue.length === 0) this.#markets.delete(market)
    for (const item of taken) {
      const own = this.#accounts.get(item.account)!
      own.shift()
      if (own.length === 0) this.#accounts.delete(item.account)
    }
    yield* taken
  }

  /** How many items at a queue's head wait for no earlier one of their account in another market. */
  #ready(queue: readonly Item[]): number {
    const taken = new Map<number, number>()
    const blocked = queue.findIndex((item) => {
      const earlier = taken.get(item.account) ?? 0
      taken.set(item.account, earlier + 1)
      return this.#accounts.get(item.account)![earlier] !== item
    })
    return blocked < 0 ? queue.length : blocked
  }
}

function append<Item>(queues: Map<number, Item[]>, key: number, item: Item): void {
  const queue = queues.get(key)
  if (queue === undefined) queues.set(key, [item])
  else queue.push(item)
}

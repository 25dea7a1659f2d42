import type { Item, SealedBatch } from '../sequencer/state.ts'

/** Room that it takes in batches. */
export function sizeOf(item: Item): number {
  return 'bundle' in item ? item.bundle.messages.length : 1
}

/**
 * How many messages the batches of a line have, of all and of each account. It is asked with every message, while batches come at the end of
 * the line and go at its front: those that stay are not counted anew.
 */
export class MessagesMade {
  #batches: readonly SealedBatch[] = []
  readonly #byAccount = new Map<number, number>()
  #all = 0

  /** Of all of them. */
  get all(): number {
    return this.#all
  }

  of(account: number): number {
    return this.#byAccount.get(account) ?? 0
  }

  /** Counts these batches from here on. */
  follow(batches: readonly SealedBatch[]): void {
    const before = this.#batches
    if (batches === before) return
    const first = before.indexOf(batches[0]!)
    const gone = first === -1 ? before.length : first
    let kept = 0
    while (gone + kept < before.length && before[gone + kept] === batches[kept]) kept++
    for (const batch of [...before.slice(0, gone), ...before.slice(gone + kept)]) this.#count(batch, -1)
    for (const batch of batches.slice(kept)) this.#count(batch, 1)
    this.#batches = batches
  }

  #count({ items }: SealedBatch, times: 1 | -1): void {
    for (const item of items) {
      const size = times * sizeOf(item)
      this.#all += size
      const own = this.of(item.account) + size
      if (own === 0) this.#byAccount.delete(item.account)
      else this.#byAccount.set(item.account, own)
    }
  }
}

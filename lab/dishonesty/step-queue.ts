/** Numbers of steps, least first, each once. */
export class StepQueue {
  readonly #items: number[] = []
  readonly #isQueued: Uint8Array

  /** For steps below `count`. */
  constructor(count: number) {
    this.#isQueued = new Uint8Array(count)
  }

  push(item: number): void {
    if (this.#isQueued[item]) return
    this.#isQueued[item] = 1
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent]! <= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  /** Takes the least; undefined if there is none. */
  pop(): number | undefined {
    const items = this.#items
    const least = items[0]
    if (least === undefined) return undefined
    this.#isQueued[least] = 0
    const item = items.pop()!
    if (items.length > 0) this.#sink(item)
    return least
  }

  clear(): void {
    for (const item of this.#items) this.#isQueued[item] = 0
    this.#items.length = 0
  }

  /** Puts an item at the root and below what is less. */
  #sink(item: number): void {
    const items = this.#items
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++
      if (items[child]! >= item) break
      items[at] = items[child]!
      at = child
    }
    items[at] = item
  }
}

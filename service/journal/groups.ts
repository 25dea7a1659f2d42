import { setImmediate } from 'node:timers/promises'

export interface GroupsOptions<T> {
  /** Most items and bytes of one group; what one call adds is not divided. */
  readonly most: number
  readonly mostBytes: number
  bytesOf(item: T): number
  /** Writes a group. One is under way at a time, in order. */
  write(items: readonly T[]): Promise<void>
}

interface Waiting<T> {
  readonly items: readonly T[]
  readonly written: PromiseWithResolvers<void>
}

/**
 * Gathers what is added in one turn of the loop, or while a group is being written, into the next one. The first failure is that of all that
 * follows.
 */
export class Groups<T> {
  readonly #options: GroupsOptions<T>
  #waiting: Waiting<T>[] = []
  #isWriting = false
  #failure: { readonly error: unknown } | undefined

  constructor(options: GroupsOptions<T>) {
    this.#options = options
  }

  /** Resolves when the items are written. */
  async add(items: readonly T[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error
    if (items.length === 0) return
    const written = Promise.withResolvers<void>()
    this.#waiting.push({ items, written })
    if (!this.#isWriting) this.#writeAll()
    await written.promise
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    // What the same turn of the loop adds is one group.
    await setImmediate()
    while (this.#waiting.length > 0) {
      const group = this.#take()
      try {
        await this.#options.write(group.flatMap(({ items }) => items))
        for (const { written } of group) written.resolve()
      } catch (error) {
        this.#failure = { error }
        for (const { written } of [...group, ...this.#waiting]) written.reject(error)
        this.#waiting = []
      }
    }
    this.#isWriting = false
  }

  #take(): readonly Waiting<T>[] {
    const { most, mostBytes, bytesOf } = this.#options
    let count = 0
    let bytes = 0
    const end = this.#waiting.findIndex(({ items }, index) => {
      count += items.length
      bytes += items.reduce((sum, item) => sum + bytesOf(item), 0)
      return index > 0 && (count > most || bytes > mostBytes)
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }
}

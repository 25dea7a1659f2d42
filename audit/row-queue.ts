import type { System } from '../circom/system.ts'

/** What became known of a wire of a row since the row was last looked at; a set of these is their sum. */
export const NEWS = { known: 1, range: 2, logic: 4, nonZero: 8, all: 15 } as const

export type News = number

/** A row, as an index, that may yield something new. */
export interface Visit {
  readonly row: number
  readonly news: News
}

/** Rows in the order in which they are to be looked at again, each once, with what is new; the first ones that came go first. */
export class RowQueue {
  readonly #system: System
  readonly #news: Uint8Array
  readonly #rows: Uint32Array
  #start = 0
  #size = 0

  constructor(system: System) {
    this.#system = system
    this.#news = new Uint8Array(system.rows.length)
    this.#rows = new Uint32Array(system.rows.length)
  }

  wake(row: number, news: News): void {
    const before = this.#news[row]!
    this.#news[row] = before | news
    if (before !== 0) return
    this.#rows[(this.#start + this.#size) % this.#rows.length] = row
    this.#size++
  }

  wakeRowsOf(wire: number, news: News): void {
    for (const row of this.#system.rowsOf(wire)) this.wake(row, news)
  }

  take(): Visit | undefined {
    if (this.#size === 0) return undefined
    const row = this.#rows[this.#start]!
    this.#start = (this.#start + 1) % this.#rows.length
    this.#size--
    const news = this.#news[row]!
    this.#news[row] = 0
    return { row, news }
  }
}

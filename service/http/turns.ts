import { Fading } from './fading.ts'
import { Refusal } from './refusal.ts'

export interface TurnsOptions {
  /** What waits, at most. Default 512. */
  readonly most?: number
  /** Milliseconds, of a clock that goes on. */
  readonly now?: (() => number) | undefined
}

interface Waiting {
  /** What it will take, as far as that can be told: milliseconds. */
  readonly expected: number
  readonly go: () => void
  readonly drop: (why: Refusal) => void
  readonly isGone: () => boolean
}

const MOST = 512
/** After which half is forgotten of the time that a caller took. */
const HALF_MS = 60_000
/** Milliseconds of it at one go, before all else has as many, if not more than these. */
const SLICE_MS = 2
const LONGEST_REST_MS = 100
/** Turns of the loop between two pieces: each takes one new connection, however long all else in it takes. */
const TURNS_BETWEEN = 16

/**
 * What strangers have done by the thread that answers: half of its time at most, a piece in some turns of its loop, so that all others have
 * theirs in between, and new connections, of which a turn takes one. First comes who has taken the least of that time of late, with what he asks
 * for now: a short request waits for no long ones. Where no more may wait, who took and asks for the most makes room.
 */
export class Turns {
  readonly #most: number
  readonly #now: () => number
  readonly #waiting = new Map<string, Waiting[]>()
  #count = 0
  readonly #taken = new Fading<string>({ halfMs: HALF_MS })
  #isGoing = false
  /** Milliseconds that they took since all others had as many. */
  #slice = 0

  constructor({ most = MOST, now = () => performance.now() }: TurnsOptions = {}) {
    this.#most = most
    this.#now = now
  }

  /**
   * Resolves when a piece has its turn; what it does at one go from there is what it takes, `expected` so many milliseconds. Throws a Refusal
   * where there is no room, or none any more. Of who is gone by then nothing is heard.
   */
  async take(caller: string, isGone: () => boolean, expected = 0): Promise<void> {
    const own = this.#waiting.get(caller)?.length ?? 0
    if (this.#count >= this.#most && !this.#makeRoom(this.#weightOf(caller, own + 1))) throw crowded()
    const turn = Promise.withResolvers<void>()
    const waiting = this.#waiting.get(caller) ?? []
    this.#waiting.set(caller, waiting)
    waiting.push({ expected, go: turn.resolve, drop: turn.reject, isGone })
    this.#count++
    if (!this.#isGoing) this.#begin()
    await turn.promise
  }

  #begin(): void {
    this.#isGoing = true
    let going: { readonly caller: string; readonly since: number } | undefined
    setImmediate(() => {
      const next = this.#next()
      if (next === undefined) return
      going = { caller: next.caller, since: this.#now() }
      next.go()
    })
    // By now it did all that it does at one go.
    setImmediate(() => {
      if (going !== undefined) this.#charge(going.caller, this.#now() - going.since)
      if (this.#slice >= SLICE_MS) setTimeout(() => this.#goOn(TURNS_BETWEEN), Math.min(this.#slice, LONGEST_REST_MS))
      else this.#goOn(TURNS_BETWEEN)
    })
  }

  #charge(caller: string, took: number): void {
    this.#taken.add(caller, took, this.#now())
    this.#slice += took
  }

  #goOn(turns: number): void {
    if (turns > 0) {
      setImmediate(() => this.#goOn(turns - 1))
      return
    }
    if (this.#slice >= SLICE_MS) this.#slice = 0
    if (this.#count > 0) this.#begin()
    else this.#isGoing = false
  }

  #next(): { readonly caller: string; readonly go: () => void } | undefined {
    const now = this.#now()
    while (this.#count > 0) {
      let caller: string | undefined
      let least = Number.POSITIVE_INFINITY
      for (const [name, [first]] of this.#waiting) {
        const taken = this.#taken.of(name, now) + first!.expected
        if (taken < least) [caller, least] = [name, taken]
      }
      const first = this.#remove(caller!, 0)
      if (!first.isGone()) return { caller: caller!, go: first.go }
    }
    return undefined
  }

  /** Drops the newest of who weighs the most, if that is more than so much. */
  #makeRoom(least: number): boolean {
    let caller: string | undefined
    let most = least
    for (const [name, { length }] of this.#waiting) {
      const weight = this.#weightOf(name, length)
      if (weight > most) [caller, most] = [name, weight]
    }
    if (caller === undefined) return false
    this.#remove(caller, -1).drop(crowded())
    return true
  }

  /** What waits counts as a millisecond each. */
  #weightOf(caller: string, waiting: number): number {
    return this.#taken.of(caller, this.#now()) + waiting
  }

  #remove(caller: string, place: 0 | -1): Waiting {
    const waiting = this.#waiting.get(caller)!
    const one = (place === 0 ? waiting.shift() : waiting.pop())!
    if (waiting.length === 0) this.#waiting.delete(caller)
    this.#count--
    return one
  }
}

function crowded(): Refusal {
  return new Refusal(503, 'BUSY', 'as many requests of strangers wait as may; ask again in a second', 1)
}

import { Refusal } from '../http/refusal.ts'
import type { Check } from './checks.ts'

export interface CheckLineOptions {
  /** Checks that wait, at most. Default: any number. */
  readonly most?: number
  /** Of one name at most. Default: any number. */
  readonly mostOfName?: number
}

/** What came at one go, until all of it is found out. */
interface Request<Name> {
  readonly checks: readonly Check[]
  readonly names: readonly Name[]
  /** How many were taken to be checked, and how many are. */
  taken: number
  found: number
  readonly over: PromiseWithResolvers<void>
}

/** A check that was taken out of the line, and what it is part of. */
export interface Taken<Name> {
  readonly check: Check
  readonly name: Name
  readonly request: Request<Name>
}

/**
 * Signatures that wait to be checked, in the order in which they came, each under a name. Where there is no room, who has the most makes
 * room for who has less: his newest request is turned away. So nobody is kept out by others who are fewer than there are places.
 */
export class CheckLine<Name> {
  readonly #most: number
  readonly #mostOfName: number
  /** Those of which something was not taken yet. */
  #requests: Request<Name>[] = []
  readonly #waitingOf = new Map<Name, number>()
  #waiting = 0

  constructor({ most = Number.POSITIVE_INFINITY, mostOfName = Number.POSITIVE_INFINITY }: CheckLineOptions) {
    this.#most = most
    this.#mostOfName = mostOfName
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0
  }

  /** Resolves when all are found out. Throws a Refusal where there is no room for all of them, or none any more. */
  async add(checks: readonly Check[], nameOf: (check: Check) => Name): Promise<void> {
    const names = checks.map(nameOf)
    this.#makeRoom(names)
    const over = Promise.withResolvers<void>()
    this.#requests.push({ checks, names, taken: 0, found: 0, over })
    this.#count(names, 1)
    await over.promise
  }

  /** The next ones, so many at most. */
  take(most: number): Taken<Name>[] {
    const taken: Taken<Name>[] = []
    for (const request of this.#requests) {
      while (taken.length < most && request.taken < request.checks.length) {
        const place = request.taken++
        taken.push({ check: request.checks[place]!, name: request.names[place]!, request })
      }
      if (taken.length === most) break
    }
    this.#requests = this.#requests.filter((request) => request.taken < request.checks.length)
    return taken
  }

  /** Those that were taken are found out. */
  found(taken: readonly Taken<Name>[]): void {
    for (const { name, request } of taken) {
      this.#count([name], -1)
      if (++request.found === request.checks.length) request.over.resolve()
    }
  }

  /** Nothing will be found out any more. */
  fail(error: unknown, taken: readonly Taken<Name>[]): void {
    for (const { over } of [...taken.map(({ request }) => request), ...this.#requests]) over.reject(error)
    this.#requests = []
  }

  /** Throws a Refusal where there is none to be made. */
  #makeRoom(names: readonly Name[]): void {
    const own = new Map<Name, number>()
    for (const name of names) own.set(name, (own.get(name) ?? this.#waitingOf.get(name) ?? 0) + 1)
    const most = Math.max(...own.values())
    if (most > this.#mostOfName) throw busy(`${most - names.length} of yours`, this.#mostOfName)
    while (this.#waiting + names.length > this.#most) {
      const dropped = this.#newestOfFullest(most)
      if (dropped === undefined) throw busy(`${this.#waiting}`, this.#most)
      this.#requests = this.#requests.filter((request) => request !== dropped)
      this.#count(dropped.names, -1)
      dropped.over.reject(busy('many of yours', this.#most))
    }
  }

  /** The newest request, of which nothing was taken yet, of who has the most that wait, if that is more than so many. */
  #newestOfFullest(least: number): Request<Name> | undefined {
    let fullest: Name | undefined
    let most = least
    for (const [name, waiting] of this.#waitingOf) {
      if (waiting > most) [fullest, most] = [name, waiting]
    }
    if (most === least) return undefined
    return this.#requests.findLast(({ taken, names }) => taken === 0 && names.includes(fullest!))
  }

  #count(names: readonly Name[], change: 1 | -1): void {
    this.#waiting += change * names.length
    for (const name of names) {
      const waiting = (this.#waitingOf.get(name) ?? 0) + change
      if (waiting > 0) this.#waitingOf.set(name, waiting)
      else this.#waitingOf.delete(name)
    }
  }
}

function busy(waiting: string, most: number): Refusal {
  const message = `${waiting} signatures wait to be checked, and ${most} may; ask again in a second`
  return new Refusal(503, 'BUSY', message, 1)
}

/** Callers of one name that are remembered: the last ones. */
const MOST_OF_NAME = 4

/**
 * From where the word of each account came: a caller is one of an account's once he brought something new that it signed, or logged in as
 * it. Of what comes in the account's name from elsewhere nobody knows whose it is before its signature is checked. The same of whoever else
 * has a name that not everybody can say, as tokens have. In memory alone.
 */
export class KnownCallers<Name = number> {
  readonly #callers = new Map<Name, Set<string>>()
  /** Of how many names each is. */
  readonly #names = new Map<string, number>()

  /** The caller brought the account's word, which he cannot have had from anybody else. */
  note(name: Name, caller: string): void {
    const callers = this.#callers.get(name) ?? new Set()
    this.#callers.set(name, callers)
    if (!callers.delete(caller)) this.#count(caller, 1)
    callers.add(caller)
    if (callers.size <= MOST_OF_NAME) return
    const [oldest] = callers as Iterable<string> as [string]
    callers.delete(oldest)
    this.#count(oldest, -1)
  }

  /** Whether the account's word came from there. */
  isOf(name: Name, caller: string): boolean {
    return this.#callers.get(name)?.has(caller) ?? false
  }

  /** Whether any account's word did. */
  has(caller: string): boolean {
    return this.#names.has(caller)
  }

  #count(caller: string, change: number): void {
    const count = (this.#names.get(caller) ?? 0) + change
    if (count > 0) this.#names.set(caller, count)
    else this.#names.delete(caller)
  }
}

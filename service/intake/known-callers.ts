/** Callers of an account that are remembered: the last ones. */
const MOST_OF_ACCOUNT = 4

/**
 * From where the word of each account came: a caller is one of an account's once he brought something new that it signed, or logged in as
 * it. Of what comes in the account's name from elsewhere nobody knows whose it is before its signature is checked. In memory alone.
 */
export class KnownCallers {
  readonly #callers = new Map<number, Set<string>>()
  /** Of how many accounts each is. */
  readonly #accounts = new Map<string, number>()

  /** The caller brought the account's word, which he cannot have had from anybody else. */
  note(account: number, caller: string): void {
    const callers = this.#callers.get(account) ?? new Set()
    this.#callers.set(account, callers)
    if (!callers.delete(caller)) this.#count(caller, 1)
    callers.add(caller)
    if (callers.size <= MOST_OF_ACCOUNT) return
    const [oldest] = callers as Iterable<string> as [string]
    callers.delete(oldest)
    this.#count(oldest, -1)
  }

  /** Whether the account's word came from there. */
  isOf(account: number, caller: string): boolean {
    return this.#callers.get(account)?.has(caller) ?? false
  }

  /** Whether any account's word did. */
  has(caller: string): boolean {
    return this.#accounts.has(caller)
  }

  #count(caller: string, change: number): void {
    const count = (this.#accounts.get(caller) ?? 0) + change
    if (count > 0) this.#accounts.set(caller, count)
    else this.#accounts.delete(caller)
  }
}

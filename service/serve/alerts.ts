/** What a person has to look at now, by its cause: told once when it begins, and in the status for as long as it lasts. */
export class Alerts {
  readonly #standing = new Map<string, string>()
  readonly #tell: (message: string) => void

  constructor(tell: (message: string) => void) {
    this.#tell = tell
  }

  get list(): readonly string[] {
    return [...this.#standing.values()]
  }

  /** `message` undefined: the cause is gone. */
  set(cause: string, message: string | undefined): void {
    if (message === undefined) {
      this.#standing.delete(cause)
      return
    }
    if (!this.#standing.has(cause)) this.#tell(message)
    this.#standing.set(cause, message)
  }
}

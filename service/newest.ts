/** Values by name, of so many names at most: beyond that the one is forgotten that was set the longest time ago. */
export class Newest<Name, Value> {
  readonly #most: number
  readonly #values = new Map<Name, Value>()

  constructor(most: number) {
    this.#most = most
  }

  get(name: Name): Value | undefined {
    return this.#values.get(name)
  }

  set(name: Name, value: Value): void {
    this.#values.delete(name)
    this.#values.set(name, value)
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value!)
  }

  delete(name: Name): void {
    this.#values.delete(name)
  }
}

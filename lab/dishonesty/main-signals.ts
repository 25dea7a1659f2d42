import { type NamedSystem, wireOf } from '../circuits/named-system.ts'

/** Finds signals of the main component. */
export class MainSignals {
  readonly #system: NamedSystem

  constructor(system: NamedSystem) {
    this.#system = system
  }

  /** The wire of a signal; throws if there is none. */
  wire(path: string): number {
    return wireOf(this.#system, path)
  }

  /** The wires of `path(0)`, `path(1)` and so on, as far as there are such. */
  wires(path: (i: number) => string): number[] {
    const found: number[] = []
    for (;;) {
      const wire = this.#system.symbols.wireOf(`main.${path(found.length)}`)
      if (wire === undefined) return found
      found.push(wire)
    }
  }
}

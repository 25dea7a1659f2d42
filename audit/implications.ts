/** "The boolean wire is 1", or "it is 0": opposite literals differ in the last bit. */
export type Literal = number

export function literal(wire: number, isOne: boolean): Literal {
  return 2 * wire + (isOne ? 0 : 1)
}

/** How many definitions deep `follows` looks. */
const MOST_DEFINITIONS = 6

/** What boolean wires say of each other in every witness. */
export class Implications {
  readonly #implied = new Map<number, ReadonlySet<Literal>>()
  readonly #conjunctions = new Map<number, Literal[][]>()
  readonly #disjunctions = new Map<number, Literal[][]>()
  readonly #onChange: (wire: number) => void

  /** @param onChange called with a wire of which it was learned that it implies more */
  constructor(onChange: (wire: number) => void) {
    this.#onChange = onChange
  }

  /** Literals that are true whenever the wire is 1, itself included. */
  of(wire: number): ReadonlySet<Literal> {
    return this.#implied.get(wire) ?? new Set([literal(wire, true)])
  }

  /** Learns that the literals are true whenever the wire is 1. */
  imply(wire: number, literals: Iterable<Literal>): void {
    const known = this.of(wire)
    const all = new Set([...known, ...literals])
    if (all.size === known.size) return
    this.#implied.set(wire, all)
    this.#onChange(wire)
  }

  /** Learns that the wire is 1 just when all of the literals are true. */
  equate(wire: number, literals: readonly Literal[]): void {
    note(this.#conjunctions, wire, literals)
    this.imply(
      wire,
      literals.flatMap((lit) => (lit % 2 === 0 ? [...this.of(lit / 2)] : [lit])),
    )
  }

  /** Learns that the wire is 1 just when one of the literals is true. */
  equateToAny(wire: number, literals: readonly Literal[]): void {
    note(this.#disjunctions, wire, literals)
  }

  /** Whether a literal is true where all of some literals are, as far as definitions tell. */
  follows(from: ReadonlySet<Literal>, lit: Literal, depth = MOST_DEFINITIONS): boolean {
    if (from.has(lit)) return true
    if (depth === 0) return false
    const [wire, isOne] = [lit >> 1, lit % 2 === 0]
    const holds = (part: Literal) => this.follows(from, isOne ? part : part ^ 1, depth - 1)
    const [all, any] = [this.#conjunctions.get(wire) ?? [], this.#disjunctions.get(wire) ?? []]
    // A conjunction is true if all its parts are, false if one is not; a disjunction the other way round.
    const [every, some] = isOne ? [all, any] : [any, all]
    return every.some((parts) => parts.every(holds)) || some.some((parts) => parts.some(holds))
  }
}

function note<T>(definitions: Map<number, T[][]>, wire: number, parts: readonly T[]): void {
  const known = definitions.get(wire) ?? []
  if (known.some((one) => one.length === parts.length && one.every((part, i) => part === parts[i]))) return
  definitions.set(wire, [...known, [...parts]])
}

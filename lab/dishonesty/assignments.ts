import type { Assignment, Changes } from './lying-prover.ts'

/** Assignments of which a next one may be made: looking through more takes longer than it saves. */
const MOST_KEPT = 12

/** Assignments for many inputs: each is made from the one of those before it whose inputs differ least. */
export class Assignments {
  readonly #first: (inputs: Changes) => Assignment
  readonly #next: (nearest: Assignment, inputs: Changes) => Assignment
  readonly #made: { readonly inputs: Changes; readonly assignment: Assignment }[] = []

  /** `first` makes one from nothing, `next` from another one. */
  constructor(first: (inputs: Changes) => Assignment, next: (nearest: Assignment, inputs: Changes) => Assignment) {
    this.#first = first
    this.#next = next
  }

  make(inputs: Changes): Assignment {
    const [nearest] = this.#made.toSorted((a, b) => differences(a.inputs, inputs) - differences(b.inputs, inputs))
    const assignment = nearest === undefined ? this.#first(inputs) : this.#next(nearest.assignment, inputs)
    this.#made.push({ inputs, assignment })
    if (this.#made.length > MOST_KEPT) this.#made.shift()
    return assignment
  }
}

function differences(one: Changes, other: Changes): number {
  let count = 0
  for (const [wire, value] of other) if (one.get(wire) !== value) count++
  return count
}

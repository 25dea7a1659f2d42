/** What one assignment of a test comes to. */
export interface Observation {
  readonly circuit: string
  /** Of the whole system: tells it from the same circuit simplified. */
  readonly constraints: number
  /** The constraints that it breaks, all of them; none if it is honest. */
  readonly broken: readonly number[]
  /** Values other than 0 of the wires that broken constraints are about, if those are few. */
  readonly values: Readonly<Record<string, string>>
  /** Values other than 0 of the main component's inputs, for some assignments. */
  readonly inputs?: Readonly<Record<string, string>>
}

/** Assignments that break more constraints are of no use: no mutant takes so many away that are not related. */
export const MOST_BROKEN = 63

/** Values are needed only where few constraints are broken. */
export const MOST_VALUES = 4

/** Assignments of one circuit whose inputs are kept of one test file, honest and dishonest ones each. */
export const mostInputs = (constraints: number) => (constraints < 50_000 ? 2_000 : 40)

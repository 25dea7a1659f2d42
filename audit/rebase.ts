import { type Constraint, evaluate, type LinearForm, reduceRow } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { divide, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { Random } from '../protocol/random.ts'
import type { Assignment } from './alternatives.ts'
import { upperBounds } from './bounds.ts'
import type { Tick } from './clock.ts'
import { type DefinitionOrder, definitionOrder } from './definition-order.ts'
import type { Effort, Pause } from './forge-effort.ts'
import { elementUpTo, specialInput, specialInputs } from './forge-inputs.ts'
import { givenInputs } from './free-wires.ts'
import { inputWires } from './input-wires.ts'
import { clusterOfEquations, type JointOptions, jointly } from './joint/jointly.ts'
import { specialValues, wireOrder } from './search-order.ts'
import { Solver } from './solve.ts'

export interface RebaseOptions {
  r1cs: R1cs
  random: Random
  /** Inputs that have a witness. */
  sample: readonly bigint[] | undefined
  calculate: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  /** Pairs of input wires that are taken for points (x, y) of Baby Jubjub. */
  points: readonly (readonly [x: number, y: number])[]
  tick: Tick
}

/** Systems with more wires are not solved from nothing: their own generator has to make the witness. */
const MOST_SOLVED_WIRES = 100_000
/** Joint solutions from which a witness is tried to be made. */
const MOST_SOLUTIONS = 4
/** Wires that change together when a witness is disturbed. */
const MOST_DISTURBED = 3

/** Finds witnesses of other inputs, at which more may be free. What it finds is still to be checked. */
export class Rebaser {
  readonly #options: RebaseOptions
  readonly #inputs: Generator<bigint[], void>
  readonly #noneFixed: Uint8Array
  /** The constant wire is fixed, and no other. */
  readonly #onlyOne: Uint8Array
  readonly #inputsFixed: Uint8Array
  readonly #order: DefinitionOrder
  /** Inputs that follow from the others. */
  readonly #given: ReadonlySet<number>

  constructor(options: RebaseOptions) {
    const { r1cs, sample, random, points, tick } = options
    this.#options = options
    const { from, to } = inputWires(r1cs)
    this.#given = new Set(r1cs.nWires > MOST_SOLVED_WIRES ? [] : givenInputs(r1cs, { from, to }, tick))
    const bounds = upperBounds(r1cs)
    const inputBounds = Array.from({ length: to - from }, (_, i) => bounds.get(from + i))
    const places = points.map(([x, y]) => [x - from, y - from] as const)
    this.#inputs = specialInputs(inputBounds, sample, random, places)
    this.#noneFixed = new Uint8Array(r1cs.nWires)
    this.#onlyOne = this.#noneFixed.with(0, 1)
    this.#inputsFixed = new Uint8Array(r1cs.nWires).fill(1, from, to)
    this.#order = definitionOrder(r1cs, this.#inputsFixed, tick)
  }

  /**
   * A witness of the next special inputs, if they have one: from the circuit's generator, or by solving. Inputs that others
   * give, such as a root that is compared with a computed one, then have the value that fits.
   */
  *nextInputs(near: readonly bigint[] | undefined, effort: Effort): Generator<Pause, readonly bigint[] | undefined> {
    const { r1cs } = this.#options
    const next = this.#inputs.next()
    if (next.done) return undefined
    const witness = yield* this.#calculate(next.value)
    if (witness !== undefined || r1cs.nWires > MOST_SOLVED_WIRES) return witness
    const { from, to } = inputWires(r1cs)
    const all = next.value.map((value, i) => [from + i, value] as const)
    const base = near ?? [1n, ...new Array<bigint>(r1cs.nWires - 1).fill(0n)]
    const solve = (changes: Assignment) => this.#solve(base, this.#noneFixed, changes, effort, near === undefined)
    if (this.#given.size > 0) {
      const fitting = yield* solve(all.filter(([wire]) => !this.#given.has(wire)))
      if (fitting !== undefined) return (yield* this.#calculate(fitting.slice(from, to))) ?? fitting
    }
    return yield* solve(all)
  }

  *#calculate(inputs: readonly bigint[]): Generator<Pause, readonly bigint[] | undefined> {
    const { r1cs, calculate, tick } = this.#options
    if (calculate === undefined) return undefined
    let witness: readonly bigint[] | undefined
    yield async () => {
      witness = await calculate(inputs)
    }
    tick(r1cs.nConstraints)
    return witness
  }

  /** A witness in which some of the given wires have special values, its inputs being what fits them. */
  *disturb(
    witness: readonly bigint[],
    wires: readonly number[],
    effort: Effort,
  ): Generator<Pause, readonly bigint[] | undefined> {
    const { r1cs, random } = this.#options
    const bounds = upperBounds(r1cs)
    const count = 1 + Number(random.next() % BigInt(MOST_DISTURBED))
    const chosen = new Map<number, bigint>()
    for (let i = 0; i < count; i++) {
      const wire = random.pick(wires)
      chosen.set(wire, specialInput(bounds.get(wire), random))
    }
    return yield* this.#solve(witness, this.#noneFixed, [...chosen], effort)
  }

  /**
   * Witnesses in which a factor that `isFree` wires are multiplied with is zero where it was not, so that they may take any
   * value, or is one where it was zero, so that they matter.
   */
  *toggleFactors(
    witness: readonly bigint[],
    rows: Iterable<number>,
    isFree: (wire: number) => boolean,
    effort: Effort,
  ): Generator<Pause | readonly bigint[]> {
    for (const row of rows) {
      const { a, b, c } = reduceRow(this.#options.r1cs, row, witness, this.#onlyOne)
      for (const [form, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const value = evaluate(form, witness)
        const matters = form.terms.size > 0 && [...other.terms.keys()].some(isFree)
        if (!matters) continue
        yield* this.#setForm(witness, form, value === 0n ? 1n : FIELD - value, effort)
        // The other side vanishes with the factor: both are solved for together first.
        const wanted = value === 0n ? [[plus(form, -1n)]] : [[form, c], [form]]
        for (const forms of wanted) yield* this.#setForms(witness, forms, effort)
      }
    }
  }

  /** Lets forms vanish by a change of the wires from which they follow, which are solved for together. */
  *#setForms(
    witness: readonly bigint[],
    forms: readonly LinearForm[],
    effort: Effort,
  ): Generator<Pause | readonly bigint[]> {
    const options = this.#joint(witness)
    const cluster = clusterOfEquations(options, forms.map(vanishing))
    if (cluster === undefined) return
    let count = 0
    for (const changes of jointly(options, cluster)) {
      yield
      const found = yield* this.#solve(witness, this.#noneFixed, changes, effort)
      if (found !== undefined) yield found
      if (found !== undefined || ++count === MOST_SOLUTIONS) return
    }
  }

  #joint(values: readonly bigint[]): JointOptions {
    const { r1cs, random, tick } = this.#options
    return {
      ...{ r1cs, values, tick, bounds: upperBounds(r1cs), committed: this.#onlyOne },
      order: wireOrder(r1cs, this.#order),
      specials: () => [1n + (random.next() % 1000n), elementUpTo(FIELD - 1n, random)],
    }
  }

  /** Adds `difference` to the value of a form by a change of one of its wires. */
  *#setForm(
    witness: readonly bigint[],
    form: LinearForm,
    difference: bigint,
    effort: Effort,
  ): Generator<Pause | readonly bigint[]> {
    for (const [wire, coefficient] of form.terms) {
      const changed = (witness[wire]! + divide(difference, coefficient)) % FIELD
      const changes: Assignment = [...form.terms.keys()].map((one) => [one, one === wire ? changed : witness[one]!])
      for (const isFixed of [this.#inputsFixed, this.#noneFixed]) {
        const fixed = isFixed.slice()
        for (const [one] of changes) fixed[one] = 0
        const found = yield* this.#solve(witness, fixed, changes, effort)
        if (found === undefined) continue
        yield found
        return
      }
    }
  }

  *#solve(
    base: readonly bigint[],
    fixed: Uint8Array,
    changes: Assignment,
    effort: Effort,
    all = false,
  ): Generator<Pause, readonly bigint[] | undefined> {
    const solver = createSolver({ ...this.#options, base, fixed, order: this.#order })
    if (!solver.start(changes, { all, guesses: effort.guesses })) return undefined
    for (let node = 0; node < 4 * effort.nodes; node++) {
      yield
      const state = solver.step()
      if (state === 'solved') return solver.values
      if (state === 'exhausted') return undefined
    }
    return undefined
  }
}

/** Wires that are copied in the time in which one constraint is looked at. */
const WIRES_PER_CONSTRAINT = 64

const NOTHING: LinearForm = { constant: 0n, terms: new Map() }

/** The constraint that a form is 0. */
function vanishing(form: LinearForm): Constraint {
  return { a: NOTHING, b: NOTHING, c: form }
}

function plus({ constant, terms }: LinearForm, value: bigint): LinearForm {
  return { constant: reduce(constant + value), terms }
}

/** A solver with the usual order and special values. */
export function createSolver(options: {
  r1cs: R1cs
  base: readonly bigint[]
  fixed: Uint8Array
  order: DefinitionOrder
  random: Random
  tick: Tick
}): Solver {
  const { r1cs, base, fixed, order, random, tick } = options
  // Making one and looking for the next constraint take time in proportion to the system.
  tick(Math.ceil(r1cs.nWires / WIRES_PER_CONSTRAINT))
  const bounds = upperBounds(r1cs)
  return new Solver({
    r1cs,
    base,
    fixed,
    tick,
    order: wireOrder(r1cs, order),
    specials: (wire) => {
      const bound = bounds.get(wire)
      if (bound !== undefined) return specialValues(base[wire]!, bound, random)
      return [0n, 1n, elementUpTo(FIELD - 1n, random)]
    },
  })
}

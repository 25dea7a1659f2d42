import { divide } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { never, type Tick } from '../clock.ts'
import { oneUnknown } from './one-unknown.ts'
import { addScaled, evaluate, mentions, monomialOf, type Polynomial, substitute } from './polynomial.ts'
import { rootsOf } from './univariate.ts'

export interface SystemOptions {
  readonly equations: readonly Polynomial[]
  /** Those that are given a value where the equations do not say one come last. */
  readonly unknowns: readonly number[]
  /** Values for an unknown that the equations do not determine. */
  held(unknown: number): Iterable<bigint>
  readonly tick?: Tick | undefined
}

type Solution = ReadonlyMap<number, bigint>

/** Terms of all equations together, beyond which nothing more is substituted. */
const MOST_TERMS = 400

/**
 * The common zeros of a small system, by values of all unknowns. Returns true if these were all, false if there may be more:
 * if unknowns were held, or what the equations say of them was too much work.
 */
export function* solveSystem({ equations, unknowns, held, tick = never }: SystemOptions): Generator<Solution, boolean> {
  const { definitions, rest } = withoutDefinitions(equations, unknowns)
  const defined = new Set(definitions.map(({ unknown }) => unknown))
  const open = unknowns.filter((unknown) => !defined.has(unknown))
  const solving = zeros(rest, open, new Map(), { held, tick })
  for (;;) {
    const next = solving.next()
    if (next.done) return next.value
    const solution = new Map(next.value)
    for (const { unknown, by } of definitions.toReversed()) solution.set(unknown, evaluate(by, solution))
    yield solution
  }
}

function* zeros(
  equations: readonly Polynomial[],
  unknowns: readonly number[],
  solution: Solution,
  context: { held(unknown: number): Iterable<bigint>; tick: Tick },
): Generator<Solution, boolean> {
  context.tick(equations.length)
  const left = equations.filter((equation) => equation.size > 0)
  if (left.some((equation) => equation.size === 1 && equation.has(0))) return true
  if (unknowns.length === 0) {
    yield solution
    return true
  }
  const found = oneUnknown(left, unknowns, context.tick)
  const unknown = found?.unknown ?? unknowns.at(-1)!
  const values = found === undefined ? context.held(unknown) : rootsOf(found.polynomial, context.tick)
  let isComplete = found !== undefined
  for (const value of values) {
    const rest = left.map((equation) => substitute(equation, unknown, new Map(value === 0n ? [] : [[0, value]]))!)
    const others = unknowns.filter((one) => one !== unknown)
    const isCompleteHere = yield* zeros(rest, others, new Map([...solution, [unknown, value]]), context)
    isComplete &&= isCompleteHere
  }
  return isComplete
}

interface Definition {
  readonly unknown: number
  /** In unknowns that no definition up to this one is of. */
  readonly by: Polynomial
}

/** Substitutes unknowns by what an equation says they are, as long as the equations stay small. */
function withoutDefinitions(equations: readonly Polynomial[], unknowns: readonly number[]) {
  const definitions: Definition[] = []
  let rest = equations
  for (;;) {
    const next = firstSubstitution(rest, unknowns)
    if (next === undefined) return { definitions, rest }
    definitions.push(next.definition)
    rest = next.rest
  }
}

function firstSubstitution(equations: readonly Polynomial[], unknowns: readonly number[]) {
  const shortFirst = [...equations].sort((a, b) => a.size - b.size)
  for (const equation of shortFirst) {
    for (const unknown of unknowns) {
      const by = definedBy(equation, unknown)
      if (by === undefined) continue
      const rest: Polynomial[] = []
      for (const other of equations) {
        if (other === equation) continue
        const substituted = mentions(other, unknown) ? substitute(other, unknown, by) : other
        if (substituted !== undefined) rest.push(substituted)
      }
      const terms = rest.reduce((sum, { size }) => sum + size, 0)
      if (rest.length === equations.length - 1 && terms <= MOST_TERMS) return { definition: { unknown, by }, rest }
    }
  }
  return undefined
}

/** What an unknown is, if the equation mentions it in a term of its own alone. */
function definedBy(equation: Polynomial, unknown: number): Polynomial | undefined {
  const monomial = monomialOf(unknown)
  const coefficient = equation.get(monomial)
  if (coefficient === undefined) return undefined
  const others = new Map(equation)
  others.delete(monomial)
  if (mentions(others, unknown)) return undefined
  return addScaled(new Map(), others, divide(FIELD - 1n, coefficient))
}

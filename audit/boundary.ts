import { findBrokenConstraints } from '../circom/constraint-check.ts'
import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import type { CircuitInput, InputValue } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { reduce } from '../protocol/field.ts'
import { Random } from '../protocol/random.ts'
import type { BoundaryModel } from './boundary-model.ts'
import { boundaryVectors, flatten, namedInputs, slotsOf, vectorOf } from './boundary-vectors.ts'
import { checkModel } from './check-model.ts'

/** A circuit that can be asked whether it takes an input. */
export interface BoundarySubject {
  readonly r1cs: R1cs
  readonly symbols: Symbols
  /** The circuit's own witness; undefined if its generator stops at a check. */
  witness(input: CircuitInput): bigint[] | undefined
  /**
   * What the circuit's assignments give with every `===` and `assert` passed over, so that the constraints alone decide.
   * Undefined if that computes nothing. Left out if there are no sources.
   */
  uncheckedWitness?(input: CircuitInput): bigint[] | undefined
}

/** How circuit and model differ. */
export type BoundaryDirection =
  /** A witness for illegal inputs satisfies every constraint. */
  | 'ACCEPTED_ILLEGAL'
  /** The circuit's own generator finds no satisfying witness for legal inputs. */
  | 'REJECTED_LEGAL'
  /** Legal inputs are accepted with another output than the model's. */
  | 'WRONG_OUTPUT'

export const BOUNDARY_DIRECTIONS: readonly BoundaryDirection[] = ['ACCEPTED_ILLEGAL', 'REJECTED_LEGAL', 'WRONG_OUTPUT']

export interface Counterexample {
  readonly direction: BoundaryDirection
  /** Every input signal, as the circuit takes it. */
  readonly inputs: CircuitInput
  /** The model's name for the rule that the inputs break, if it gives one. */
  readonly rule?: string
  /** The first output that differs; canonical field elements. */
  readonly output?: { readonly name: string; readonly expected: bigint; readonly actual: bigint }
  /** Only the constraints accept the inputs: the circuit's own generator refuses them, which binds no other prover. */
  readonly behindCheck?: boolean
}

export interface BoundaryReport {
  /** VACUOUS: nothing legal, or nothing illegal, was among the inputs that were tried, so that one direction is untested. */
  readonly verdict: 'AGREES' | 'DIFFERS' | 'VACUOUS'
  /** Distinct inputs that were tried. */
  readonly tried: { readonly total: number; readonly legal: number; readonly illegal: number }
  readonly found: Readonly<Record<BoundaryDirection, number>>
  /** The plainest ones of each direction. */
  readonly counterexamples: readonly Counterexample[]
  /** Whether the constraints were asked behind the generator's own checks. */
  readonly constraintsAsked: boolean
  readonly seed: bigint
}

export interface BoundaryOptions {
  subject: BoundarySubject
  model: BoundaryModel
  /** Most inputs to try. Default 2,000. */
  cases?: number | undefined
  /** The same seed gives the same inputs. Default 1. */
  seed?: bigint | undefined
  /** Counterexamples to report of each direction. Default 4. */
  examples?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { stage: string; fraction: number }) => void) | undefined
}

export const DEFAULT_CASES = 2_000
/** Repetitions in a row after which the inputs are taken to be exhausted. */
const MOST_REPETITIONS = 2_000
/** Inputs tried between two looks at the abort signal. */
const BREATH = 64

/**
 * Runs a circuit at the ends of its inputs' ranges against a predicate over whole numbers, in both directions: it accepts
 * only what is legal, and all that is legal. What agrees was tried, not proven. Hints are those of the circuit's own
 * generator: illegal inputs that only a dishonest hint gets through are for `audit` to find.
 * Throws INPUT_INVALID for a model that does not fit the circuit, ABORTED if `signal` fires.
 */
export async function testBoundaries(options: BoundaryOptions): Promise<BoundaryReport> {
  const { subject, cases = DEFAULT_CASES, seed = 1n, examples = 4, signal, onProgress } = options
  const model = checkModel(options.model)
  const tried = { total: 0, legal: 0, illegal: 0 }
  const found: Record<BoundaryDirection, number> = { ACCEPTED_ILLEGAL: 0, REJECTED_LEGAL: 0, WRONG_OUTPUT: 0 }
  const kept: Counterexample[] = []
  for (const inputs of distinctInputs(model, cases, seed)) {
    if (tried.total % BREATH === 0) {
      await new Promise(setImmediate)
      if (signal?.aborted) throw new ZkclearError('ABORTED', 'the boundary test was aborted')
      onProgress?.({ stage: 'boundaries', fraction: tried.total / cases })
    }
    const legality = call('legal', () => model.legal(inputs.model))
    tried.total++
    tried[legality === true ? 'legal' : 'illegal']++
    const difference = compare(subject, model, inputs, legality)
    if (difference === undefined) continue
    found[difference.direction]++
    keep(kept, difference, examples)
  }
  const differs = kept.length > 0
  const vacuous = tried.legal === 0 || tried.illegal === 0
  return {
    verdict: differs ? 'DIFFERS' : vacuous ? 'VACUOUS' : 'AGREES',
    tried,
    found,
    counterexamples: kept,
    constraintsAsked: subject.uncheckedWitness !== undefined,
    seed,
  }
}

interface TriedInputs {
  readonly circuit: CircuitInput
  readonly model: CircuitInput
}

function* distinctInputs(model: BoundaryModel, cases: number, seed: bigint): Generator<TriedInputs> {
  const seen = new Set<string>()
  let repetitions = 0
  const fresh = (vector: readonly bigint[], extra: string) => {
    const size = seen.size
    seen.add(`${vector.join()}${extra}`)
    if (seen.size === size) repetitions++
    else repetitions = 0
    return seen.size > size
  }
  const withDerived = (vector: readonly bigint[], given: CircuitInput): TriedInputs => {
    const named = namedInputs(model, vector)
    const derived = inField({ ...call('derive', () => model.derive?.(named.model)), ...given })
    return { circuit: { ...named.circuit, ...derived }, model: { ...named.model, ...derived } }
  }

  const bases: bigint[][] = []
  for (const [index, inputs] of (model.cases ?? []).entries()) {
    const missing = Object.keys(model.inputs).find((name) => inputs[name] === undefined)
    if (missing !== undefined) {
      throw new ZkclearError('INPUT_INVALID', 'is missing', { path: `model.cases[${index}].${missing}` })
    }
    const vector = vectorOf(model, inputs)
    const given = Object.fromEntries(Object.entries(inputs).filter(([name]) => model.inputs[name] === undefined))
    bases.push(vector)
    if (seen.size < cases && fresh(vector, JSON.stringify(Object.values(given).flatMap(flatten).map(String)))) {
      yield withDerived(vector, given)
    }
  }
  for (const vector of boundaryVectors(slotsOf(model), bases, new Random(seed))) {
    if (seen.size >= cases || repetitions > MOST_REPETITIONS) return
    if (fresh(vector, '')) yield withDerived(vector, {})
  }
}

/** Derived integers as the circuit takes them. */
function inField(inputs: CircuitInput): CircuitInput {
  const reduced = (value: InputValue): InputValue => (typeof value === 'bigint' ? reduce(value) : value.map(reduced))
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, reduced(value)]))
}

function compare(
  { r1cs, symbols, witness, uncheckedWitness }: BoundarySubject,
  model: BoundaryModel,
  inputs: TriedInputs,
  legality: boolean | string,
): Counterexample | undefined {
  const satisfies = (values: bigint[] | undefined) =>
    values !== undefined && findBrokenConstraints(r1cs, values, { limit: 1 }).length === 0
  // Behind the checks the same assignments are made: what the constraints refuse there, they refuse in front of them too.
  if (legality !== true && uncheckedWitness && !satisfies(uncheckedWitness(inputs.circuit))) return undefined
  const own = witness(inputs.circuit)
  const provable = satisfies(own)
  if (legality !== true) {
    if (!provable && uncheckedWitness === undefined) return undefined
    const rule = typeof legality === 'string' ? { rule: legality } : {}
    const behindCheck = provable ? {} : { behindCheck: true }
    return { direction: 'ACCEPTED_ILLEGAL', inputs: inputs.circuit, ...rule, ...behindCheck }
  }
  if (!provable) return { direction: 'REJECTED_LEGAL', inputs: inputs.circuit }
  for (const [name, value] of Object.entries(call('outputs', () => model.outputs?.(inputs.model)) ?? {})) {
    for (const { path, expected } of elements(name, value)) {
      const wire = symbols.wireOf(`main.${path}`)
      if (wire === undefined) throw new ZkclearError('INPUT_INVALID', 'is no signal of the circuit', { path })
      const actual = own![wire]!
      if (actual !== expected) {
        return { direction: 'WRONG_OUTPUT', inputs: inputs.circuit, output: { name: path, expected, actual } }
      }
    }
  }
  return undefined
}

function elements(path: string, value: InputValue): { path: string; expected: bigint }[] {
  if (typeof value === 'bigint') return [{ path, expected: reduce(value) }]
  return value.flatMap((element, index) => elements(`${path}[${index}]`, element))
}

/** Keeps the plainest counterexamples of each direction, one of each rule or output before a second one. */
function keep(kept: Counterexample[], one: Counterexample, most: number): void {
  kept.push(one)
  kept.sort(
    (a, b) => BOUNDARY_DIRECTIONS.indexOf(a.direction) - BOUNDARY_DIRECTIONS.indexOf(b.direction) || size(a) - size(b),
  )
  const same = kept.filter(({ direction }) => direction === one.direction)
  if (same.length <= most) return
  const topic = ({ rule, output }: Counterexample) => rule ?? output?.name ?? ''
  const repeated = same.findLast((a) => same.some((b) => b !== a && topic(a) === topic(b)))
  kept.splice(kept.indexOf(repeated ?? same.at(-1)!), 1)
}

/** How much there is to read: digits of the inputs. */
function size({ inputs }: Counterexample): number {
  return Object.values(inputs)
    .flatMap(flatten)
    .reduce((sum, value) => sum + value.toString().length, 0)
}

/** Runs a function of the model; what it throws is the model's fault. */
function call<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZkclearError('INPUT_INVALID', `threw: ${reason}; it must answer for any input`, {
      path: `model.${name}`,
      cause,
    })
  }
}

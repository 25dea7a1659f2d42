import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { Symbols } from '../../circom/symbols.ts'
import { Random } from '../../protocol/random.ts'
import { type Counter, counted, ticker } from '../clock.ts'
import { definitionOrder } from '../definition-order.ts'
import type { Facts } from '../facts.ts'
import { effortOf, type Pause, runWithin } from '../forge-effort.ts'
import { inputWires } from '../input-wires.ts'
import { createSolver, Rebaser } from '../rebase.ts'
import { integerOf, isFalseClaim, sumOfBits } from './claim.ts'
import { assumptionText, shownText, unboundedOf } from './describe.ts'
import { falseClaims, type OperandChoice } from './false-claims.ts'
import { type Gadget, type NamedGadget, openGadgets } from './gadgets.ts'
import type { Integers } from './integers.ts'
import type { RangeFinding } from './range-finding.ts'
import { changesFor, inputsFor } from './realise.ts'

export interface RangeOptions {
  readonly r1cs: R1cs
  readonly symbols: Symbols
  readonly facts: Facts
  readonly nameOf: (wire: number) => string
  /** An honest witness, and the circuit's own generator: see `ForgerOptions`. */
  readonly witness?: readonly bigint[] | undefined
  readonly calculate?: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  readonly seed?: bigint | undefined
  /** A value of `performance.now()`. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((fraction: number) => void) | undefined
}

export interface Ranges {
  readonly findings: readonly RangeFinding[]
  /** Gadgets with numbers that nothing bounds for which no witness was looked for. */
  readonly untried: number
  /** Whether there was an honest witness to begin with. */
  readonly hasOrigin: boolean
  /** Whether a search ended because its time was over. */
  readonly ranOutOfTime: boolean
}

/** Gadgets for which a witness is looked for. */
const MOST_GADGETS = 64
/** Inputs that are tried for an honest witness to begin with. */
const MOST_BASES = 64
/** Honest witnesses around which a gadget's numbers are changed. */
const MOST_ORIGINS = 3
/** Decisions of the solver for one choice of numbers. */
const MOST_NODES = 60
/** Constraints that are looked at for one gadget, and more of them for each constraint that there is. */
const WORK = 300_000
const WORK_PER_CONSTRAINT = 20
/** Systems with more wires are not solved: their own generator has to make the witness. */
const MOST_SOLVED_WIRES = 200_000

/**
 * Looks for witnesses with which comparisons and range checks say what is false of their numbers, because these wrap around r.
 * What it finds was checked against every constraint. Throws ABORTED if `signal` fires, `OutOfTime` after the deadline.
 */
export async function findRanges(options: RangeOptions): Promise<Ranges> {
  const { facts, deadline, signal, onProgress } = options
  const { gadgets, integers } = openGadgets(facts)
  if (gadgets.length === 0) return { findings: [], untried: 0, hasOrigin: true, ranOutOfTime: false }
  const search = new RangeSearch(options, integers)
  const findings: RangeFinding[] = []
  const left = () => deadline - performance.now()
  const limits = () => ({ work: WORK + WORK_PER_CONSTRAINT * options.r1cs.nConstraints, timeout: left() / 3, signal })
  let ranOutOfTime = (await runWithin(search.findOrigins(), limits(), search.counter)) === 'time'
  const chosen = gadgets.slice(0, MOST_GADGETS)
  let tried = 0
  for (const gadget of chosen) {
    ranOutOfTime ||= left() <= 0
    if (left() <= 0 || search.origins.length === 0) break
    onProgress?.(tried / chosen.length)
    tried++
    let found: RangeFinding | undefined
    const run = function* (): Generator<Pause, void> {
      found = yield* search.find(gadget)
    }
    const end = await runWithin(run(), limits(), search.counter)
    if (found !== undefined) findings.push(found)
    else ranOutOfTime ||= end === 'time'
  }
  return { findings, untried: gadgets.length - tried, hasOrigin: search.origins.length > 0, ranOutOfTime }
}

class RangeSearch {
  /** Honest witnesses. */
  readonly origins: (readonly bigint[])[] = []
  readonly #options: RangeOptions
  readonly #integers: Integers
  readonly #random: Random
  readonly #noneFixed: Uint8Array
  readonly #order
  readonly #rebaser: Rebaser
  readonly #tick
  /** Of the work so far. */
  readonly counter: Counter

  constructor(options: RangeOptions, integers: Integers) {
    const { r1cs, witness, calculate, seed, deadline } = options
    this.#options = options
    this.#integers = integers
    this.#random = new Random(seed ?? 1n)
    this.counter = counted(ticker(deadline))
    this.#tick = this.counter.tick
    this.#noneFixed = new Uint8Array(r1cs.nWires)
    const { from, to } = inputWires(r1cs)
    const fixed = new Uint8Array(r1cs.nWires).fill(1, from, to)
    this.#order = definitionOrder(r1cs, fixed, this.#tick)
    const sample = witness?.slice(from, to)
    this.#rebaser = new Rebaser({ r1cs, random: this.#random, sample, calculate, points: [], tick: this.#tick })
    if (witness !== undefined) this.origins.push(witness)
  }

  *findOrigins(): Generator<Pause, void> {
    for (let tries = 0; tries < MOST_BASES && this.origins.length < MOST_ORIGINS; tries++) {
      const witness = yield* this.#rebaser.nextInputs(this.origins[0], effortOf(1))
      if (witness !== undefined && this.#isWitness(witness)) this.origins.push(witness.slice())
    }
  }

  *find(gadget: NamedGadget): Generator<Pause, RangeFinding | undefined> {
    for (const origin of this.origins) {
      for (const choice of falseClaims(gadget, this.#integers, (wire) => origin[wire]!)) {
        const calculated = yield* this.#calculated(origin, choice)
        if (calculated !== undefined && this.#isFalse(gadget, calculated)) return this.#finding(gadget, calculated)
        const solved = yield* this.#solved(origin, gadget, choice)
        if (solved !== undefined && this.#isFalse(gadget, solved)) return this.#finding(gadget, solved)
      }
    }
    return undefined
  }

  /** The circuit's own witness of inputs that give the operands their values. */
  *#calculated(origin: readonly bigint[], choice: OperandChoice): Generator<Pause, readonly bigint[] | undefined> {
    const { r1cs, facts, calculate } = this.#options
    if (calculate === undefined) return undefined
    const inputs = inputsFor({ facts, inputs: inputWires(r1cs) }, origin, choice)
    let witness: readonly bigint[] | undefined
    yield async () => {
      witness = await calculate(inputs)
    }
    return witness
  }

  /** A witness near the honest one in which the operands have their values. */
  *#solved(
    origin: readonly bigint[],
    gadget: Gadget,
    choice: OperandChoice,
  ): Generator<Pause, readonly bigint[] | undefined> {
    const { r1cs, facts } = this.#options
    if (r1cs.nWires > MOST_SOLVED_WIRES) return undefined
    const solver = createSolver({
      ...{ r1cs, base: origin, fixed: this.#noneFixed, order: this.#order, random: this.#random, tick: this.#tick },
    })
    if (!solver.start(changesFor(r1cs, facts.system, gadget, choice))) return undefined
    for (let node = 0; node < MOST_NODES; node++) {
      yield
      const state = solver.step()
      if (state === 'solved') return solver.values.slice()
      if (state === 'exhausted') return undefined
    }
    return undefined
  }

  #isFalse(gadget: Gadget, witness: readonly bigint[]): boolean {
    const value = (wire: number) => witness[wire]!
    const integer = integerOf(gadget.expression, this.#integers, value)
    return isFalseClaim(gadget, integer, sumOfBits(gadget, value)) && this.#isWitness(witness)
  }

  #isWitness(witness: readonly bigint[]): boolean {
    return findBrokenConstraints(this.#options.r1cs, witness, { limit: 1 }).length === 0
  }

  #finding(gadget: NamedGadget, witness: readonly bigint[]): RangeFinding {
    const { r1cs, nameOf } = this.#options
    const isPublic = (wire: number) => wire > r1cs.nOutputs && wire <= r1cs.nPublic
    const describing = { nameOf, integers: this.#integers, isPublic }
    const value = (wire: number) => witness[wire]!
    return {
      signal: nameOf(gadget.signal),
      constraint: gadget.row.index,
      gadget: gadget.kind,
      bits: gadget.bits.length,
      unbounded: unboundedOf(gadget, this.#integers).map(nameOf),
      assumption: assumptionText(gadget, describing),
      shown: shownText(gadget, describing, value, sumOfBits(gadget, value)),
      witness,
    }
  }
}

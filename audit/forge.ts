import { findBrokenConstraints } from '../circom/constraint-check.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { Random } from '../protocol/random.ts'
import { Bases, changed, type Find, type IsHit, rowsAround } from './bases.ts'
import { type Counter, counted, type Tick } from './clock.ts'
import { type DefinitionOrder, definitionOrder } from './definition-order.ts'
import { type RangeOf, rangesByBits } from './digit-systems.ts'
import { type Effort, effortOf, type ForgeLimits, type Pause, runWithin, type SearchEnd } from './forge-effort.ts'
import { inputWires } from './input-wires.ts'
import { maskedRows } from './masked-rows.ts'
import { Rebaser } from './rebase.ts'
import { ancestorsOf, neighbours, seedsOf } from './search-order.ts'

export type { ForgeLimits, ForgeProgress, SearchEnd } from './forge-effort.ts'

/** Two witnesses of one system with equal inputs, both satisfying every constraint, that differ in wire `target`. */
export interface Forgery {
  readonly first: bigint[]
  readonly second: bigint[]
  readonly target: number
}

/** What a search came to: without a forgery, it ended for lack of work or time. */
export interface Search {
  readonly forgery?: Forgery | undefined
  readonly end: SearchEnd
}

export interface ForgerOptions {
  r1cs: R1cs
  /** 1 for each wire that the inputs determine, whatever they are: those are never changed. */
  proven: Uint8Array
  /** An honest witness to begin with. Without one, the search makes its own from inputs that it chooses. */
  witness?: readonly bigint[] | undefined
  /**
   * The circuit's own witness for inputs in wire order (public ones first), undefined if it has none; see `inputCalculator`.
   * Without it, witnesses of other inputs are looked for by solving, which suits small circuits.
   */
  calculate?: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  /** Pairs of input wires that are taken for points (x, y) of Baby Jubjub, and need not be any. */
  points?: readonly (readonly [x: number, y: number])[] | undefined
  /** What is known of the values of wires. Default: what bits say, and sums of them. */
  rangeOf?: RangeOf | undefined
  /** The same seed gives the same search. Default 1. */
  seed?: bigint | undefined
  /** Called by what takes long, also while this is made; throws `OutOfTime` to end it. */
  tick?: Tick | undefined
}

export type ForgeOptions = ForgerOptions & ForgeLimits & { target: number }

/**
 * Looks for two witnesses with equal inputs that differ in a wire. What it returns was checked against every constraint;
 * undefined says that nothing was found, not that there is nothing. Throws ABORTED if `signal` fires, INPUT_INVALID for a
 * target that does not exist or a witness that is none.
 */
export async function forge({ target, ...options }: ForgeOptions): Promise<Forgery | undefined> {
  return (await new Forger(options).forge(target, options)).forgery
}

/** Finds from which a difference is carried on. */
const MOST_CARRIED = 24

/** Forges several targets of one system: what was found for one may answer for another. */
export class Forger {
  readonly #r1cs: R1cs
  readonly #work: Counter
  readonly #random: Random
  readonly #fixed: Uint8Array
  readonly #order: DefinitionOrder
  readonly #rebaser: Rebaser
  readonly #bases: Bases

  constructor(options: ForgerOptions) {
    const { r1cs, proven, witness, calculate, rangeOf = rangesByBits(r1cs) } = options
    this.#r1cs = r1cs
    this.#work = counted(options.tick)
    this.#random = new Random(options.seed ?? 1n)
    this.#fixed = proven.slice()
    const { from, to, mostTo } = inputWires(r1cs)
    this.#fixed.fill(1, from, mostTo)
    this.#fixed[0] = 1
    const { tick } = this.#work
    this.#order = definitionOrder(r1cs, this.#fixed, tick)
    const random = this.#random
    this.#bases = new Bases({ r1cs, fixed: this.#fixed, order: this.#order, rangeOf, random, tick })
    const points = (options.points ?? []).filter((pair) => pair.every((wire) => wire >= from && wire < to))
    this.#rebaser = new Rebaser({ r1cs, random, sample: witness?.slice(from, to), calculate, points, tick })
    if (witness !== undefined && this.#bases.add(witness) === undefined) {
      throw new ZkclearError(
        'INPUT_INVALID',
        'the given witness breaks a constraint; forging begins with an honest one',
      )
    }
  }

  /** How much work was done so far, as `ForgeLimits` count it. */
  get work(): number {
    return this.#work.done()
  }

  /** See the function `forge`. */
  async forge(target: number, limits: ForgeLimits): Promise<Search> {
    if (!(Number.isInteger(target) && target > 0 && target < this.#r1cs.nWires)) {
      throw new ZkclearError('INPUT_INVALID', `wire ${target} does not exist; wires are 1 to ${this.#r1cs.nWires - 1}`)
    }
    return this.#run(target, this.#search(target), limits)
  }

  /**
   * Looks for a forgery of a target that begins like one that was found of an ancestor: at inputs at which the difference is
   * not multiplied by 0 on its way.
   */
  carry(target: number, from: Forgery, limits: ForgeLimits): Promise<Search> {
    return this.#run(target, this.#carry(target, from), limits)
  }

  /** What was found for other targets, if it answers for this one. */
  known(target: number): Forgery | undefined {
    const hit = this.#bases.find((changes) => changes.has(target))
    return hit && this.#forgery(target, hit)
  }

  /** Wires that are not determined and from which a target seems to follow, those nearest to the inputs first. */
  ancestors(target: number, limit: number): number[] {
    return ancestorsOf(this.#r1cs, this.#fixed, this.#order, target, limit)
  }

  async #run(target: number, search: Generator<Pause, void>, limits: ForgeLimits): Promise<Search> {
    if (this.#fixed[target]) return { end: 'done' }
    const before = this.known(target)
    if (before !== undefined) return { end: 'done', forgery: before }
    const end = await runWithin(search, limits, this.#work)
    const forgery = this.known(target)
    return forgery === undefined ? { end } : { end: 'done', forgery }
  }

  /** Ends with a find: rounds of growing effort over the bases so far, each followed by new bases. */
  *#search(target: number): Generator<Pause, void> {
    const isHit: IsHit = (changes) => changes.has(target)
    for (let round = 0; ; round++) {
      const effort = effortOf(round)
      const seeds = seedsOf(this.#r1cs, this.#fixed, this.#order, target, effort.seeds)
      for (const base of [...this.#bases.all]) {
        yield
        if (yield* this.#bases.around(base, isHit, seeds, effort)) return
      }
      for (const witness of this.#newBases(target, seeds, effort)) {
        if (yield* this.#bases.from(witness, isHit, seeds, effort)) return
      }
    }
  }

  /** Ends with a find, or without one. */
  *#carry(target: number, { first, second, target: ancestor }: Forgery): Generator<Pause, void> {
    const effort = effortOf(1)
    const isHit: IsHit = (changes) => changes.has(ancestor) || changes.has(target)
    const starts: (readonly [readonly bigint[], readonly bigint[]])[] = [[first, second]]
    for (const [one, other] of starts) {
      yield
      const { tick } = this.#work
      const rows = maskedRows({ r1cs: this.#r1cs, fixed: this.#fixed, first: one, second: other, tick }, target)
      const isChanged = (wire: number) => one[wire] !== other[wire]
      for (const witness of this.#rebaser.toggleFactors(one, rows, isChanged, effort)) {
        const find = yield* this.#bases.from(witness, isHit, [ancestor], effort)
        if (find?.changes.has(target)) return
        if (find && starts.length < MOST_CARRIED) starts.push([find.witness, changed(find)])
      }
    }
  }

  /** Other witnesses, between pauses. */
  *#newBases(target: number, seeds: readonly number[], effort: Effort): Generator<Pause | readonly bigint[]> {
    const disturbed = neighbours(this.#r1cs, this.#fixed, target, 256)
    const isFree = (wire: number) => this.#fixed[wire] === 0
    for (const { witness } of this.#bases.all.slice(0, 4)) {
      yield* this.#rebaser.toggleFactors(witness, rowsAround(this.#r1cs, seeds), isFree, effort)
    }
    for (let count = 0; count < effort.inputs; count++) {
      yield
      const near = this.#bases.all[0]?.witness
      yield yield* this.#rebaser.nextInputs(near, effort)
      if (near === undefined || count % 2 === 1) continue
      const { witness } = this.#random.pick(this.#bases.all)
      yield yield* this.#rebaser.disturb(witness, disturbed, effort)
    }
  }

  #forgery(target: number, find: Find): Forgery {
    const first = find.witness.slice()
    const second = changed(find)
    const { from, mostTo } = inputWires(this.#r1cs)
    const isSound =
      first[target] !== second[target] &&
      first.every((value, wire) => wire < from || wire >= mostTo || value === second[wire]) &&
      [first, second].every((values) => findBrokenConstraints(this.#r1cs, values, { limit: 1 }).length === 0)
    if (!isSound) throw new Error('the forger accepted what is no forgery')
    return { first, second, target }
  }
}

import { type Affine, isConstant, signed } from '../circom/affine.ts'
import { type Row, type System, wiresOf } from '../circom/system.ts'
import { invert, reduce } from '../protocol/field.ts'
import { FIELD, max, min } from '../protocol/numbers.ts'
import { PointFacts } from './curve/point-facts.ts'
import { Implications } from './implications.ts'
import { LinearDefinitions } from './linear-definitions.ts'
import { NonZeroForms } from './non-zero-forms.ts'
import { NEWS, RowQueue, type Visit } from './row-queue.ts'
import { Strides } from './strides.ts'
import { floorDivide } from './whole-numbers.ts'

/** Integers low <= x <= high. For a wire: of its canonical value; for a form: of some integer that it is congruent to. */
export interface Interval {
  readonly low: bigint
  readonly high: bigint
}

/** Places of bits b_0, b_1, .. by wire: sum(2^place * bit) is an integer below r. */
export type BelowField = ReadonlyMap<number, number>

/** Why a wire is determined. */
export type Rule =
  | 'input'
  | 'constant'
  | 'linear'
  | 'factor'
  | 'zero-test'
  | 'radix'
  | 'one-hot'
  | 'decoder'
  | 'division'
  | 'limb-division'
  | 'square-root'
  | 'elimination'
  | 'lemma'

/**
 * What is known of every witness that satisfies the system. All facts speak of representatives and hold for all inputs:
 * - known: two satisfying witnesses with equal inputs agree in the wire;
 * - an interval: the canonical value of the wire lies in it;
 * - a stride: any two canonical values that witnesses give the wire differ by a multiple of it;
 * - nonzero: the form is never 0;
 * - points: pairs of wires on the curve Baby Jubjub, see `PointFacts`;
 * - implications of boolean wires.
 */
export class Facts {
  readonly system: System
  readonly points = new PointFacts(this)
  readonly implications: Implications
  /** Number of representatives. */
  readonly wireCount: number
  readonly definitions: LinearDefinitions
  readonly #rules: (Rule | undefined)[]
  readonly #definedBy: (Row | undefined)[]
  readonly #intervals: (Interval | undefined)[]
  readonly #strides = new Strides()
  readonly #nonZero: NonZeroForms
  readonly #belowField: BelowField[] = []
  readonly #queue: RowQueue
  /** By row: wires that are unknown, wires without an interval, wires that are both. */
  readonly #unknown: Uint32Array
  readonly #open: Uint32Array
  readonly #loose: Uint32Array
  readonly #confinements: Uint8Array
  #onNews: ((wire: number) => void) | undefined
  #known = 0
  #changes = 0

  constructor(system: System) {
    this.system = system
    this.definitions = new LinearDefinitions(system)
    this.#nonZero = new NonZeroForms(this.definitions)
    this.#queue = new RowQueue(system)
    this.implications = new Implications((wire) => {
      this.#learned(wire)
      this.#queue.wakeRowsOf(wire, NEWS.logic)
    })
    this.#rules = new Array(system.r1cs.nWires)
    this.#definedBy = new Array(system.r1cs.nWires)
    this.#intervals = new Array(system.r1cs.nWires)
    this.#confinements = new Uint8Array(system.r1cs.nWires)
    this.#unknown = new Uint32Array(system.rows.length)
    let count = 0
    for (let wire = 0; wire < system.r1cs.nWires; wire++) {
      if (system.representative[wire] === wire) count++
      for (const row of system.rowsOf(wire)) this.#unknown[row]!++
    }
    this.wireCount = count
    this.#open = this.#unknown.slice()
    this.#loose = this.#unknown.slice()
    this.wakeAll()
  }

  /** How often something was learned. */
  get changes(): number {
    return this.#changes + this.points.changes
  }

  /** How many representatives are known. */
  get knownCount(): number {
    return this.#known
  }

  isKnown(wire: number): boolean {
    return this.#rules[wire] !== undefined
  }

  ruleOf(wire: number): Rule | undefined {
    return this.#rules[wire]
  }

  /** Learns that the wire is determined; `by` is the row that gives its value from wires that were known before. */
  know(wire: number, rule: Rule, by?: Row): void {
    if (this.#rules[wire] !== undefined) return
    this.#rules[wire] = rule
    this.#definedBy[wire] = by
    this.#known++
    this.#learned(wire)
    const isLoose = this.#intervals[wire] === undefined
    for (const row of this.system.rowsOf(wire)) {
      this.#unknown[row]!--
      if (isLoose) this.#loose[row]!--
      this.#queue.wake(row, NEWS.known)
    }
  }

  /** A row that gives a known wire's value from wires known before it, so that definitions never go in circles. */
  definitionOf(wire: number): Row | undefined {
    return this.#definedBy[wire]
  }

  /** How many wires of a row, given as an index, are not known. */
  unknownCountOf(row: number): number {
    return this.#unknown[row]!
  }

  /** How many wires of a row have no interval. */
  openCountOf(row: number): number {
    return this.#open[row]!
  }

  /** How many wires of a row are not known and have no interval. */
  looseCountOf(row: number): number {
    return this.#loose[row]!
  }

  unknownOf(row: Row): number[] {
    return wiresOf(row).filter((wire) => !this.isKnown(wire))
  }

  unknownIn(form: Affine): number[] {
    return form.wires.filter((wire) => !this.isKnown(wire))
  }

  isKnownForm(form: Affine): boolean {
    return form.wires.every((wire) => this.isKnown(wire))
  }

  /** The interval of a wire; undefined if nothing better than the field is known. */
  interval(wire: number): Interval | undefined {
    return this.#intervals[wire]
  }

  isBoolean(wire: number): boolean {
    const interval = this.#intervals[wire]
    return interval !== undefined && interval.high <= 1n
  }

  /** Learns that the wire is congruent to an integer in the interval; which may be negative, or beyond the field. */
  confine(wire: number, to: Interval): void {
    const known = this.#intervals[wire] ?? WHOLE
    if (to.high - to.low >= FIELD - 1n || this.#confinements[wire] === MOST_CONFINEMENTS) return
    // Representatives of `to` shifted by multiples of r: the canonical value is in one of them.
    const shift = (floorDivide(to.low, FIELD) + 1n) * FIELD
    const parts = [shift - FIELD, shift]
      .map((by) => ({ low: to.low - by, high: to.high - by }))
      .map(({ low, high }) => ({ low: max(low, known.low), high: min(high, known.high) }))
      .filter(({ low, high }) => low <= high)
    if (parts.length === 0) return
    const low = parts.reduce((least, part) => min(part.low, least), parts[0]!.low)
    const high = parts.reduce((most, part) => max(part.high, most), parts[0]!.high)
    if (low === known.low && high === known.high) return
    const isFirst = this.#intervals[wire] === undefined
    this.#intervals[wire] = low === 0n && high === 1n ? BIT : { low, high }
    this.#confinements[wire]!++
    this.#learned(wire)
    const isLoose = isFirst && !this.isKnown(wire)
    for (const row of this.system.rowsOf(wire)) {
      if (isFirst) this.#open[row]!--
      if (isLoose) this.#loose[row]!--
      this.#queue.wake(row, NEWS.range)
    }
    if (low === high) this.know(wire, 'constant')
  }

  /** What any two values of the wire differ by a multiple of; 1 if nothing better is known. */
  strideOf(wire: number): bigint {
    return this.#strides.of(wire)
  }

  /** Learns that any two values of the wire differ by a multiple of the stride. */
  learnStride(wire: number, stride: bigint): void {
    const interval = this.#intervals[wire]
    if (interval === undefined || !this.#strides.learn(wire, stride, interval)) return
    this.#learned(wire)
    this.#queue.wakeRowsOf(wire, NEWS.range)
  }

  /**
   * An interval of integers to which the form is congruent, with the form's coefficients of least magnitude; undefined if
   * some wire has none. It may be wider than the field, and then says nothing.
   */
  intervalOf(form: Affine): Interval | undefined {
    let low = signed(form.constant)
    let high = low
    for (let i = 0; i < form.wires.length; i++) {
      const interval = this.#intervals[form.wires[i]!]
      if (interval === undefined) return undefined
      const coefficient = signed(form.coefficients[i]!)
      low += coefficient * (coefficient > 0n ? interval.low : interval.high)
      high += coefficient * (coefficient > 0n ? interval.high : interval.low)
    }
    return { low, high }
  }

  /** Learns that the form is never 0; a wire whose interval ends at its zero ends before it. */
  learnNonZero(form: Affine): void {
    if (isConstant(form)) return
    if (form.wires.length === 1)
      this.#confineBeside(form.wires[0]!, reduce(-form.constant * invert(form.coefficients[0]!)))
    const wires = this.#nonZero.add(form)
    for (const wire of wires) {
      this.#learned(wire)
      this.#queue.wakeRowsOf(wire, NEWS.nonZero)
    }
  }

  isNonZero(form: Affine): boolean {
    if (isConstant(form)) return form.constant !== 0n
    const interval = this.intervalOf(form)
    if (interval !== undefined && interval.high - interval.low < FIELD) {
      const multiple = floorDivide(interval.high, FIELD) * FIELD
      if (multiple < interval.low) return true
    }
    return this.#nonZero.has(form)
  }

  /** Learns that boolean wires are the bits of an integer below r, each at its place. */
  learnBelowField(bits: BelowField): void {
    this.#belowField.push(bits)
    this.#changes++
    for (const bit of bits.keys()) this.#queue.wakeRowsOf(bit, NEWS.all)
  }

  get belowField(): readonly BelowField[] {
    return this.#belowField
  }

  /** Has a function called with each wire of which something is learned, points left out. */
  onNews(listener: (wire: number) => void): void {
    this.#onNews = listener
  }

  /** The next row that may yield something new. */
  takeRow(): Visit | undefined {
    return this.#queue.take()
  }

  /** Has all rows looked at again as if everything about them were new: rules also look at rows beside their own. */
  wakeAll(): void {
    for (const row of this.system.rows.keys()) if (this.#unknown[row]! > 0) this.#queue.wake(row, NEWS.all)
  }

  #learned(wire: number): void {
    this.#changes++
    this.#onNews?.(wire)
  }

  /** Takes a value that the wire never has from an end of its interval. */
  #confineBeside(wire: number, value: bigint): void {
    const interval = this.#intervals[wire]
    if (interval === undefined || interval.low === interval.high) return
    const { low, high } = interval
    if (value === low) this.confine(wire, { low: low + 1n, high })
    if (value === high) this.confine(wire, { low, high: high - 1n })
  }
}

const BIT: Interval = { low: 0n, high: 1n }

/** Two rows can go on narrowing each other by one for ever; gadgets settle after a few rounds. */
const MOST_CONFINEMENTS = 12

const WHOLE: Interval = { low: 0n, high: FIELD - 1n }

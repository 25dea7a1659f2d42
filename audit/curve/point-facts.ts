import { type Affine, affine } from '../../circom/affine.ts'
import type { System } from '../../circom/system.ts'
import {
  equal,
  isOnCurve,
  multiplyPoint,
  NEUTRAL,
  type Point,
  SUBGROUP_ORDER,
} from '../../protocol/crypto/baby-jubjub.ts'
import {
  type Choice,
  type Coordinate,
  choicesOf,
  coordinateOf,
  isNonZeroIf,
  negated,
  negativesOf,
} from './coordinates.ts'
import { type Multiples, negatives, only, union } from './multiples.ts'
import { ANY_ORDER, eachOrder, ORDER_1, ORDER_2, type Orders, ordersOfMultiples } from './orders.ts'

/**
 * Forms of Baby Jubjub (EIP-2494): `edwards`, 168700 x^2 + y^2 = 1 + 168696 x^2 y^2; `montgomery`, v^2 = u^3 + 168698 u^2 + u
 * with u = (1 + y) / (1 - y) and v = u / x, which has no place for the neutral element.
 */
export type CurveForm = 'edwards' | 'montgomery'

/** What is known of a point of the curve in every witness. */
export interface CurvePoint {
  readonly orders: Orders
  /** By names of bases: the point is c times the base, for one of these c. */
  readonly multiples: ReadonlyMap<string, Multiples>
}

/** What points are read from: rows, and facts of their wires. */
export interface WireFacts {
  readonly system: System
  isBoolean(wire: number): boolean
  isNonZero(form: Affine): boolean
}

/** How many steps from choice to choice are followed for one point. */
const MOST_STEPS = 6
/** Bases by which a point is known at most, the nearest first. */
const MOST_BASES = 4

/**
 * Which pairs of wires are points of Baby Jubjub in every witness that satisfies the system, of which orders, and which
 * multiples of which other points. A point in Edwards form is a base itself, named by its coordinates. Points that one of
 * two others is chosen as, by a bit, and negatives are found in the rows.
 */
export class PointFacts {
  readonly #facts: WireFacts
  readonly #points = new Map<string, CurvePoint>()
  /** Pairs of wires in Edwards form that were asked for and not found, by name. */
  readonly #missing = new Map<string, readonly [x: number, y: number]>()
  /** By names of points and of bases: who asked for them. */
  readonly #readers = new Map<string, Set<number>>()
  #reader: number | undefined
  #onNews: ((reader: number) => void) | undefined
  #changes = 0

  constructor(facts: WireFacts) {
    this.#facts = facts
  }

  /** How often something was learned. */
  get changes(): number {
    return this.#changes
  }

  /** Has a function called with each reader that asked for a point of which something is learned. */
  onNews(listener: (reader: number) => void): void {
    this.#onNews = listener
  }

  /** Whatever `read` gives; what it asks for on the way is noted as asked for by the reader. */
  readBy<T>(reader: number, read: () => T): T {
    this.#reader = reader
    const result = read()
    this.#reader = undefined
    return result
  }

  /** Learns that (x, y), or (u, v), is a point; all facts that are learned of it hold together. */
  learn(form: CurveForm, first: number, second: number, point: Partial<CurvePoint> = {}): void {
    const [u, v] = [coordinateOf(this.#facts.system, first), coordinateOf(this.#facts.system, second)]
    this.#learn(nameOf(form, u, v), form, point)
  }

  find(form: CurveForm, first: number, second: number): CurvePoint | undefined {
    const [u, v] = [coordinateOf(this.#facts.system, first), coordinateOf(this.#facts.system, second)]
    return this.#find(form, u, v, MOST_STEPS)
  }

  /** Pairs of wires that were asked for as points (x, y) and are not known to be any. */
  missing(): readonly (readonly [x: number, y: number])[] {
    return [...this.#missing].flatMap(([name, pair]) => (this.#points.has(name) ? [] : [pair]))
  }

  /** The orders that a base may have. */
  ordersOfBase(base: string): Orders {
    this.#noteReader(base)
    return this.#points.get(base)!.orders
  }

  #learn(name: string, form: CurveForm, { orders = ANY_ORDER, multiples }: Partial<CurvePoint>): CurvePoint {
    const known = this.#points.get(name)
    const own: [string, Multiples][] = form === 'edwards' ? [[name, only(1n)]] : []
    const every = new Map([...own, ...(known?.multiples ?? []), ...(multiples ?? [])])
    const all = new Map([...every].slice(0, MOST_BASES))
    // (u, v) is never the neutral element.
    const least = form === 'montgomery' ? orders & ~ORDER_1 : orders
    const point = { orders: (known?.orders ?? ANY_ORDER) & least, multiples: all }
    this.#points.set(name, point)
    if (known?.orders !== point.orders || known.multiples.size !== all.size) this.#learned(name)
    for (const [base, some] of all) if (base !== name) this.#learnOfBase(base, some, point.orders)
    return point
  }

  /** A base has no order of which the multiple could not have the orders that it has. */
  #learnOfBase(base: string, multiples: Multiples, ofMultiple: Orders): void {
    const known = this.#points.get(base)!
    const orders = eachOrder(known.orders)
      .filter((one) => (ordersOfMultiples(one, multiples) & ofMultiple) !== 0)
      .reduce((set, one) => set | one, 0)
    if (orders === known.orders) return
    this.#points.set(base, { ...known, orders })
    this.#learned(base)
  }

  #noteReader(name: string): void {
    if (this.#reader === undefined) return
    const readers = this.#readers.get(name)
    if (readers === undefined) this.#readers.set(name, new Set([this.#reader]))
    else readers.add(this.#reader)
  }

  #learned(name: string): void {
    this.#changes++
    for (const reader of this.#readers.get(name) ?? []) this.#onNews?.(reader)
  }

  #find(form: CurveForm, first: Coordinate, second: Coordinate, steps: number): CurvePoint | undefined {
    const [plain, mirrored] = form === 'edwards' ? [second, first] : [first, second]
    if (plain.kind === 'wire' && plain.isNegative) return undefined
    if (mirrored.kind === 'wire' && mirrored.isNegative) {
      const point = this.#find(form, ...inOrder(form, plain, negated(mirrored)), steps)
      return point && negativeOf(point)
    }
    const name = nameOf(form, first, second)
    this.#noteReader(name)
    const known = this.#points.get(name)
    if (known !== undefined) return this.#refined(name, form, known, mirrored)
    const found =
      plain.kind === 'constant' && mirrored.kind === 'constant'
        ? constantPoint(form, plain.value, mirrored.value)
        : steps > 0
          ? (this.#negated(form, plain, mirrored, steps - 1) ?? this.#chosen(form, plain, mirrored, steps - 1))
          : undefined
    if (found !== undefined) return this.#learn(name, form, found)
    if (form === 'edwards' && first.kind === 'wire' && second.kind === 'wire') {
      this.#missing.set(name, [first.wire, second.wire])
    }
    return undefined
  }

  /** With what is known of its bases. A point whose x, or v, is not 0 has neither order 1 nor 2. */
  #refined(name: string, form: CurveForm, point: CurvePoint, mirrored: Coordinate): CurvePoint {
    let { orders } = point
    for (const [base, multiples] of point.multiples) orders &= ordersOfMultiples(this.ordersOfBase(base), multiples)
    const isOpen = mirrored.kind === 'wire' && (orders & (ORDER_1 | ORDER_2)) !== 0
    if (isOpen && this.#facts.isNonZero(affine(0n, [[mirrored.wire, 1n]]))) orders &= ~(ORDER_1 | ORDER_2)
    return orders === point.orders ? point : this.#learn(name, form, { orders })
  }

  #negated(form: CurveForm, plain: Coordinate, mirrored: Coordinate, steps: number): CurvePoint | undefined {
    if (mirrored.kind === 'constant') return undefined
    for (const wire of negativesOf(this.#facts.system, mirrored.wire)) {
      const other = coordinateOf(this.#facts.system, wire)
      const point = this.#find(form, ...inOrder(form, plain, other), steps)
      if (point !== undefined) return negativeOf(point)
    }
    return undefined
  }

  /** A point that is one of two by a bit; or that point or its negative. */
  #chosen(form: CurveForm, plain: Coordinate, mirrored: Coordinate, steps: number): CurvePoint | undefined {
    const { system } = this.#facts
    const unchosen = plain.kind === 'constant' ? [] : choicesOf(system, plain.wire)
    for (const { selector, values } of mirrored.kind === 'constant' ? [] : choicesOf(system, mirrored.wire)) {
      if (!this.#facts.isBoolean(selector)) continue
      const same: Choice['values'] = [plain, plain]
      const plains = [...unchosen.filter((one) => one.selector === selector).map((one) => one.values), same]
      for (const [plain0, plain1] of plains) {
        const if0 = this.#option(form, plain0, values[0], [selector, 0n], steps)
        const if1 = if0 && this.#option(form, plain1, values[1], [selector, 1n], steps)
        if (if0 !== undefined && if1 !== undefined) return eitherOf(if0, if1)
      }
    }
    return undefined
  }

  #option(
    form: CurveForm,
    plain: Coordinate,
    mirrored: Coordinate,
    [selector, bit]: readonly [number, bigint],
    steps: number,
  ): CurvePoint | undefined {
    const point = this.#find(form, ...inOrder(form, plain, mirrored), steps)
    const isRefined =
      form === 'edwards' && mirrored.kind === 'wire' && isNonZeroIf(this.#facts.system, mirrored.wire, selector, bit)
    return point && isRefined ? { ...point, orders: point.orders & ~(ORDER_1 | ORDER_2) } : point
  }
}

/** One of two points: what both have in common. */
export function eitherOf(p: CurvePoint, q: CurvePoint): CurvePoint {
  const multiples = new Map<string, Multiples>()
  for (const base of new Set([...p.multiples.keys(), ...q.multiples.keys()])) {
    const [ofP, ofQ] = [multiplesBy(p, base), multiplesBy(q, base)]
    if (ofP !== undefined && ofQ !== undefined) multiples.set(base, union(ofP, ofQ))
  }
  return { orders: p.orders | q.orders, multiples }
}

/** The neutral element is 0 times whatever base. */
function multiplesBy({ orders, multiples }: CurvePoint, base: string): Multiples | undefined {
  return multiples.get(base) ?? (orders === ORDER_1 ? only(0n) : undefined)
}

function negativeOf({ orders, multiples }: CurvePoint): CurvePoint {
  return { orders, multiples: new Map([...multiples].map(([base, all]) => [base, negatives(all)])) }
}

/** Coordinates of a form, given as the one that the negative shares and the other one. */
function inOrder(form: CurveForm, plain: Coordinate, mirrored: Coordinate): [first: Coordinate, second: Coordinate] {
  return form === 'edwards' ? [mirrored, plain] : [plain, mirrored]
}

/** Constants in Montgomery form are known by what computes them. */
function constantPoint(form: CurveForm, y: bigint, x: bigint): CurvePoint | undefined {
  if (form === 'montgomery' || !isOnCurve({ x, y })) return undefined
  return { orders: orderOf({ x, y }), multiples: new Map() }
}

function orderOf(point: Point): Orders {
  const small = multiplyPoint(point, SUBGROUP_ORDER)
  const twos = [1n, 2n, 4n].findIndex((factor) => equal(multiplyPoint(small, factor), NEUTRAL))
  const hasPrime = !equal(multiplyPoint(point, 8n), NEUTRAL)
  return 1 << ((twos < 0 ? 3 : twos) + (hasPrime ? 4 : 0))
}

function nameOf(form: CurveForm, ...coordinates: readonly Coordinate[]): string {
  const texts = coordinates.map((one) => (one.kind === 'constant' ? `=${one.value}` : String(one.wire)))
  return `${form}(${texts.join(', ')})`
}

import type { R1cs } from '../../circom/r1cs.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { Random } from '../../protocol/random.ts'
import { type Constraint, r1csOf, type Terms } from './constraint-rows.ts'

/** A value in each of the two witnesses. */
export type Two = readonly [bigint, bigint]

/** A system with two witnesses that satisfy all of it, by construction. */
export interface Planted {
  readonly r1cs: R1cs
  readonly witnesses: readonly [readonly bigint[], readonly bigint[]]
  /** Some wires in which the witnesses agree. */
  readonly inputs: readonly number[]
  /** Lists of bit wires by place, each a number below r in both witnesses. */
  readonly belowField: readonly ReadonlyMap<number, number>[]
}

/** Two witnesses and the constraints that both satisfy, grown piece by piece. */
export class Plot {
  readonly random: Random
  readonly values: Two[] = [[1n, 1n]]
  readonly constraints: Constraint[] = []
  readonly belowField: Map<number, number>[] = []
  /** Wires that are seldom made inputs: what a shape is about, not what it is given. */
  readonly inner = new Set<number>()

  constructor(random: Random) {
    this.random = random
  }

  /** A new wire. */
  wire(first: bigint, second: bigint): number {
    return this.values.push([reduce(first), reduce(second)]) - 1
  }

  /** A new wire that is seldom made an input. */
  innerWire(first: bigint, second: bigint): number {
    const wire = this.wire(first, second)
    this.inner.add(wire)
    return wire
  }

  /** A new wire whose value follows from those of others. */
  derive(of: readonly number[], value: (...values: bigint[]) => bigint): number {
    const [first, second] = [0, 1].map((side) => value(...of.map((wire) => this.values[wire]![side]!)))
    return this.random.chance(60) ? this.innerWire(first!, second!) : this.wire(first!, second!)
  }

  /** A wire that was there before. */
  any(): number {
    return 1 + Number(this.random.between(0n, BigInt(this.values.length - 2)))
  }

  /** A wire in which the witnesses agree, so that it may become an input: an old one if there is any. */
  agreed(): number {
    const old = this.values.flatMap(([x, y], wire) => (wire > 0 && x === y && !this.inner.has(wire) ? [wire] : []))
    if (old.length > 0 && this.random.chance(70)) return this.random.pick(old)
    const value = this.value()
    return this.wire(value, value)
  }

  /** Some distinct wires that were there before, at most `most`. */
  some(most: number): number[] {
    const count = Number(this.random.between(1n, BigInt(most)))
    const areAgreed = this.random.chance(30)
    return [...new Set(Array.from({ length: count }, () => (areAgreed ? this.agreed() : this.any())))]
  }

  /** A wire that is 0 or 1 in both witnesses: an old one if there is one and chance wills it. */
  bit(): number {
    const old = this.values.flatMap((two, wire) => (wire > 0 && two.every((value) => value < 2n) ? [wire] : []))
    if (old.length > 0 && this.random.chance(60)) return this.random.pick(old)
    const wire = this.innerWire(this.random.between(0n, 1n), this.random.between(0n, 1n))
    if (this.random.chance(85)) this.boolean(wire)
    return wire
  }

  /** Says in one of many ways that a wire is 0 or 1. */
  boolean(wire: number): void {
    const k = this.coefficient()
    this.add(
      ...this.random.pick<Constraint>([
        [
          [[wire, 1n]],
          [
            [wire, 1n],
            [0, -1n],
          ],
          [],
        ],
        [
          [
            [wire, 1n],
            [0, -1n],
          ],
          [[wire, 1n]],
          [],
        ],
        [
          [[wire, k]],
          [
            [wire, -k],
            [0, k],
          ],
          [],
        ],
        [[[wire, 1n]], [[wire, 1n]], [[wire, 1n]]],
        [[[wire, k]], [[wire, 1n]], [[wire, k]]],
        [
          [
            [wire, 1n],
            [0, 2n],
          ],
          [
            [wire, 1n],
            [0, -1n],
          ],
          [
            [wire, 2n],
            [0, -2n],
          ],
        ],
      ]),
    )
  }

  coefficient(): bigint {
    const { random } = this
    const power = 1n << random.between(0n, 253n)
    return random.pick([1n, 1n, 1n, -1n, -1n, 2n, -2n, 3n, 5n, power, -power, this.value() || 1n])
  }

  value(): bigint {
    const { random } = this
    const power = 1n << random.between(0n, 253n)
    const half = (FIELD - 1n) / 2n
    const wide = (random.next() << 192n) + (random.next() << 128n) + (random.next() << 64n) + random.next()
    const small = random.between(0n, 8n)
    return reduce(
      random.pick([0n, 0n, 1n, 1n, small, small, FIELD - 1n, FIELD - small, power, power - 1n, half, half + 1n, wide]),
    )
  }

  evaluate(terms: Terms): Two {
    const at = (side: 0 | 1) => reduce(terms.reduce((sum, [wire, c]) => sum + c * this.values[wire]![side], 0n))
    return [at(0), at(1)]
  }

  /** A combination of old wires. */
  form(most = 3): Terms {
    const terms = this.some(most).map((wire) => [wire, this.coefficient()] as const)
    return this.random.chance(40) ? [...terms, [0, this.coefficient()]] : terms
  }

  /** Adds a constraint, which both witnesses must satisfy. */
  add(a: Terms, b: Terms, c: Terms): void {
    const [x, y, z] = [a, b, c].map((terms) => this.evaluate(terms)) as [Two, Two, Two]
    for (const side of [0, 1] as const) {
      if (reduce(x[side] * y[side] - z[side]) !== 0n) throw new Error('a planted witness breaks a constraint')
    }
    const canonical = (terms: Terms) => terms.map(([wire, k]) => [wire, reduce(k)] as const).filter(([, k]) => k !== 0n)
    this.constraints.push([canonical(a), canonical(b), canonical(c)])
  }

  /** Adds form = 0 in one of the ways in which a constraint can say so. */
  zero(form: Terms): void {
    const { random } = this
    const k = this.coefficient()
    if (random.chance(60)) this.add([], [], form)
    else if (random.chance(50)) this.add([[0, k]], form, [])
    else this.add(form.slice(1), [[0, -1n]], form.slice(0, 1))
  }

  /** Makes the form 0 in both witnesses by changing the coefficient of one of its wires, and its constant; or gives up. */
  balance(form: Terms, other: Two = [0n, 0n]): Terms | undefined {
    const [first, second] = this.evaluate(form)
    const gap = reduce(first - second - other[0] + other[1])
    if (gap === 0n) return [...form, [0, reduce(other[0] - first)]]
    const movable = form.filter(([wire]) => this.values[wire]![0] !== this.values[wire]![1])
    if (movable.length === 0) return undefined
    const [wire] = this.random.pick(movable)
    const [x, y] = this.values[wire]!
    const change = reduce(-gap * invert(reduce(x - y)))
    const changed: Terms = [...form, [wire, change]]
    return [...changed, [0, reduce(other[0] - this.evaluate(changed)[0])]]
  }

  /** Ends with inputs chosen among the wires in which the witnesses agree. */
  finish(): Planted {
    const { random, values } = this
    const share = random.pick([30, 80, 100, 100])
    const innerShare = random.pick([0, 0, 0, 20])
    const isInput = (wire: number) => random.chance(this.inner.has(wire) ? innerShare : share)
    const inputs = values.flatMap(([x, y], wire) => (wire > 0 && x === y && isInput(wire) ? [wire] : []))
    // Wires get their numbers in random order: rules must not depend on it.
    const order = values.map((_, wire) => wire)
    for (let i = order.length - 1; i > 1; i--) {
      const j = Number(random.between(1n, BigInt(i)))
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    const place = (wire: number) => order[wire]!
    const moved = (terms: Terms) => mergeTerms(terms.map(([wire, k]) => [place(wire), k] as const))
    const constraints = this.constraints.map((row) => row.map(moved) as unknown as Constraint)
    const witnesses = [0, 1].map((side) => {
      const witness: bigint[] = []
      for (const [wire, two] of values.entries()) witness[place(wire)] = two[side as 0 | 1]
      return witness
    })
    return {
      r1cs: r1csOf({ nWires: values.length, constraints }),
      witnesses: witnesses as unknown as Planted['witnesses'],
      inputs: inputs.map(place),
      belowField: this.belowField.map((bits) => new Map([...bits].map(([wire, at]) => [place(wire), at]))),
    }
  }
}

function mergeTerms(terms: Terms): Terms {
  const sums = new Map<number, bigint>()
  for (const [wire, k] of terms) sums.set(wire, reduce((sums.get(wire) ?? 0n) + k))
  return [...sums].filter(([, k]) => k !== 0n)
}

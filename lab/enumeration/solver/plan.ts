import { type Constraint, type LinearForm, wiresOf } from '../../../circom/linear-form.ts'
import type { ConnectedPart } from './connected-part.ts'

/** a * b - c over known wires. */
export type Value = Constraint

/** One step of finding every solution of a system. Each keeps all solutions: see {@link planSolutions}. */
export type Step =
  /** wire = value / divisor */
  | { readonly kind: 'assign'; readonly wire: number; readonly value: Value; readonly divisor: bigint }
  /** No solution unless the constraint holds. */
  | { readonly kind: 'check'; readonly row: number }
  /** The bits, lowest first, spell value / divisor, or there is no solution. */
  | { readonly kind: 'spell'; readonly bits: readonly number[]; readonly value: Value; readonly divisor: bigint }
  /** Every vector of 0 and 1 with sum(weights * bits) = value. */
  | {
      readonly kind: 'pick'
      readonly bits: readonly number[]
      readonly weights: readonly bigint[]
      readonly value: Value
    }
  /** Every vector of 0 and 1. */
  | { readonly kind: 'try'; readonly bits: readonly number[] }
  /**
   * factor * dangling = slope * wire + rest and factor * wire = 0, where no other constraint mentions `dangling`: the wire is
   * 0 if factor is not; else -rest / slope, and `dangling` is free.
   */
  | {
      readonly kind: 'zero'
      readonly wire: number
      readonly dangling: number
      readonly factor: LinearForm
      readonly slope: bigint
      readonly rest: LinearForm
    }
  /** factor * dangling = dividend, where no other constraint mentions `dangling`: no solution if only factor is 0. */
  | {
      readonly kind: 'quotient'
      readonly dangling: number
      readonly factor: LinearForm
      readonly dividend: LinearForm
    }

export interface Plan {
  readonly steps: readonly Step[]
  /** Wires that no constraint is about any more: every value of them fits. */
  readonly free: readonly number[]
  /** The inverses of `zero` steps and the quotients: every value of them fits where the factor is 0. */
  readonly dangling: readonly number[]
}

/** Vectors of this many bits are tried one by one. */
const MOST_BITS = 14

/**
 * How to find all solutions of a system over the field, given the known wires: what follows is computed, the rest is tried.
 * Only 0/1 wires are ever tried, both values; so nothing is left out. Throws where that is not enough.
 */
export function planSolutions(system: ConnectedPart, known: Iterable<number>): Plan {
  const planner = new Planner(system, known)
  while (planner.advance());
  return planner.finish()
}

interface Linear {
  readonly row: number
  /** Sum of weight * wire over the unknown wires, and value, make 0. */
  readonly weights: ReadonlyMap<number, bigint>
  readonly value: Value
  readonly others: readonly number[]
  readonly bits: readonly number[]
}

class Planner {
  readonly #system: ConnectedPart
  readonly #known: Set<number>
  readonly #open: Set<number>
  readonly #steps: Step[] = []
  readonly #dangling: number[] = []
  readonly #rowsOf = new Map<number, number[]>()

  constructor(system: ConnectedPart, known: Iterable<number>) {
    this.#system = system
    this.#known = new Set(known)
    this.#open = new Set(system.constraints.keys())
    for (const [row, constraint] of system.constraints.entries()) {
      for (const wire of wiresOf(constraint)) this.#rowsOf.set(wire, [...(this.#rowsOf.get(wire) ?? []), row])
    }
  }

  finish(): Plan {
    if (this.#open.size > 0) throw new Error(`no way to go on; open constraints: ${[...this.#open].join(' ')}`)
    const free = [...this.#system.wires].filter((wire) => !this.#known.has(wire))
    return { steps: this.#steps, free, dangling: this.#dangling }
  }

  /** Some more steps; false when no constraint is left or none helps. */
  advance(): boolean {
    let advanced = false
    for (const row of this.#open) if (this.#settle(row)) advanced = true
    return advanced || this.#branch()
  }

  /** What a constraint alone determines. */
  #settle(row: number): boolean {
    const constraint = this.#system.constraints[row]!
    const unknown = wiresOf(constraint).filter((wire) => !this.#known.has(wire))
    if (unknown.length === 0) {
      this.#open.delete(row)
      this.#steps.push({ kind: 'check', row })
      return true
    }
    const linear = this.#linear(row)
    if (linear === undefined) return this.#settleZero(row) || this.#settleQuotient(row)
    const { weights, value, bits, others } = linear
    if (unknown.length === 1) {
      this.#open.delete(row)
      this.#assign(unknown[0]!, value, -weights.get(unknown[0]!)!)
      return true
    }
    if (others.length > 0) return false
    const spelt = spelling(weights)
    if (spelt !== undefined) {
      this.#open.delete(row)
      this.#learnBits(spelt.bits)
      this.#steps.push({ kind: 'spell', bits: spelt.bits, value, divisor: -spelt.unit })
      return true
    }
    if (bits.length > MOST_BITS || ambiguity([...weights.values()]) > 1) return false
    this.#pick(linear)
    return true
  }

  #assign(wire: number, value: Value, divisor: bigint): void {
    this.#known.add(wire)
    this.#steps.push({ kind: 'assign', wire, value, divisor })
  }

  /** Wires that are 0 or 1 from here on: their own constraint holds. */
  #learnBits(bits: readonly number[]): void {
    for (const wire of bits) {
      this.#known.add(wire)
      this.#open.delete(this.#system.booleans.get(wire)!)
    }
  }

  #pick({ row, weights, value, bits }: Linear): void {
    this.#open.delete(row)
    this.#learnBits(bits)
    this.#steps.push({ kind: 'pick', bits, weights: bits.map((wire) => -weights.get(wire)!), value })
  }

  /** The constraint as a linear one over its unknown wires, if their coefficients are constants. */
  #linear(row: number): Linear | undefined {
    const { a, b, c } = this.#system.constraints[row]!
    const [known, other] = this.#isKnown(a) ? [a, b] : [b, a]
    if (!this.#isKnown(known)) return undefined
    const [, otherUnknown] = this.#split(other)
    if (otherUnknown.size > 0 && known.terms.size > 0) return undefined
    const [knownC, unknownC] = this.#split(c)
    const weights = new Map<number, bigint>()
    for (const [wire, coefficient] of otherUnknown) weights.set(wire, coefficient * known.constant)
    for (const [wire, coefficient] of unknownC) weights.set(wire, (weights.get(wire) ?? 0n) - coefficient)
    if ([...weights.values()].includes(0n)) return undefined
    const wires = [...weights.keys()]
    return {
      row,
      weights,
      value: { a: known, b: this.#split(other)[0], c: knownC },
      bits: wires.filter((wire) => this.#system.booleans.has(wire)),
      others: wires.filter((wire) => !this.#system.booleans.has(wire)),
    }
  }

  #isKnown(combination: LinearForm): boolean {
    return [...combination.terms.keys()].every((wire) => this.#known.has(wire))
  }

  #split({ constant, terms }: LinearForm): [LinearForm, Map<number, bigint>] {
    const known = new Map([...terms].filter(([wire]) => this.#known.has(wire)))
    return [{ constant, terms: known }, new Map([...terms].filter(([wire]) => !this.#known.has(wire)))]
  }

  /** A factor that no other constraint mentions, beside one that is known; undefined if the constraint has none. */
  #danglingFactor(row: number): { dangling: number; factor: LinearForm; scaled: LinearForm } | undefined {
    const { a, b } = this.#system.constraints[row]!
    for (const [factor, lone] of [
      [a, b],
      [b, a],
    ] as const) {
      const [dangling, weight] = [...lone.terms][0] ?? []
      if (dangling === undefined || lone.terms.size > 1 || lone.constant !== 0n || this.#known.has(dangling)) continue
      if (!this.#isKnown(factor) || this.#rowsOf.get(dangling)!.length > 1) continue
      const scaled = { constant: factor.constant * weight!, terms: scale(factor.terms, weight!) }
      return { dangling, factor, scaled }
    }
    return undefined
  }

  #settleQuotient(row: number): boolean {
    const { c } = this.#system.constraints[row]!
    const found = this.#danglingFactor(row)
    if (found === undefined || !this.#isKnown(c)) return false
    const { dangling, scaled } = found
    this.#open.delete(row)
    this.#known.add(dangling)
    this.#dangling.push(dangling)
    this.#steps.push({ kind: 'quotient', dangling, factor: scaled, dividend: c })
    return true
  }

  /** The two constraints of a test for zero. */
  #settleZero(row: number): boolean {
    const found = this.#danglingFactor(row)
    if (found === undefined) return false
    const { dangling, factor, scaled } = found
    const [rest, unknown] = this.#split(this.#system.constraints[row]!.c)
    const [wire, slope] = [...unknown][0] ?? []
    if (wire === undefined || unknown.size > 1 || wire === dangling) return false
    const product = this.#rowsOf
      .get(wire)!
      .find((other) => this.#open.has(other) && this.#saysZero(other, factor, wire))
    if (product === undefined) return false
    this.#open.delete(row)
    this.#open.delete(product)
    this.#known.add(wire)
    this.#known.add(dangling)
    this.#dangling.push(dangling)
    this.#steps.push({ kind: 'zero', wire, dangling, factor: scaled, slope: slope!, rest })
    return true
  }

  /** Whether the constraint is factor * wire = 0, up to constant factors. */
  #saysZero(row: number, factor: LinearForm, wire: number): boolean {
    const { a, b, c } = this.#system.constraints[row]!
    if (c.constant !== 0n || c.terms.size > 0) return false
    const isWire = ({ constant, terms }: LinearForm) => constant === 0n && terms.size === 1 && terms.has(wire)
    return (isWire(b) && areProportional(a, factor)) || (isWire(a) && areProportional(b, factor))
  }

  /** Tries what has the fewest cases. */
  #branch(): boolean {
    let best: { cost: number; act: () => void } | undefined
    const offer = (cost: number, act: () => void) => {
      if (best === undefined || cost < best.cost) best = { cost, act }
    }
    const spelling = new Set<number>()
    for (const row of this.#open) {
      const linear = this.#linear(row)
      if (linear === undefined) continue
      const { bits, others, weights } = linear
      if (others.length > 0) for (const bit of bits) spelling.add(bit)
      if (bits.length > MOST_BITS || bits.length === 0) continue
      if (others.length === 0) offer(Math.log2(ambiguity([...weights.values()])), () => this.#pick(linear))
      if (others.length === 1) offer(bits.length, () => this.#try(bits))
    }
    // the bits of a number that is not known yet come last: there are many
    for (const wire of this.#system.booleans.keys()) {
      if (!this.#known.has(wire)) offer(spelling.has(wire) ? MOST_BITS + 1 : 1, () => this.#try([wire]))
    }
    best?.act()
    return best !== undefined
  }

  #try(bits: readonly number[]): void {
    this.#learnBits(bits)
    this.#steps.push({ kind: 'try', bits })
  }
}

function scale(terms: ReadonlyMap<number, bigint>, factor: bigint): Map<number, bigint> {
  return new Map([...terms].map(([wire, coefficient]) => [wire, coefficient * factor]))
}

function areProportional(one: LinearForm, other: LinearForm): boolean {
  const wires = new Set([...one.terms.keys(), ...other.terms.keys()])
  const pairs = [...wires].map((wire) => [one.terms.get(wire) ?? 0n, other.terms.get(wire) ?? 0n] as const)
  pairs.push([one.constant, other.constant])
  const [first, second] = pairs.find(([x]) => x !== 0n) ?? [0n, 0n]
  return first !== 0n && second !== 0n && pairs.every(([x, y]) => x * second === y * first)
}

/** The wires in the order of their weights, if those are unit * 1, 2, 4 ... */
function spelling(weights: ReadonlyMap<number, bigint>): { bits: number[]; unit: bigint } | undefined {
  const size = (x: bigint) => (x < 0n ? -x : x)
  const sorted = [...weights].sort(([, x], [, y]) => (size(x) < size(y) ? -1 : 1))
  const unit = sorted[0]![1]
  if (sorted.length > 253 || sorted.some(([, weight], i) => weight !== unit << BigInt(i))) return undefined
  return { bits: sorted.map(([wire]) => wire), unit }
}

/** Most vectors of 0 and 1 that have the same sum. */
function ambiguity(weights: readonly bigint[]): number {
  const counts = new Map<bigint, number>([[0n, 1]])
  for (const weight of weights) {
    const shifted = [...counts].map(([sum, count]) => [sum + weight, count] as const)
    for (const [sum, count] of shifted) counts.set(sum, (counts.get(sum) ?? 0) + count)
  }
  return Math.max(...counts.values())
}

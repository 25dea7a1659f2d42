import { type LinearForm, wiresOf } from '../../../circom/linear-form.ts'
import { invert } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { ConnectedPart } from './connected-part.ts'
import type { Plan, Step, Value } from './plan.ts'

/** How numbers are written: as small integers that stand for field elements, or as canonical field elements. */
export type Arithmetic = 'small' | 'field'

/** Above this the small integers of JavaScript are not exact. */
const EXACT = 1n << 53n
/** Wires that may grow beyond this are looked at when they are computed. */
const GUARD = 1n << 20n

/** What generated code needs: vectors of bits (as one number each) by their weighted sum, per `pick` step. */
export type PickTable = ReadonlyMap<number | bigint, readonly number[]>

export interface Program {
  readonly source: string
  readonly tables: readonly PickTable[]
}

/**
 * The plan as JavaScript: a function body over `x` (known values), `out` (read wires), `visit`, `tables`, `M` (reduction) and
 * `inverse`; returns the number of solutions. Small arithmetic is exact: bounds of all intermediate values are worked out
 * here from `bound`, that of the known ones, and stay below 2^53; what could grow too large is looked at as it is computed.
 */
export function emitProgram(
  system: ConnectedPart,
  plan: Plan,
  options: { known: readonly number[]; read: readonly number[]; arithmetic: Arithmetic; bound: bigint },
): Program {
  const emitter = new Emitter(system, options.arithmetic)
  emitter.begin(options.known, options.bound)
  const live = liveAfter(system, plan.steps, options.read)
  for (const [index, step] of plan.steps.entries()) emitter.step(step, live[index]!)
  emitter.end(options.read)
  return emitter
}

/** For every step, the wires that something behind it looks at. */
function liveAfter(system: ConnectedPart, steps: readonly Step[], read: readonly number[]): Set<number>[] {
  const live = new Set(read)
  const after: Set<number>[] = []
  for (const [index, step] of [...steps.entries()].reverse()) {
    after[index] = new Set(live)
    if (step.kind === 'assign' && !live.has(step.wire)) continue
    for (const wire of mentioned(system, step)) live.add(wire)
  }
  return after
}

function mentioned(system: ConnectedPart, step: Step): number[] {
  if (step.kind === 'try') return []
  if (step.kind === 'zero') return [...step.factor.terms.keys(), ...step.rest.terms.keys()]
  if (step.kind === 'quotient') return [...step.factor.terms.keys(), ...step.dividend.terms.keys()]
  return wiresOf(step.kind === 'check' ? system.constraints[step.row]! : step.value)
}

class Emitter implements Program {
  readonly tables: PickTable[] = []
  readonly #system: ConnectedPart
  readonly #small: boolean
  readonly #lines: string[] = []
  readonly #bounds = new Map<number, bigint>()
  #depth = 0

  constructor(system: ConnectedPart, arithmetic: Arithmetic) {
    this.#system = system
    this.#small = arithmetic === 'small'
  }

  get source(): string {
    return this.#lines.join('\n')
  }

  begin(known: readonly number[], bound: bigint): void {
    this.#lines.push('let count = 0;')
    for (const [position, wire] of known.entries()) {
      this.#lines.push(`const w${wire} = x[${position}];`)
      this.#bounds.set(wire, bound)
    }
  }

  end(read: readonly number[]): void {
    for (const [position, wire] of read.entries()) this.#lines.push(`out[${position}] = w${wire};`)
    this.#lines.push('count++; visit(out);', '}'.repeat(this.#depth), 'return count;')
  }

  step(step: Step, live: ReadonlySet<number>): void {
    switch (step.kind) {
      case 'assign':
        if (live.has(step.wire)) this.#assign(step.wire, step.value, step.divisor)
        return
      case 'check':
        this.#failIf(`${this.#reduced(this.#system.constraints[step.row]!)} !== ${this.#number(0n)}`)
        return
      case 'spell':
        this.#spell(step.bits, step.value, step.divisor, live)
        return
      case 'pick': {
        const table = this.tables.push(this.#table(step.weights)) - 1
        const key = this.#reduced(step.value)
        this.#loop(`for (const bits of tables[${table}].get(${key}) ?? []) {`, step.bits, live)
        return
      }
      case 'try':
        this.#loop(`for (let bits = 0; bits < ${1 << step.bits.length}; bits++) {`, step.bits, live)
        return
      case 'zero':
        this.#zero(step, live)
        return
      case 'quotient':
        this.#quotient(step, live)
    }
  }

  #failIf(condition: string): void {
    this.#lines.push(`if (${condition}) ${this.#depth > 0 ? 'continue' : 'return count'};`)
  }

  #assign(wire: number, value: Value, divisor: bigint): void {
    const bound = this.#boundOf(value)
    const expression = this.#value(value)
    this.#bounds.set(wire, bound < GUARD ? bound : GUARD)
    if (divisor === 1n || divisor === -1n) {
      const signed = divisor === 1n ? expression : `-(${expression})`
      this.#lines.push(`const w${wire} = ${this.#small ? `${signed} + 0` : `M(${signed})`};`)
      if (this.#small && bound > GUARD) this.#guard(wire)
      return
    }
    if (!this.#small) {
      this.#lines.push(`const w${wire} = M((${expression}) * ${invert(divisor)}n);`)
      return
    }
    this.#lines.push(`const w${wire} = (${expression}) / ${divisor} + 0;`)
    this.#lines.push(`if (!Number.isInteger(w${wire})) throw new Error('not a small integer');`)
    if (bound > GUARD) this.#guard(wire)
  }

  #guard(wire: number): void {
    this.#lines.push(`if (w${wire} > ${GUARD} || w${wire} < -${GUARD}) throw new Error('not a small integer');`)
  }

  #spell(bits: readonly number[], value: Value, divisor: bigint, live: ReadonlySet<number>): void {
    const name = `v${this.#lines.length}`
    const expression = this.#value(value)
    if (this.#small) {
      if (divisor !== 1n && divisor !== -1n && bits.length > 200) throw new Error('a scaled number of so many bits')
      this.#boundOf(value)
      this.#lines.push(`const ${name} = (${expression}) / ${divisor};`)
      this.#failIf(`!(${name} >= 0 && ${name} < ${2 ** bits.length}) || ${name} !== Math.floor(${name})`)
    } else {
      this.#lines.push(`const ${name} = M((${expression}) * ${invert(divisor)}n);`)
      this.#failIf(`${name} >= ${1n << BigInt(bits.length)}n`)
    }
    for (const [i, wire] of bits.entries()) {
      this.#bounds.set(wire, 1n)
      if (!live.has(wire)) continue
      const small = i < 31 && bits.length <= 31 ? `(${name} >> ${i}) & 1` : `Math.floor(${name} / ${2 ** i}) % 2`
      this.#lines.push(`const w${wire} = ${this.#small ? small : `(${name} >> ${i}n) & 1n`};`)
    }
  }

  #loop(head: string, bits: readonly number[], live: ReadonlySet<number>): void {
    this.#depth++
    this.#lines.push(head)
    for (const [i, wire] of bits.entries()) {
      this.#bounds.set(wire, 1n)
      const bit = `(bits >> ${i}) & 1`
      if (live.has(wire)) this.#lines.push(`const w${wire} = ${this.#small ? bit : `BigInt(${bit})`};`)
    }
  }

  #quotient({ dangling, factor, dividend }: Step & { kind: 'quotient' }, live: ReadonlySet<number>): void {
    this.#boundOf({ a: factor, b: ONE, c: dividend })
    const reduced = (form: LinearForm) => (this.#small ? `(${this.#linear(form)})` : `M(${this.#linear(form)})`)
    const [k, l, zero] = [reduced(factor), reduced(dividend), this.#number(0n)]
    this.#failIf(`${k} === ${zero} && ${l} !== ${zero}`)
    if (!live.has(dangling)) return
    if (this.#small) throw new Error('a quotient is no small integer')
    this.#lines.push(`const w${dangling} = ${k} === 0n ? 0n : M(${l} * inverse(${k}));`)
  }

  #zero({ wire, dangling, factor, slope, rest }: Step & { kind: 'zero' }, live: ReadonlySet<number>): void {
    const name = `v${this.#lines.length}`
    if (this.#small && slope !== 1n && slope !== -1n) throw new Error('a scaled test for zero')
    this.#boundOf({ a: factor, b: ONE, c: rest })
    const [k, l] = [this.#linear(factor), this.#linear(rest)]
    const root = this.#small ? `${slope === 1n ? '-' : ''}(${l}) + 0` : `M((${l}) * ${invert(-slope)}n)`
    this.#lines.push(`const ${name} = ${this.#small ? k : `M(${k})`};`)
    const zero = this.#number(0n)
    this.#lines.push(`const w${wire} = ${name} === ${zero} ? ${root} : ${zero};`)
    this.#bounds.set(wire, this.#boundOfLinear(rest))
    if (!live.has(dangling)) return
    if (this.#small) throw new Error('the inverse in a test for zero is no small integer')
    this.#lines.push(`const w${dangling} = ${name} === 0n ? 0n : M((${slope}n * w${wire} + ${l}) * inverse(${name}));`)
  }

  #table(weights: readonly bigint[]): PickTable {
    const table = new Map<number | bigint, number[]>()
    for (let bits = 0; bits < 1 << weights.length; bits++) {
      const sum = weights.reduce((total, weight, i) => ((bits >> i) & 1 ? total + weight : total), 0n)
      const key = this.#small ? Number(sum) : ((sum % FIELD) + FIELD) % FIELD
      table.set(key, [...(table.get(key) ?? []), bits])
    }
    return table
  }

  #number(x: bigint): string {
    return this.#small ? `${x}` : `${x}n`
  }

  /** a * b - c, canonical. */
  #reduced(value: Value): string {
    this.#boundOf(value)
    return this.#small ? this.#value(value) : `M(${this.#value(value)})`
  }

  #value({ a, b, c }: Value): string {
    const isZero = ({ constant, terms }: LinearForm) => constant === 0n && terms.size === 0
    if (isZero(a) || isZero(b)) return isZero(c) ? this.#number(0n) : `-(${this.#linear(c)})`
    const product = `(${this.#linear(a)}) * (${this.#linear(b)})`
    return isZero(c) ? product : `${product} - (${this.#linear(c)})`
  }

  #linear({ constant, terms }: LinearForm): string {
    const parts = [...terms].map(([wire, coefficient]) => {
      if (coefficient === 1n) return `w${wire}`
      return coefficient === -1n ? `-w${wire}` : `${this.#number(coefficient)} * w${wire}`
    })
    if (constant !== 0n || parts.length === 0) parts.push(this.#number(constant))
    return parts.join(' + ')
  }

  /** Bound of every intermediate value of a * b - c; small arithmetic must hold them all exactly. */
  #boundOf({ a, b, c }: Value): bigint {
    const bound = this.#boundOfLinear(a) * this.#boundOfLinear(b) + this.#boundOfLinear(c)
    if (this.#small && bound >= EXACT) throw new Error('numbers may grow beyond what small arithmetic holds')
    return bound
  }

  #boundOfLinear({ constant, terms }: LinearForm): bigint {
    const size = (x: bigint) => (x < 0n ? -x : x)
    let sum = size(constant)
    for (const [wire, coefficient] of terms) sum += size(coefficient) * this.#bounds.get(wire)!
    return sum
  }
}

const ONE: LinearForm = { constant: 1n, terms: new Map() }

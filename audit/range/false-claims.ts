import { signed } from '../../circom/affine.ts'
import { divide, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { integerOf, isFalseClaim, type Values } from './claim.ts'
import { type Gadget, operandsOf } from './gadgets.ts'
import type { Integers } from './integers.ts'

/** Values of a gadget's operands, and the number that its bits make of them. */
export interface OperandChoice {
  readonly values: ReadonlyMap<number, bigint>
  readonly number: bigint
}

/** Choices that are tried of one gadget. */
const MOST_CHOICES = 48
/** What an operand is given before it is solved for: numbers that everybody knows as -1 and -2. */
const PLAIN = [FIELD - 1n, FIELD - 2n]
/** Combinations that are looked at for them. */
const MOST_TRIES = 4000

/**
 * Values of operands of which the gadget claims what is false, plain ones first: for each number that its bits may make, and
 * values of all operands but one, the one that makes up for the rest. Bounded operands keep to their bounds.
 */
export function* falseClaims(gadget: Gadget, integers: Integers, base: Values): Generator<OperandChoice> {
  const operands = operandsOf(gadget.expression)
  const { form } = gadget.expression
  const isAlone = (wire: number) => form.wires.includes(wire) && !operandsOfProduct(gadget).includes(wire)
  const unbounded = operands.filter((wire) => integers.interval(wire) === undefined)
  const solvable = [...unbounded, ...operands].filter(isAlone)
  const targets = targetsOf(gadget)
  let [found, tries] = [0, 0]
  const seen = new Set<string>()
  for (const own of new Set(solvable.length > 0 ? solvable : operands)) {
    const others = operands.filter((wire) => wire !== own)
    for (const values of combinations(others, (wire) => pickable(wire, integers, base))) {
      const plain = PLAIN.map((value) => ({ value, number: residueOf(gadget, own, value, values) }))
      const solved = targets.map((number) => ({ value: solveFor(gadget, own, number, values), number }))
      for (const { value, number } of [...plain, ...solved]) {
        if (tries++ > MOST_TRIES || found >= MOST_CHOICES) return
        if (value === undefined || number >> BigInt(gadget.bits.length) > 0n || !fits(integers, own, value)) continue
        const all = new Map([...values, [own, value]])
        const integer = integerOf(gadget.expression, integers, (wire) => all.get(wire)!)
        if (!isFalseClaim(gadget, integer, number)) continue
        const name = operands.map((wire) => all.get(wire)).join()
        if (seen.has(name)) continue
        seen.add(name)
        found++
        yield { values: all, number }
      }
    }
  }
}

function operandsOfProduct({ expression: { product } }: Gadget): readonly number[] {
  return product === undefined ? [] : [...product.a.wires, ...product.b.wires]
}

/** Numbers of the gadget's bits: around the place where a comparison changes its mind, and at the ends. */
function targetsOf({ bits }: Gadget): readonly bigint[] {
  const half = 1n << BigInt(bits.length - 1)
  return [half - 1n, half + 1n, 1n, half, 0n, half - 2n, half + 2n, 2n * half - 1n]
}

/** What an operand that is not solved for is given. */
function pickable(wire: number, integers: Integers, base: Values): readonly bigint[] {
  const interval = integers.interval(wire)
  if (interval === undefined) return [...new Set([0n, 1n, FIELD - 1n, base(wire), 2n, 5n, 100n])]
  const plain = [0n, 1n, interval.high, interval.low, base(wire)]
  return [...new Set(plain.map(reduce))].filter((value) => fits(integers, wire, value))
}

function fits(integers: Integers, wire: number, value: bigint): boolean {
  const interval = integers.interval(wire)
  if (interval === undefined) return true
  return (
    (value >= interval.low && value <= interval.high) ||
    (value - FIELD >= interval.low && value - FIELD <= interval.high)
  )
}

/** The expression modulo r. */
function residueOf(
  { expression: { form, product } }: Gadget,
  own: number,
  value: bigint,
  values: ReadonlyMap<number, bigint>,
): bigint {
  const at = (one: typeof form) =>
    one.wires.reduce(
      (sum, wire, place) => sum + one.coefficients[place]! * (wire === own ? value : values.get(wire)!),
      one.constant,
    )
  return reduce(at(form) + (product === undefined ? 0n : product.factor * at(product.a) * at(product.b)))
}

/** The value of one operand with which the expression is congruent to a number; undefined if there is none, or any does. */
function solveFor(
  gadget: Gadget,
  own: number,
  target: bigint,
  values: ReadonlyMap<number, bigint>,
): bigint | undefined {
  const { product } = gadget.expression
  // Everything is affine in the own wire where only one factor has it.
  if (product?.a.wires.includes(own) && product.b.wires.includes(own)) return undefined
  const zero = residueOf(gadget, own, 0n, values)
  const slope = reduce(residueOf(gadget, own, 1n, values) - zero)
  return slope === 0n ? undefined : divide(reduce(target - zero), slope)
}

/** Every choice of a value for each wire: those in which fewer wires leave their first value come first, roughly. */
function* combinations(
  wires: readonly number[],
  valuesOf: (wire: number) => readonly bigint[],
): Generator<Map<number, bigint>> {
  const lists = wires.map(valuesOf)
  const deepest = Math.max(1, ...lists.map((list) => list.length))
  const visit = function* (at: number, depth: number, chosen: bigint[]): Generator<Map<number, bigint>> {
    if (at === wires.length) {
      if (chosen.some((value, place) => lists[place]!.indexOf(value) === depth) || wires.length === 0) {
        yield new Map(wires.map((wire, place) => [wire, chosen[place]!]))
      }
      return
    }
    for (const value of lists[at]!.slice(0, depth + 1)) yield* visit(at + 1, depth, [...chosen, value])
  }
  for (let depth = 0; depth < deepest; depth++) yield* visit(0, depth, [])
}

/** A number as people write it: from the nearer end of the field. */
export function numberText(value: bigint): string {
  const least = signed(value)
  return least < 0n ? `r - ${-least}` : `${least}`
}

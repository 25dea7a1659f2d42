import { type Affine, coefficientOf, isConstant, restrict, scale, signed } from '../../circom/affine.ts'
import { asLinear, readConstraint, wiresOf as wiresIn } from '../../circom/linear-form.ts'
import { rowIndex, rowsOf } from '../../circom/row-index.ts'
import { type Row, type System, wiresOf } from '../../circom/system.ts'
import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { Facts } from '../facts.ts'
import { Integers, productOf, without } from './integers.ts'

/** A number of integers: a form, and at most one product besides. */
export interface Expression {
  readonly form: Affine
  readonly product: { readonly a: Affine; readonly b: Affine; readonly factor: bigint } | undefined
}

/**
 * A sum of bits that claims something of an expression, which it equals modulo r:
 * - a comparison, of which the highest bit alone is read: the bit is 1 just when the expression, an integer, is 2^(bits - 1) or
 *   more. circomlib's LessThan(n) is in[0] - in[1] + 2^n in n + 1 bits;
 * - a range check, of which no bit is read: the expression, an integer, is at least 0 and below 2^bits.
 * Both are true if the expression cannot wrap around r.
 */
export interface Gadget {
  readonly kind: 'comparison' | 'range check'
  /** Of the sum of bits. */
  readonly row: Row
  /** The row that says what is compared: the same, or the one that defines the number that is taken apart. */
  readonly claim: Row
  /** Lowest first. */
  readonly bits: readonly number[]
  /** The number that is taken apart, where it has a wire of its own. */
  readonly number: number | undefined
  readonly expression: Expression
}

/** A gadget, and what tells it from all others: its number, or its lowest bit if it has none or others take it apart as well. */
export type NamedGadget = Gadget & { readonly signal: number }

/** Wider sums of bits say nothing of a range: they can hold any number, or nearly. Comparisons of 252 bits take one bit more. */
const MOST_BITS: Readonly<Record<Gadget['kind'], number>> = { comparison: 253, 'range check': 252 }
/** Rows with more terms besides the bits are no comparison of a few numbers. */
const MOST_TERMS = 1024

/** All gadgets of a system, found by their constraints. */
function findGadgets(facts: Facts): Gadget[] {
  const { system } = facts
  return system.rows.flatMap((row) => {
    const found = row.kind === 'linear' ? sumOfBits(facts, row.form) : undefined
    if (found === undefined) return []
    const sum = withSettledBit(system, row, found)
    const kind = kindOf(system, row, sum.bits)
    return kind === undefined || sum.bits.length > MOST_BITS[kind] ? [] : (gadgetOf(facts, row, { ...sum, kind }) ?? [])
  })
}

/** The gadgets whose numbers may wrap around r, and what is known of integers without the gadgets themselves. */
export function openGadgets(facts: Facts): { gadgets: NamedGadget[]; integers: Integers } {
  const gadgets = named(findGadgets(facts))
  const integers = new Integers(facts, new Set(gadgets.map(({ claim }) => claim)))
  return { gadgets: gadgets.filter((gadget) => mayWrap(gadget, integers)), integers }
}

function named(gadgets: readonly Gadget[]): NamedGadget[] {
  const counts = new Map<number | undefined, number>()
  for (const { number } of gadgets) counts.set(number, (counts.get(number) ?? 0) + 1)
  return gadgets.map((gadget) => {
    const { number, bits } = gadget
    return { ...gadget, signal: number !== undefined && counts.get(number) === 1 ? number : bits[0]! }
  })
}

/** The wires of an expression. */
export function operandsOf({ form, product }: Expression): number[] {
  return [...new Set([...form.wires, ...(product?.a.wires ?? []), ...(product?.b.wires ?? [])])]
}

function mayWrap({ expression: { form, product }, bits }: Gadget, integers: Integers): boolean {
  const sum = integers.intervalOf(form)
  if (sum === undefined) return true
  let { low, high } = sum
  if (product !== undefined) {
    const [a, b] = [integers.intervalOf(product.a), integers.intervalOf(product.b)]
    if (a === undefined || b === undefined) return true
    const { low: least, high: most } = productOf(a, b)
    const { factor } = product
    low += factor * (factor > 0n ? least : most)
    high += factor * (factor > 0n ? most : least)
  }
  // The sum of bits is the only integer from 0 on that is both below 2^bits and congruent to one in here.
  return low <= (1n << BigInt(bits.length)) - 1n - FIELD || high >= FIELD
}

/** Bits at the places 0, 1, .. whose weighted sum equals the rest of the form; undefined if there are no such, or several. */
function sumOfBits(facts: Facts, form: Affine): { bits: number[]; rest: Affine; sign: bigint } | undefined {
  for (const sign of [1n, -1n]) {
    const bits: number[] = []
    let isPlain = true
    for (const [at, wire] of form.wires.entries()) {
      const place = placeOf(sign * signed(form.coefficients[at]!))
      if (place === undefined || !facts.isBoolean(wire)) continue
      if (bits[place] !== undefined) isPlain = false
      bits[place] = wire
    }
    if (!isPlain || bits.length < 2 || bits.length > MOST_BITS.comparison || Object.keys(bits).length !== bits.length)
      continue
    if (form.wires.length - bits.length > MOST_TERMS) continue
    const own = new Set(bits)
    const others = restrict(form, (wire) => !own.has(wire))
    return { bits, rest: scale(others, -sign), sign }
  }
  return undefined
}

/**
 * A comparison that has to come out one way has a highest bit that is constant, and constants are in no row of the system: the
 * constraint itself has it.
 */
function withSettledBit(system: System, row: Row, sum: { bits: number[]; rest: Affine; sign: bigint }) {
  const { bits, rest, sign } = sum
  const raw = asLinear(readConstraint(system.r1cs, row.index))
  const weight = reduce(sign * (1n << BigInt(bits.length)))
  for (const [wire, coefficient] of raw?.terms ?? []) {
    const value = system.constants.get(system.representative[wire]!)
    if (coefficient !== weight || (value !== 0n && value !== 1n)) continue
    const constant = reduce(rest.constant + value * (1n << BigInt(bits.length)))
    return { bits: [...bits, wire], rest: { ...rest, constant }, sign }
  }
  return sum
}

/** log2 of a power of two. */
function placeOf(value: bigint): number | undefined {
  if (value <= 0n || (value & (value - 1n)) !== 0n) return undefined
  return value.toString(2).length - 1
}

/** By which of its bits are read elsewhere. */
function kindOf(system: System, row: Row, bits: readonly number[]): Gadget['kind'] | undefined {
  const { r1cs, representative, constants } = system
  const index = rowIndex(r1cs)
  const isRead = (bit: number) =>
    // What reads a constant is in no row of the system.
    constants.has(representative[bit]!)
      ? rowsOf(index, bit).some((other) => other !== row.index && wiresIn(readConstraint(r1cs, other)).length > 1)
      : system.rowsOf(bit).some((other) => system.rows[other] !== row && wiresOf(system.rows[other]!).length > 1)
  const isOutput = (bit: number) => bit <= r1cs.nOutputs
  if (bits.slice(0, -1).some((bit) => isRead(bit) || isOutput(bit))) return undefined
  const top = bits.at(-1)!
  return isRead(top) || isOutput(top) ? 'comparison' : 'range check'
}

function gadgetOf(
  facts: Facts,
  row: Row,
  { bits, rest, kind }: { bits: number[]; rest: Affine; kind: Gadget['kind'] },
): Gadget | undefined {
  const [number] = rest.wires
  const isNumber = rest.wires.length === 1 && rest.constant === 0n && rest.coefficients[0] === 1n
  const definition = isNumber ? definitionOf(facts, number!, row) : undefined
  const expression = definition === undefined ? { form: rest, product: undefined } : solve(definition, number!)
  if (expression === undefined || !isClaim(expression, kind, bits.length)) return undefined
  return { kind, row, claim: definition ?? row, bits, number: isNumber ? number : undefined, expression }
}

/** The row that assigns a number which is taken apart: the one that determined it, or in which it is the last signal. */
function definitionOf(facts: Facts, number: number, sum: Row): Row | undefined {
  const isFitting = (row: Row) => row !== sum && solve(row, number) !== undefined
  const known = facts.definitionOf(number)
  if (known !== undefined) return isFitting(known) ? known : undefined
  if (facts.ruleOf(number) === 'input') return undefined
  const rows = Array.from(facts.system.rowsOf(number), (index) => facts.system.rows[index]!)
  return rows.find((row) => isFitting(row) && wiresOf(row).every((wire) => wire <= number))
}

/** The wire as an expression of the others in a row. */
function solve(row: Row, wire: number): Expression | undefined {
  const form = row.kind === 'linear' ? row.form : row.c
  const own = signed(coefficientOf(form, wire))
  if (own !== 1n && own !== -1n) return undefined
  const rest = scale(without(form, wire), -own)
  if (row.kind === 'linear') return { form: rest, product: undefined }
  if (row.a.wires.includes(wire) || row.b.wires.includes(wire)) return undefined
  return { form: rest, product: { a: row.a, b: row.b, factor: own } }
}

/** Whether the gadget says more of its expression than that it is a number of so many bits. */
function isClaim({ form, product }: Expression, kind: Gadget['kind'], bits: number): boolean {
  if (isConstant(form) && product === undefined) return false
  const most = 1n << BigInt(bits - 1)
  if (kind === 'comparison') {
    const offset = signed(form.constant) - most
    if (offset > most || offset < -most) return false
    // x + 2^n, whose highest bit says that x is not negative: of signed numbers, and of no others.
    return offset !== 0n || form.wires.length > 1 || product !== undefined
  }
  return product !== undefined || form.wires.length > 1
}

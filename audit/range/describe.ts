import { type Affine, signed } from '../../circom/affine.ts'
import type { Values } from './claim.ts'
import { numberText } from './false-claims.ts'
import { type Gadget, operandsOf } from './gadgets.ts'
import type { Integers } from './integers.ts'

interface Describing {
  readonly nameOf: (wire: number) => string
  readonly integers: Integers
  /** Public inputs, which whoever verifies a proof sees. */
  readonly isPublic: (wire: number) => boolean
}

/** Signals of a gadget that nothing bounds; all of them if each is bounded, but not tightly enough. */
export function unboundedOf(gadget: Gadget, integers: Integers): number[] {
  const operands = operandsOf(gadget.expression)
  const unbounded = operands.filter((wire) => integers.interval(wire) === undefined)
  return unbounded.length > 0 ? unbounded : operands
}

/** What the gadget assumes. */
export function assumptionText(gadget: Gadget, { nameOf, integers, isPublic }: Describing): string {
  const { kind, bits } = gadget
  const unbounded = unboundedOf(gadget, integers)
  const names = list(unbounded.map(nameOf))
  const what =
    kind === 'comparison'
      ? `the comparison ${claimText(gadget, nameOf)} in ${bits.length} bits assumes numbers below 2^${bits.length - 1}`
      : `the check that ${claimText(gadget, nameOf)} is below 2^${bits.length} assumes numbers of which nothing wraps around r`
  const open = unbounded.filter(isPublic)
  const publicly =
    open.length === 0 ? '' : `; of the public ${list(open.map(nameOf))} whoever verifies a proof has to see to it`
  return `${what}, and no constraint keeps ${names} to such${publicly}`
}

/** What the witness shows. */
export function shownText(gadget: Gadget, { nameOf }: Describing, value: Values, number: bigint): string {
  const operands = operandsOf(gadget.expression).slice(0, MOST_VALUES)
  const values = list(operands.map((wire) => `${nameOf(wire)} = ${numberText(value(wire))}`))
  if (gadget.kind === 'range check') {
    return `with ${values} every constraint holds, and of these as integers it is not so`
  }
  const isAtLeast = number >= 1n << BigInt(gadget.bits.length - 1)
  return `with ${values} every constraint holds, and it says that ${claimText(gadget, nameOf, isAtLeast ? '>=' : '<')}`
}

const MOST_VALUES = 6

/** A comparison as `a >= b`, which is so where its highest bit is 1; what a range check is about as a sum. */
function claimText(
  { kind, bits, expression: { form, product } }: Gadget,
  nameOf: (wire: number) => string,
  relation: '>=' | '<' = '>=',
): string {
  const constant = signed(form.constant) - (kind === 'comparison' ? 1n << BigInt(bits.length - 1) : 0n)
  const terms = form.wires.map((wire, at) => ({ factor: signed(form.coefficients[at]!), text: nameOf(wire) }))
  if (product !== undefined) {
    terms.push({ factor: product.factor, text: `${formText(product.a, nameOf)} * ${formText(product.b, nameOf)}` })
  }
  const side = (sign: bigint) => {
    const parts = terms.filter(({ factor }) => factor * sign > 0n).map((term) => termText(term, sign))
    if (constant * sign > 0n) parts.push(`${constant * sign}`)
    return parts.join(' + ') || '0'
  }
  if (kind === 'comparison') return `${side(1n)} ${relation} ${side(-1n)}`
  const minus = side(-1n)
  return minus === '0' ? side(1n) : `${side(1n)} - ${minus.includes(' + ') ? `(${minus})` : minus}`
}

function termText({ factor, text }: { factor: bigint; text: string }, sign: bigint): string {
  return factor * sign === 1n ? text : `${factor * sign} * ${text}`
}

function formText(form: Affine, nameOf: (wire: number) => string): string {
  const terms = form.wires.map((wire, at) => {
    const factor = signed(form.coefficients[at]!)
    return factor === 1n ? nameOf(wire) : `${factor} * ${nameOf(wire)}`
  })
  const constant = signed(form.constant)
  if (constant !== 0n) terms.push(`${constant}`)
  return terms.length === 1 ? terms[0]! : `(${terms.join(' + ')})`
}

function list(names: readonly string[]): string {
  if (names.length <= 1) return names.join()
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

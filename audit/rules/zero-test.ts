import { type Affine, affine, direction, isConstant } from '../../circom/affine.ts'
import type { Row } from '../../circom/system.ts'
import { invert, reduce } from '../../protocol/field.ts'
import type { Facts } from '../facts.ts'

type Product = Extract<Row, { kind: 'product' }>

/** Rows x * hint = f(z) and x * g(z) = 0 with f and g affine in the one wire z: circomlib's IsZero, and its like. */
export interface ZeroTest {
  /** The form that is tested. */
  readonly tested: Affine
  readonly result: number
  /** The only two values that the result can have: if x is 0, and otherwise. */
  readonly values: readonly [ifZero: bigint, otherwise: bigint]
  /** The factor beside x in the first row. */
  readonly hint: Affine
  /** The first row, as an index. */
  readonly hintRow: number
}

/** The zero test whose second row this is. */
export function findZeroTest(facts: Facts, row: Row): ZeroTest | undefined {
  if (row.kind === 'linear' || !isConstant(row.c) || row.c.constant !== 0n) return undefined
  for (const [tested, annulled] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [z] = annulled.wires
    if (annulled.wires.length !== 1 || tested.wires.includes(z!)) continue
    const wanted = direction(tested)
    for (const hintRow of rowsOfBoth(facts, tested.wires[0]!, z!)) {
      const other = facts.system.rows[hintRow]!
      if (other === row || other.kind === 'linear' || !standsAlone(other.c, z!)) continue
      const hint = hintBeside(other, wanted)
      if (hint === undefined) continue
      return { tested, result: z!, values: [root(other.c), root(annulled)], hint, hintRow }
    }
  }
  return undefined
}

/**
 * x = 0 makes f(z) = 0, any other x makes g(z) = 0: z has one of two values, and which one depends on x alone. If z never has
 * the first of them, x is never 0. (If z is a constant, the rows are no zero test any more: x * hint = 1 is a product.)
 */
export function applyZeroTest(facts: Facts, { tested, result, values: [a, b] }: ZeroTest): void {
  facts.confine(result, a < b ? { low: a, high: b } : { low: b, high: a })
  if (facts.isKnownForm(tested)) facts.know(result, 'zero-test')
  if (facts.isNonZero(affine(-a, [[result, 1n]]))) facts.learnNonZero(tested)
}

/** Rows among which are all that two wires share: one of the two may be in a great many. */
function rowsOfBoth({ system }: Facts, one: number, other: number): Uint32Array {
  const [first, second] = [system.rowsOf(one), system.rowsOf(other)]
  return first.length <= second.length ? first : second
}

function standsAlone(form: Affine, wire: number): boolean {
  return form.wires.length === 1 && form.wires[0] === wire
}

function hintBeside(row: Product, wanted: string): Affine | undefined {
  if (direction(row.a) === wanted) return row.b
  return direction(row.b) === wanted ? row.a : undefined
}

/** Where an affine form of one wire is 0. */
function root(form: Affine): bigint {
  return reduce(-form.constant * invert(form.coefficients[0]!))
}

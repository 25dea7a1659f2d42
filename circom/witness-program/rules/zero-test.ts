import { invert, reduce } from '../../../protocol/field.ts'
import { type Affine, direction, isConstant } from '../../affine.ts'
import type { Derivation } from '../derivation.ts'

/**
 * Rows x * hint = f(z) and x * g(z) = 0 with known x and f, g affine in z alone: circomlib's IsZero, and its like. This row is
 * the second; z is the root of f where x is 0, else that of g. The first row gives the hint later.
 */
export function solveZeroTest(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  if (row.kind === 'linear' || !isConstant(row.c) || row.c.constant !== 0n) return false
  for (const [tested, annulled] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [z] = annulled.wires
    if (annulled.wires.length !== 1 || derivation.isKnown(z!) || !derivation.isKnownForm(tested)) continue
    const ifZero = rootBeside(derivation, index, tested, z!)
    if (ifZero === undefined) continue
    derivation.isMet[index] = 1
    if (ifZero === 1n && root(annulled) === 0n) derivation.rows.isBit[z!] = 1
    derivation.add({ kind: 'zero-test', to: z!, tested, ifZero, otherwise: root(annulled) })
    return true
  }
  return false
}

/** The root of f in a row x * hint = f(z). */
function rootBeside(derivation: Derivation, index: number, tested: Affine, z: number): bigint | undefined {
  const wanted = direction(tested)
  for (const other of derivation.rows.rowsOf(z)) {
    if (other === index) continue
    const row = derivation.rows.read(other)
    if (row.kind === 'linear' || row.c.wires.length !== 1 || row.c.wires[0] !== z) continue
    if ([row.a, row.b].some((factor) => direction(factor) === wanted)) return root(row.c)
  }
  return undefined
}

/** Where a form of one wire is 0. */
function root(form: Affine): bigint {
  return reduce(-form.constant * invert(form.coefficients[0]!))
}

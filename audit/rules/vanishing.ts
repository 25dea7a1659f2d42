import type { Affine } from '../../circom/affine.ts'
import type { Facts } from '../facts.ts'
import { refute } from '../refutation.ts'

/**
 * A known factor k of an unknown is never 0 if k = 0 contradicts the system: such as x * (1 - y) = 1 + y, which is 0 = 2 at
 * y = 1, or a sum on an Edwards curve, whose denominator would make the curve's coefficient a square.
 */
export function excludeVanishing(facts: Facts, factor: Affine): boolean {
  if (!refute(facts, { zeros: [factor] })) return false
  facts.learnNonZero(factor)
  return true
}

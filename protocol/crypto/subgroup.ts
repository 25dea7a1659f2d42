import { power, reduce } from '../field.ts'
import { FIELD } from '../numbers.ts'
import type { Point } from './baby-jubjub.ts'

/**
 * Whether a point of the curve is in the subgroup of prime order l, and not its neutral element, without multiplying by l.
 *
 * The curve's group is cyclic of order 8 l, so that subgroup is the multiples of 8. As 8 divides r - 1, the pairing of Tate
 * and Lichtenbaum with a point T of order 8 is not degenerate (Frey and Rück, 1994): a point P is a multiple of 8 exactly if
 * f(P) is an eighth power, where f has an eightfold zero at T and the leading coefficient 1 at the neutral element. Miller's
 * doublings give f = (tangent at T / vertical at 2T)^4 * (tangent at 2T)^2 / vertical at 4T on v^2 = u^3 + 168698 u^2 + u, where
 * u = (1 + y) / (1 - y), v = u / x, 2T = (1, S) and 4T = (0, 0). Below its denominators are cleared and eighth powers left
 * out. Where it is 0, P is a multiple of T or the neutral element: then it is no eighth power other than 0.
 */
export function isInSubgroup({ x, y }: Point): boolean {
  const [above, below] = [1n + y, 1n - y]
  const first = above * reduce(1n - SLOPE * x) - reduce(below * x) * U
  const second = above * reduce(1n - S * x)
  const four = reduce(reduce(first) * 2n * y)
  const two = reduce(reduce(second) * x)
  const seven = reduce(above * below)
  return power(power(four, 4n) * power(two, 2n) * power(seven, 7n), (FIELD - 1n) / 8n) === 1n
}

/** T's u, which is the negative of where its tangent meets the axis of v, and the tangent's slope. */
const U = 9548596286964632035108538481129647073527022943495698293421437455091140321088n
const SLOPE = 5125366436769623165205660392107939355810725029703343239946747673935168202678n

/** sqrt(168700) */
const S = 7214280148105020021932206872019688659210616427216992810330019057549499971851n

import { invert, invertAll, power, reduce, rootOfUnity } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

export { rootOfUnity, TWO_ADICITY } from '../../protocol/field.ts'

/** Lagrange polynomials L_0 .. L_{n-1} of the points w^i, n = 2^log, w of order n, all evaluated at tau. */
export function lagrangeAt(tau: bigint, log: number): bigint[] {
  return evaluate(tau, log, 1n, rootOfUnity(log), 2 ** log)
}

/**
 * Of the 2n Lagrange polynomials of the points v^j, v of order 2n = 2^(log + 1), those of odd j, evaluated at tau. On these
 * points snarkjs's prover gives the quotient polynomial: it is A*B - C there, which vanishes on the even ones.
 */
export function oddLagrangeAt(tau: bigint, log: number): bigint[] {
  const root = rootOfUnity(log + 1)
  return evaluate(tau, log + 1, root, reduce(root * root), 2 ** log)
}

/** L(tau) = (tau^N - 1) / N * p / (tau - p) for the points p = first * ratio^i of the domain of N = 2^log points. */
function evaluate(tau: bigint, log: number, first: bigint, ratio: bigint, count: number): bigint[] {
  const size = 1n << BigInt(log)
  const factor = reduce((power(tau, size) - 1n) * invert(size))
  const points: bigint[] = []
  const differences: bigint[] = []
  let point = first
  for (let index = 0; index < count; index++) {
    points.push(reduce(point * factor))
    differences.push(reduce(tau - point))
    point = (point * ratio) % FIELD
  }
  const inverses = invertAll(differences)
  for (let index = 0; index < count; index++) points[index] = (points[index]! * inverses[index]!) % FIELD
  return points
}

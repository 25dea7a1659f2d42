import { invert, power as powerOf, reduce, rootOfUnity } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

/** What PLONK and FFLONK need of the domain of n = 2^power points at a point xi outside it. */
export interface PublicPart {
  /** Z(xi) = xi^n - 1, which vanishes on the domain. */
  readonly zeroes: bigint
  /** The Lagrange polynomial of the domain's first point at xi. */
  readonly first: bigint
  /** -(sum of signal_i * L_i(xi)). */
  readonly publicSum: bigint
  /** n (xi - w^i) for each signal: what the Lagrange polynomials are divided by. */
  readonly denominators: readonly bigint[]
}

/** Undefined if xi is in the domain, which happens to nobody. */
export function publicPart(signals: readonly bigint[], xi: bigint, power: number): PublicPart | undefined {
  const size = 1n << BigInt(power)
  const root = rootOfUnity(power)
  const zeroes = reduce(powerOf(xi, size) - 1n)
  if (zeroes === 0n) return undefined
  const domain: bigint[] = []
  for (let point = 1n; domain.length < signals.length; point = (point * root) % FIELD) domain.push(point)
  const denominators = domain.map((point) => reduce(size * reduce(xi - point)))
  const lagrange = domain.map((point, i) => reduce(reduce(point * zeroes) * invert(denominators[i]!)))
  const publicSum = reduce(-signals.reduce((sum, signal, i) => sum + signal * lagrange[i]!, 0n))
  return { zeroes, first: lagrange[0]!, publicSum, denominators }
}

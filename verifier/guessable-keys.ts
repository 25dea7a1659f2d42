import { G1_GENERATOR, type G1Point, G2_GENERATOR, type G2Point, toG1, toG2 } from './curve.ts'
import type { KeyFault, KeyFaultCode, KeyPoints } from './key-faults.ts'

/** Multiples that are tried: a secret of that size is no secret. */
const MOST = 1024

/**
 * Secrets of a key that anybody can find: points that are small multiples of others. gamma may be the generator, as it is in
 * every key of snarkjs. For keys whose points are sound; the cases of equal points are left to `keyFaults`.
 */
export function guessableSecrets(key: KeyPoints): KeyFault[] {
  const g2 = (point: G2Point | null) => toG2(point!)
  const [beta, gamma, delta] = [g2(key.beta), g2(key.gamma), g2(key.delta)]
  const generator = { name: 'the generator of G2', point: toG2(G2_GENERATOR) }
  const [ofGamma, ofDelta] = [
    { name: 'gamma', point: gamma },
    { name: 'delta', point: delta },
  ]
  // Equal points are reported as such elsewhere, but for the generator, which gamma may be.
  const asked: [
    code: KeyFaultCode,
    name: string,
    point: typeof beta,
    of: typeof generator,
    least: number,
    danger: string,
  ][] = [
    ['DELTA_KNOWN', 'delta', delta, ofGamma, 2, FORGEABLE],
    ['DELTA_KNOWN', 'gamma', gamma, ofDelta, 2, FORGEABLE],
    ['DELTA_KNOWN', 'delta', delta, generator, 2, 'anybody can find the secret of phase 2'],
    ['GAMMA_KNOWN', 'gamma', gamma, generator, 2, 'no set-up makes such a key'],
    ['BETA_KNOWN', 'beta', beta, ofGamma, 2, FORGEABLE],
    ['BETA_KNOWN', 'beta', beta, ofDelta, 2, FORGEABLE],
    ['BETA_KNOWN', 'beta', beta, generator, 1, 'anybody can find the secret beta'],
  ]
  const found = asked.flatMap(([code, name, point, of, least, danger]) =>
    faultOf({ code, name, of: of.name, multiple: multipleOf(point, of.point), least, danger }),
  )
  const alpha = multipleOf(toG1(key.alpha as G1Point), toG1(G1_GENERATOR))
  const known = { code: 'ALPHA_KNOWN', name: 'alpha', of: 'the generator of G1', least: 1 } as const
  found.push(...faultOf({ ...known, multiple: alpha, danger: 'anybody can find the secret alpha' }))
  // Where gamma is the generator, a multiple of the one is one of the other: the first says more.
  return found.filter(
    ({ code, points: [name] }, i) => found.findIndex((one) => one.code === code && one.points[0] === name) === i,
  )
}

const FORGEABLE = 'anybody can forge proofs'

interface Question {
  readonly code: KeyFaultCode
  readonly name: string
  readonly of: string
  readonly multiple: number | undefined
  /** The least multiple that is a fault. */
  readonly least: number
  readonly danger: string
}

function faultOf({ code, name, of, multiple, least, danger }: Question): KeyFault[] {
  if (multiple === undefined || multiple < least) return []
  const times = multiple === 1 ? of : `${multiple} times ${of}`
  return [{ code, points: [name], message: `${name} is ${times} up to sign: ${danger}` }]
}

/** The least k from 1 to MOST with point = k * base up to sign. */
function multipleOf<P extends { add(other: P): P; equals(other: P): boolean; negate(): P }>(
  point: P,
  base: P,
): number | undefined {
  const opposite = point.negate()
  let sum = base
  for (let multiple = 1; multiple <= MOST; multiple++) {
    if (sum.equals(point) || sum.equals(opposite)) return multiple
    sum = sum.add(base)
  }
  return undefined
}

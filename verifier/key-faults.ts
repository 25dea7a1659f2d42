import { type G1Point, G2_GENERATOR, type G2Point, isG1Point, isG2Point, isInG1, isOnTwist } from './curve.ts'
import { isInG2 } from './pairing.ts'

/** The points of a Groth16 key as they were read, sound or not; null is the point at infinity. */
export interface KeyPoints {
  readonly alpha: G1Point | null
  readonly beta: G2Point | null
  readonly gamma: G2Point | null
  readonly delta: G2Point | null
  /** One for the constant one, then one for each public signal. */
  readonly ic: readonly (G1Point | null)[]
}

/** What can be wrong with a key. Stable: programs match on these. */
export type KeyFaultCode =
  | 'NOT_CANONICAL'
  | 'OFF_CURVE'
  | 'OUTSIDE_GROUP'
  | 'INFINITY'
  | 'GAMMA_EQUALS_DELTA'
  | 'DELTA_IS_GENERATOR'
  | 'BETA_EQUALS_GAMMA_OR_DELTA'
  | 'IC_REPEATED'
  | 'ALPHA_KNOWN'
  | 'BETA_KNOWN'
  | 'DELTA_KNOWN'
  | 'GAMMA_KNOWN'
  | 'DEV_KEY'

export interface KeyFault {
  readonly code: KeyFaultCode
  /** The points that it is about, such as `IC[2]`. */
  readonly points: readonly string[]
  readonly message: string
}

/** Whether a point is at fault by itself; a key with such a point is compared no further. */
export function isOfPoint({ code }: KeyFault): boolean {
  return ['NOT_CANONICAL', 'OFF_CURVE', 'OUTSIDE_GROUP', 'INFINITY'].includes(code)
}

/** Whether the key is no key at all, rather than one under which proofs can be forged. */
export function isMalformed({ code }: KeyFault): boolean {
  return code === 'NOT_CANONICAL' || code === 'OFF_CURVE'
}

/**
 * Everything that shows by a key alone that proofs under it can be forged, or that it is none. Points are equal up to sign iff
 * their x are equal: the cases of points that equal others all let anybody solve the pairing equation.
 */
export function keyFaults(key: KeyPoints): KeyFault[] {
  const faults = [
    ...g1Faults(key.alpha, 'alpha'),
    ...(['beta', 'gamma', 'delta'] as const).flatMap((name) => g2Faults(key[name], name)),
    ...key.ic.flatMap((point, index) => g1Faults(point, `IC[${index}]`)),
  ]
  return faults.length > 0 ? faults : equalPoints(key as Comparable)
}

type Comparable = { readonly [Name in 'beta' | 'gamma' | 'delta']: G2Point } & { readonly ic: readonly G1Point[] }

function equalPoints({ beta, gamma, delta, ic }: Comparable): KeyFault[] {
  const same = ([[a0, a1]]: G2Point, [[b0, b1]]: G2Point) => a0 === b0 && a1 === b1
  const faults: KeyFault[] = []
  if (same(gamma, delta)) {
    const message = 'gamma and delta are equal up to sign (phase 2 was skipped); anybody can forge proofs'
    faults.push({ code: 'GAMMA_EQUALS_DELTA', points: ['gamma', 'delta'], message })
  }
  if (same(delta, G2_GENERATOR)) {
    const message = 'delta is the generator of G2 up to sign: nobody contributed to phase 2'
    faults.push({ code: 'DELTA_IS_GENERATOR', points: ['delta'], message })
  }
  if (same(beta, gamma) || same(beta, delta)) {
    const message = 'beta equals gamma or delta up to sign; anybody can forge proofs'
    const other = same(beta, gamma) ? 'gamma' : 'delta'
    faults.push({ code: 'BETA_EQUALS_GAMMA_OR_DELTA', points: ['beta', other], message })
  }
  const first = new Map<bigint, number>()
  for (const [index, [x]] of ic.entries()) {
    const before = first.get(x)
    if (before === undefined) first.set(x, index)
    else {
      const names = [`IC[${before}]`, `IC[${index}]`]
      const message = `two points of IC are equal up to sign, ${names.join(' and ')}: their public signals could be exchanged`
      faults.push({ code: 'IC_REPEATED', points: names, message })
    }
  }
  return faults
}

function g1Faults(point: G1Point | null, name: string): KeyFault[] {
  if (point === null) return [infinity(name)]
  if (!isG1Point(point)) return [notCanonical(name)]
  return isInG1(point) ? [] : [offCurve(name)]
}

function g2Faults(point: G2Point | null, name: string): KeyFault[] {
  if (point === null) return [infinity(name)]
  if (!isG2Point(point)) return [notCanonical(name)]
  if (isInG2(point)) return []
  if (!isOnTwist(point)) return [offCurve(name)]
  return [{ code: 'OUTSIDE_GROUP', points: [name], message: `${name} is outside the group of order r` }]
}

function infinity(name: string): KeyFault {
  const index = /^IC\[(\d+)\]$/.exec(name)?.[1]
  const bound =
    index === undefined
      ? ''
      : index === '0'
        ? ': where all public signals are 0, anybody can forge proofs'
        : `: proofs hold for any value of public signal ${Number(index) - 1}`
  return { code: 'INFINITY', points: [name], message: `${name} is the point at infinity${bound}` }
}

function notCanonical(name: string): KeyFault {
  const message = `a coordinate of ${name} is not below the order of the base field`
  return { code: 'NOT_CANONICAL', points: [name], message }
}

function offCurve(name: string): KeyFault {
  return { code: 'OFF_CURVE', points: [name], message: `${name} is not on the curve` }
}

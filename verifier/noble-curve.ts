import { bn254 } from '@noble/curves/bn254.js'
import { FIELD } from '../protocol/numbers.ts'
import { fromG1, type G1Point, type G2Point, toG1, toG2 } from './curve.ts'
import type { CurveOperations } from './curve-operations.ts'

const G1 = bn254.G1.Point

/** In JavaScript, by the library noble-curves: whatever runs it. */
export const nobleCurve: CurveOperations = {
  name: 'noble',
  isOfOrder(point) {
    const element = toG2(point)
    return element.multiplyUnsafe(FIELD - 1n).equals(element.negate())
  },
  combine,
  pairingIsOne(pairs) {
    const { Fp12 } = bn254.fields
    const loops = pairs.map(([[x, y], g2]) => [linesOf(g2), x, y] as [Lines, bigint, bigint])
    return Fp12.eql(Fp12.finalExponentiate(bn254.millerLoopBatch(loops)), Fp12.ONE)
  },
}

/** Bits of a scalar that are read at once. */
const WINDOW = 4

/** All terms share their doublings. */
function combine(terms: readonly (readonly [scalar: bigint, point: G1Point])[]): G1Point | null {
  const finite = terms.map(([scalar, point]) => ({ scalar, multiples: multiplesOf(toG1(point)) }))
  let sum = G1.ZERO
  for (let shift = 256 - WINDOW; shift >= 0; shift -= WINDOW) {
    for (let i = 0; i < WINDOW; i++) sum = sum.double()
    for (const { scalar, multiples } of finite) {
      const digit = Number(BigInt.asUintN(WINDOW, scalar >> BigInt(shift)))
      if (digit > 0) sum = sum.add(multiples[digit]!)
    }
  }
  return fromG1(sum)
}

/** Those that a digit may ask for. */
function multiplesOf(point: InstanceType<typeof G1>) {
  const multiples = [G1.ZERO]
  while (multiples.length < 1 << WINDOW) multiples.push(multiples.at(-1)!.add(point))
  return multiples
}

/** The lines through multiples of a point of G2 that its pairings evaluate. */
type Lines = ReturnType<typeof bn254.utils.calcPairingPrecomputes>

/** The lines of points that cannot change, as those of vetted keys. */
const knownLines = new WeakMap<G2Point, Lines>()

function linesOf(point: G2Point): Lines {
  const known = knownLines.get(point)
  if (known !== undefined) return known
  const lines = bn254.utils.calcPairingPrecomputes(toG2(point))
  if ([point, ...point].every(Object.isFrozen)) knownLines.set(point, lines)
  return lines
}

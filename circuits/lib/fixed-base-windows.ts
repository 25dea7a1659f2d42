import { addPoints, BASE, type Point, SUBGROUP_ORDER } from '../../protocol/crypto/baby-jubjub.ts'
import { divide, reduce } from '../../protocol/field.ts'

/** A point of Baby Jubjub in Montgomery form. */
export type MontgomeryPoint = readonly [u: bigint, v: bigint]

/** Windows of three bits; one more at the top spells sign and parity (protocol.md#signature-circuit). */
export const WINDOWS = 83

const MULTIPLES = [1n, 3n, 5n, 7n] as const

let known: readonly (readonly MontgomeryPoint[])[] | undefined

/** The points of each window, up to their sign: 1, 3, 5 and 7 times 8^i times the base; at the top 2^249 and 2^249 + 1. */
export function fixedBaseWindows(): readonly (readonly MontgomeryPoint[])[] {
  known ??= makeWindows()
  return known
}

function makeWindows(): MontgomeryPoint[][] {
  const windows: MontgomeryPoint[][] = []
  let unit = BASE
  for (let i = 0; i < WINDOWS; i++) {
    const two = addPoints(unit, unit)
    const odd = [unit]
    while (odd.length < MULTIPLES.length) odd.push(addPoints(odd.at(-1)!, two))
    windows.push(odd.map(toMontgomery))
    unit = addPoints(odd.at(-1)!, unit)
  }
  windows.push([unit, addPoints(unit, BASE)].map(toMontgomery))
  return windows
}

/** The points that spell a scalar of (0, l): one of each window, with its sign. */
export function windowsOf(scalar: bigint): MontgomeryPoint[] {
  // S or S - l: one of them is at most 2^250 in size.
  const isNegative = scalar > 1n << 250n
  const size = isNegative ? SUBGROUP_ORDER - scalar : scalar
  const parity = size % 2n === 0n ? 1 : 0
  const top = (1n << 249n) + BigInt(parity)
  // size - top is odd, and below 8^83 in size: digits of 7, 5, .. -7.
  const digits = (size - top + (1n << 249n) - 1n) / 2n
  const points = fixedBaseWindows().map((window, i): MontgomeryPoint => {
    if (i === WINDOWS) return window[parity]!
    const digit = 2 * Number((digits >> BigInt(3 * i)) & 7n) - 7
    const [u, v] = window[MULTIPLES.indexOf(BigInt(Math.abs(digit)) as 1n)]!
    return digit < 0 ? [u, reduce(-v)] : [u, v]
  })
  return isNegative ? points.map(([u, v]) => [u, reduce(-v)]) : points
}

export function toMontgomery({ x, y }: Point): MontgomeryPoint {
  const u = divide(1n + y, 1n - y)
  return [u, divide(u, x)]
}

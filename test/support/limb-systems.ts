import { invert } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { bitsOf, isZero, range, ranged, type Values } from './rule-systems.ts'

const WIDTH = 3
const BASE = 1n << BigInt(WIDTH)

const ranges = [
  ...range(2).flatMap((i) => ['q', 'd', 'r'].flatMap((name) => ranged(`${name}${i}`, WIDTH))),
  ...range(2).flatMap((i) => ranged(`c${i}`, WIDTH + 2)),
]

/** q * d + r = n for numbers of two limbs of three bits, n of four, by columns with carries. */
export const limbProduct: readonly string[] = [
  ...ranges,
  ...range(2).flatMap((i) => range(2).map((j) => `q${i} * d${j} = p${i}${j}`)),
  'p00 + r0 - n0 - 8 c0 = 0',
  'p01 + p10 + r1 + c0 - n1 - 8 c1 = 0',
  'p11 + c1 - n2 - 8 n3 = 0',
]

/** The same with the columns as the coefficients of a polynomial, which is given by its values at 0, 1 and 2. */
export const limbProductAtPoints: readonly string[] = [
  ...ranges,
  ...range(3).map((x) => `(q0 + ${x} q1) * (d0 + ${x} d1) = y0 + ${x} y1 + ${x * x} y2`),
  'y0 + r0 - n0 - 8 c0 = 0',
  'y1 + r1 + c0 - n1 - 8 c1 = 0',
  'y2 + c1 - n2 - 8 n3 = 0',
]

/** Limbs 5 and 3: none is 1, so that nothing but carries has a coefficient 1 in the columns. */
export const DIVISOR = 29n

/** q * 29 + r = n, by columns with carries. */
export const limbProductByConstant: readonly string[] = [
  ...range(2).flatMap((i) => ['q', 'r'].flatMap((name) => ranged(`${name}${i}`, WIDTH))),
  ...range(2).flatMap((i) => ranged(`c${i}`, WIDTH + 2)),
  '5 q0 + r0 - n0 - 8 c0 = 0',
  '3 q0 + 5 q1 + r1 + c0 - n1 - 8 c1 = 0',
  '3 q1 + c1 - n2 - 8 n3 = 0',
]

/** The same with the columns as the coefficients of a polynomial, which is given by its values at 0, 1 and 2. */
export const limbProductByConstantAtPoints: readonly string[] = [
  ...limbProductByConstant.slice(0, -3),
  ...range(3).map((x) => `${5 + 3 * x} q0 + ${x * (5 + 3 * x)} q1 - y0 - ${x} y1 - ${x * x} y2 = 0`),
  'y0 + r0 - n0 - 8 c0 = 0',
  'y1 + r1 + c0 - n1 - 8 c1 = 0',
  'y2 + c1 - n2 - 8 n3 = 0',
]

/** Comparators of the limbs of r and of a constant, as `limbComparators` are of those of d. */
export const limbComparatorsTo = (constant: bigint): readonly string[] =>
  range(2).flatMap((i) => {
    const limb = (constant >> BigInt(WIDTH * i)) % BASE
    return [
      ...ranged(`s${i}`, WIDTH + 1),
      `r${i} + ${8n - limb} - s${i} = 0`,
      `r${i} - ${limb} - x${i} = 0`,
      ...isZero.map((row) => row.replaceAll(/\b[xiz]\b/g, (name) => `${name === 'i' ? 'h' : name}${i}`)),
    ]
  })

/** Comparators of the limbs of r and d: s03 and s13 are 0 where a limb of r is less, z0 and z1 are 1 where they are equal. */
export const limbComparators: readonly string[] = range(2).flatMap((i) => [
  ...ranged(`s${i}`, WIDTH + 1),
  `r${i} + 8 - d${i} - s${i} = 0`,
  `r${i} - d${i} - x${i} = 0`,
  ...isZero.map((row) => row.replaceAll(/\b[xiz]\b/g, (name) => `${name === 'i' ? 'h' : name}${i}`)),
])

const joined = ['l0 + s03 - 1 = 0', 'z1 * l0 = s13']

/** The upper limb is less, or it is equal and the lower one is less. */
export const limbsLess: readonly string[] = [...limbComparators, ...joined]

/** The same of a constant. */
export const limbsLessThan = (constant: bigint): readonly string[] => [...limbComparatorsTo(constant), ...joined]

/** The values of the product and of the comparators, with the divisor or with another bound. */
export function limbValues(q: bigint, r: bigint, d: bigint, bound = d): Values {
  const limb = (x: bigint, i: number) => (x >> BigInt(WIDTH * i)) % BASE
  const n = q * d + r
  const c0 = (limb(q, 0) * limb(d, 0) + limb(r, 0)) / BASE
  const c1 = (limb(q, 0) * limb(d, 1) + limb(q, 1) * limb(d, 0) + limb(r, 1) + c0) / BASE
  const values: Record<string, bigint> = { ...bitsOf('c0', c0, WIDTH + 2), ...bitsOf('c1', c1, WIDTH + 2) }
  for (const [name, x] of Object.entries({ q, r, d }))
    for (const i of range(2)) Object.assign(values, bitsOf(`${name}${i}`, limb(x, i), WIDTH))
  for (const i of range(4)) values[`n${i}`] = limb(n, i)
  for (const i of range(2)) {
    for (const j of range(2)) values[`p${i}${j}`] = limb(q, i) * limb(d, j)
    const difference = limb(r, i) - limb(bound, i)
    const field = (difference + FIELD) % FIELD
    values[`x${i}`] = field
    values[`h${i}`] = field === 0n ? 0n : invert(field)
    values[`z${i}`] = field === 0n ? 1n : 0n
    Object.assign(values, bitsOf(`s${i}`, difference + BASE, WIDTH + 1))
  }
  return values
}

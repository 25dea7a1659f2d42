import { BASE } from '../../protocol/crypto/baby-jubjub.ts'
import {
  CHALLENGE_DIGITS,
  CHALLENGE_OFFSET,
  CHALLENGE_TOP_DIGITS,
  LEAST_TOP,
  MOST_TOP,
} from '../../protocol/crypto/challenge.ts'
import { divide, reduce } from '../../protocol/field.ts'
import { fixedBaseWindows, type MontgomeryPoint, WINDOWS } from './fixed-base-windows.ts'

const HEADER = '// Generated from circuits/lib/circom-signature.ts by `npm run generate`; never edited.\n'

/** circuits/lib/signature-constants.circom: literals, since a function of circom runs again for every witness. */
export function circomSignatureConstants(): string {
  const windows = fixedBaseWindows()
  const numbers = {
    CHALLENGE_DIGITS,
    CHALLENGE_OFFSET,
    CHALLENGE_TOP_DIGITS,
    CHALLENGE_MOST_TOP: MOST_TOP,
    CHALLENGE_MOST_TOP_NEGATED: 2n ** BigInt(CHALLENGE_TOP_DIGITS) - 1n - LEAST_TOP,
    FIXED_BASE_WINDOWS: WINDOWS,
    FIXED_BASE_X: BASE.x,
    FIXED_BASE_Y: BASE.y,
  }
  const rows = windows
    .slice(0, WINDOWS)
    .map((window, i) => `    if (i == ${i}) { ${assignments(windowCurves(window))} }`)
  return [
    `${HEADER}pragma circom 2.2.3;\n`,
    ...Object.entries(numbers).map(([name, value]) => `function ${name}() { return ${value}; }`),
    '',
    '// Coefficients of the curves through the points of window i: [s, m, s1, m1, a, c, c1, c2], as OneOfEight has them.',
    'function FIXED_BASE_WINDOW(i) {',
    '    var c[8];',
    ...rows,
    '    return c;',
    '}',
    '',
    '// Likewise of the top window: [u, u1, c, c1], as OneOfFour has them.',
    'function FIXED_BASE_TOP_WINDOW() {',
    '    var c[4];',
    `    ${assignments(topWindowCurves(windows[WINDOWS]!))}`,
    '    return c;',
    '}',
    '',
  ].join('\n')
}

function assignments(coefficients: readonly bigint[]): string {
  return coefficients.map((value, k) => `c[${k}] = ${value};`).join(' ')
}

/**
 * (w - s u + m)(w - s1 u + m1) = 0 and (v - w - a u)(v + w + a u) = c + c1 u + c2 w, where w = u^2. The second is
 * v^2 = f(u) for the f of degree 3 through the points: the terms of u^4 and u^3 are those of (w + a u)^2.
 */
export function windowCurves(points: readonly MontgomeryPoint[]): bigint[] {
  const [u0, u1, u2, u3] = points.map(([u]) => u) as [bigint, bigint, bigint, bigint]
  const samples = points.map(([u, v]): MontgomeryPoint => [u, reduce(v * v - u ** 4n)])
  const [c, c1, c2, c3] = interpolate(samples) as [bigint, bigint, bigint, bigint]
  const a = divide(c3, 2n)
  return [u0 + u1, u0 * u1, u2 + u3, u2 * u3, a, c, c1, c2 - a * a].map(reduce)
}

/** (u - u0)(u - u1) = 0 and v^2 = c + c1 u. */
export function topWindowCurves(points: readonly MontgomeryPoint[]): bigint[] {
  return [...points.map(([u]) => u), ...interpolate(points.map(([u, v]): MontgomeryPoint => [u, reduce(v * v)]))]
}

/** Coefficients, lowest first, of the polynomial of least degree with these values (Newton's divided differences). */
function interpolate(samples: readonly MontgomeryPoint[]): bigint[] {
  const differences = samples.map(([, value]) => value)
  for (let order = 1; order < samples.length; order++) {
    for (let i = samples.length - 1; i >= order; i--) {
      differences[i] = divide(differences[i]! - differences[i - 1]!, samples[i]![0] - samples[i - order]![0])
    }
  }
  let polynomial: bigint[] = []
  for (let i = samples.length - 1; i >= 0; i--) {
    // polynomial * (x - x_i) + difference
    const shifted = [differences[i]!, ...polynomial]
    polynomial = shifted.map((coefficient, k) => reduce(coefficient - samples[i]![0] * (polynomial[k] ?? 0n)))
  }
  return polynomial
}

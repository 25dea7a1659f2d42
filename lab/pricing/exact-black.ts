/**
 * Black's formula to some sixty digits, by other means than the model and its coefficients: logarithms by Halley's iteration
 * on the exponential, probabilities by the power series of the error function. A number x stands as x * 2^UNIT_BITS.
 */
export const UNIT_BITS = 288n
const UNIT = 1n << UNIT_BITS
const PI = 31415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679n
const TWO_PI = (PI * 2n * UNIT) / 10n ** 100n

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> UNIT_BITS
}

/** Heron's rule. */
function root(x: bigint): bigint {
  let y = BigInt(Math.floor(Math.sqrt(Number(x)) * 2 ** Number(UNIT_BITS / 2n)))
  for (let i = 0; i < 5; i++) y = (y + (x << UNIT_BITS) / y) / 2n
  return y
}

const DENSITY_AT_0 = (UNIT * UNIT) / root(TWO_PI)

function exponential(x: bigint): bigint {
  let [sum, term] = [UNIT, UNIT]
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = times(term, x) / k
    sum += term
  }
  return sum
}

const E = exponential(UNIT)

function wholePower(n: number): bigint {
  let power = UNIT
  for (let i = 0; i < Math.abs(n); i++) power = n > 0 ? times(power, E) : (power << UNIT_BITS) / E
  return power
}

/** ln(a / b). */
export function exactLogarithm(a: bigint, b: bigint): bigint {
  const x = (a << UNIT_BITS) / b
  const about = Math.log(Number(a) / Number(b))
  const whole = Math.round(about)
  const rest = (x << UNIT_BITS) / wholePower(whole)
  let y = BigInt(Math.round((about - whole) * 2 ** 48)) << (UNIT_BITS - 48n)
  for (let i = 0; i < 2; i++) {
    const power = exponential(y)
    y += ((2n * (rest - power)) << UNIT_BITS) / (rest + power)
  }
  return y + BigInt(whole) * UNIT
}

/** The chance that a standard normal deviate is below u. */
export function exactNormal(u: bigint): bigint {
  if (u > 14n * UNIT) return UNIT
  if (u < -14n * UNIT) return 0n
  const square = times(u, u)
  let [sum, term] = [u, u]
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = -times(term, square) / (2n * k)
    sum += term / (2n * k + 1n)
  }
  return UNIT / 2n + times(DENSITY_AT_0, sum)
}

/** What the option is worth, in quanta * 2^-64; deviation in units of 2^-32. */
export function exactBlack(kind: 'call' | 'put', forward: bigint, strike: bigint, deviation: bigint): bigint {
  const sign = kind === 'call' ? 1n : -1n
  const paysNow = sign * (forward - strike) > 0n ? sign * (forward - strike) : 0n
  if (deviation === 0n) return paysNow << 64n
  const s = deviation << (UNIT_BITS - 32n)
  const distance = (exactLogarithm(forward, strike) << UNIT_BITS) / s
  const [first, second] = [exactNormal(sign * (distance + s / 2n)), exactNormal(sign * (distance - s / 2n))]
  return (sign * (forward * first - strike * second)) >> (UNIT_BITS - 64n)
}

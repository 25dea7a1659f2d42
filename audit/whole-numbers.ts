/** |x|. */
export function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x
}

/** The greatest common divisor of numbers that are not negative; of 0 and x, x. */
export function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** floor(a / b) for b > 0. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

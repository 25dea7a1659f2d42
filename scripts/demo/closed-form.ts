/** What Black's formula gives for a call in floating point: forward * N(d1) - strike * N(d2), without discounting (Black 1976). */
export function closedFormCall(forward: number, strike: number, deviation: number): number {
  if (deviation === 0) return Math.max(0, forward - strike)
  const d1 = Math.log(forward / strike) / deviation + deviation / 2
  return forward * normal(d1) - strike * normal(d1 - deviation)
}

/** The standard normal distribution by Marsaglia's series (J. Stat. Softw. 11(4), 2004): 15 digits within 7 deviations. */
function normal(x: number): number {
  if (Math.abs(x) > 7) return x > 0 ? 1 : 0
  let sum = x
  for (let term = x, k = 3, before = Number.NaN; sum !== before; k += 2) {
    before = sum
    term *= (x * x) / k
    sum += term
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

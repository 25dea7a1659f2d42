/** Of several runs, in milliseconds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
}

/** Median and range of runs in milliseconds, rounded to 0.1 ms. */
export function spread(runs: readonly number[]): Spread {
  const sorted = runs.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  const round = (value: number) => Math.round(value * 10) / 10
  return { median: round(median), min: round(sorted[0]!), max: round(sorted.at(-1)!), runs: runs.length }
}

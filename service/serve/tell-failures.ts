/** Milliseconds between two lines. */
const PAUSE_MS = 1_000

/**
 * Tells of requests that failed here, at most once a second, and then how many others did since: what strangers send may fail as often as
 * they like. `now`: milliseconds, of a clock that goes on.
 */
export function tellFailures(
  warn: (message: string) => void,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY
  let untold = 0
  return (error) => {
    const time = now()
    if (time - last < PAUSE_MS) {
      untold++
      return
    }
    const others = untold === 0 ? '' : `, and ${untold} others since the last one that was told`
    warn(`a request failed: ${(error as Error).message}${others}`)
    last = time
    untold = 0
  }
}

import type { Progress } from '../../circuits/types.ts'

export interface RunOptions {
  /** Stops the work; what is finished is kept, and the same call goes on from there. */
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Splits a run into parts of given weights: `next(stage)` begins the next part and returns what to call with its share. The
 * fraction of the whole never falls.
 */
export function progressOf(weights: readonly number[], onProgress: RunOptions['onProgress']) {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let before = 0
  let index = 0
  let highest = 0
  return {
    next(stage: string): (share: number) => void {
      const start = before
      const weight = weights[index++] ?? 0
      before += weight
      const show = (share: number) => {
        highest = Math.max(highest, (start + weight * Math.min(1, share)) / total)
        onProgress?.({ stage, fraction: highest })
      }
      show(0)
      return show
    },
  }
}

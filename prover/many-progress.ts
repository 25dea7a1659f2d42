import type { Progress } from '../circuits/types.ts'
import type { ManyProgress } from './job.ts'

/** Adds up the progress of several proofs that are made at once: gives what to tell of each job. */
export function addUp(
  onProgress: ((progress: ManyProgress) => void) | undefined,
): (job: number) => ((progress: Progress) => void) | undefined {
  if (onProgress === undefined) return () => undefined
  let made = 0
  const parts = new Map<number, number>()
  return (job) =>
    ({ stage, fraction }) => {
      if (stage === 'verify' && fraction === 1) {
        made++
        parts.delete(job)
      } else {
        parts.set(job, stage === 'verify' ? 1 : fraction)
      }
      const proved = [...parts.values()].reduce((sum, part) => sum + part, made)
      onProgress({ stage, fraction, job, proved })
    }
}

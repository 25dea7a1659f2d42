import { setTimeout } from 'node:timers/promises'
import type { Jobs } from '../../../service/jobs/jobs.ts'

/** Between two looks: what a job waits for needs the processor more. */
const LOOK_MS = 20

/** What there is of a job once it is in one of these states. */
export async function inState(jobs: Pick<Jobs, 'find'>, id: Buffer, ...states: readonly string[]) {
  for (;;) {
    const report = (await jobs.find(id))!
    if (states.includes(report.state)) return report
    await setTimeout(LOOK_MS)
  }
}

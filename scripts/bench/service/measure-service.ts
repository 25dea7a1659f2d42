import type { Stages } from '../../demo/progress.ts'
import { type DispatchResult, measureDispatch } from './loaded-dispatcher.ts'
import { type IntakeResult, measureIntake, measureRestart, type RestartResult } from './loaded-intake.ts'
import { measureSettling, type SettlingResult } from './settled.ts'

/** The service under load. */
export interface ServiceResult {
  readonly intake: IntakeResult
  readonly restart: RestartResult
  readonly dispatch: DispatchResult
  readonly settling: SettlingResult
}

/** What is asked of the service: 1,000 messages a second in a burst, and half of that for a while. */
const LOAD = { traders: 64, each: 160, together: 8, perSecond: 500, seconds: 20 }
const RESTART = { messages: 100_000, traders: 64 }
const DISPATCH = { workers: 100, jobs: 1_000, perSecond: 50, proveMs: 1_000 }
const SETTLING = { orders: 12 }

/** Each part verifies what it did before it gives times, and throws where anything is lost or doubled. */
export async function measureService(stages: Stages): Promise<ServiceResult> {
  return {
    intake: await stages.run('intake', (report) => measureIntake({ ...LOAD, report })),
    restart: await stages.run('restart', (report) => measureRestart({ ...RESTART, report })),
    dispatch: await stages.run('dispatch', (report) => measureDispatch({ ...DISPATCH, report })),
    settling: await stages.run('settling', (report) => measureSettling({ ...SETTLING, report })),
  }
}

import { number } from '../markdown.ts'
import type { ServiceResult } from './measure-service.ts'
import { quantilesTable } from './quantiles-table.ts'

/** The service under load, as the document has it. */
export function renderService({ intake, restart, dispatch, settling }: ServiceResult): string {
  const { burst, steady } = intake
  const rate = Math.round((1000 * burst.messages) / burst.milliseconds)
  return `### The service under load

A venue and its embedded database, and in another process the driver, all on this machine; every accepted message was found in the journal once, and every receipt checked, before these numbers were taken.

- **Intake**, standard profile: a burst of ${number(burst.messages)} orders, each signed by itself, of ${intake.traders} traders, ${burst.together} in a request, took ${(burst.milliseconds / 1000).toFixed(1)} s until the last receipt: **${number(rate)} messages a second** through signature check, door, matching and the journal. Every batch was hashed, and its circuit's input made and stored, after ${(burst.jobsMilliseconds / 1000).toFixed(1)} s: ${number(Math.round((1000 * burst.messages) / burst.jobsMilliseconds))} a second. What stands for chain and workers takes every batch at once. Of processor time a message takes ${number(burst.cpu.main)} us in the thread that answers and ${number(burst.cpu.all)} us in all threads of the venue's process, without the database; at ${number(steady.single.perSecond)} a second ${number(steady.together.cpu.main)} and ${number(steady.together.cpu.all)} us with as many in a request, and ${number(steady.single.cpu.main)} and ${number(steady.single.cpu.all)} us with one.
- **Restart** after \`kill -9\` with ${number(restart.messages)} messages in ${number(restart.records)} records of the journal, until it answers: **${(restart.milliseconds / 1000).toFixed(1)} s**.
- **Dispatch**: ${dispatch.workers} simulated workers, ${dispatch.perSecond} jobs a second, ${number(dispatch.jobs)} in all, each with an input of ${number(dispatch.inputBytes)} bytes and ${number(dispatch.proveMs)} ms of proving, and a proof that the venue verifies; none was lost or done twice.

${quantilesTable([
  [
    `order to receipt, ${number(steady.together.perSecond)} orders a second, ${burst.together} in a request`,
    steady.together.latency,
  ],
  [`order to receipt, ${number(steady.single.perSecond)} orders a second, one in a request`, steady.single.latency],
  ['a job: written, until a worker has it', dispatch.lease],
  ['until the worker has its input', dispatch.input],
  ['its proof: verified and stored', dispatch.result],
  ['overhead of a job, the three together', dispatch.overhead],
  ['small profile, one worker, a development chain: order to receipt', settling.receipt],
  ['order to proof', settling.proved],
  ['order to settlement', settling.settled],
])}`
}

import { constants, getPriority, setPriority } from 'node:os'
import process from 'node:process'

/**
 * Where there is not time for all threads of the process, the others go before the one that calls this. On Linux each thread has a niceness
 * of its own (sched(7)); elsewhere that of the whole process would change, and so nothing does.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority
  setPriority(Math.min(PRIORITY_LOW, getPriority() + PRIORITY_BELOW_NORMAL))
}

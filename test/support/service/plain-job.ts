import { sha256 } from '../../../service/jobs/digest.ts'
import type { NewJob } from '../../../service/jobs/new-job.ts'

/** The digest of the circuit of plain jobs. */
export const PLAIN = sha256('plain circuit').toString('hex')

/** A job that nobody could prove, for tests of how jobs change hands. */
export function plainJob(number: number, changes: Partial<NewJob> = {}): NewJob {
  return {
    ...{ id: sha256(`job ${number}`), circuit: 'plain', profile: 'small', circuitDigest: PLAIN, memory: 1000 },
    ...{ statement: { number: `${number}` }, input: Buffer.from(`input of ${number}`) },
    ...changes,
  }
}

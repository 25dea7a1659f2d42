import type { KeyObject } from 'node:crypto'
import { open, type Purpose, seal } from './hpke.ts'

/** The job that an input is of: in each lease it is another one. */
export interface LeasedInput {
  readonly id: Uint8Array
  readonly fence: bigint
}

/** The input of a leased job, for whoever holds the private half of that key alone. */
export function wrapInput(to: KeyObject, job: LeasedInput, input: Uint8Array): Buffer {
  return seal(to, purposeOf(job), input)
}

/** The inverse; undefined for what was wrapped to another key, or for another lease. */
export function unwrapInput(by: KeyObject, job: LeasedInput, wrapped: Uint8Array): Buffer | undefined {
  return open(by, purposeOf(job), wrapped)
}

function purposeOf({ id, fence }: LeasedInput): Purpose {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(fence)
  return { info: 'zkclear input of a job', context: Buffer.concat([id, number]) }
}

import { GRACE, OLDEST } from '../watcher/rewind-due.ts'
import type { AlertFact } from './alerts.ts'

// Rules about batches on their way to settlement. All are pure; times are unix seconds.

/** A batch that is not settled. */
export interface LineEntry {
  readonly batch: number
  /** Its own time, which the contract's clock limit counts from. */
  readonly timestamp: bigint
  /** When its proof came; undefined while there is none, or where that is not known. */
  readonly provedAt?: bigint | undefined
}

/** A batch is settled in seconds, or a few minutes where proofs queue up. */
const LATE = OLDEST / 2n
/** What is proved is settled within a few blocks. */
const SETTLING = 120n

/** The oldest of them has used up half of the time that it has to be settled. */
export function batchLate(oldest: LineEntry | undefined, now: bigint): AlertFact | undefined {
  if (oldest === undefined || now < oldest.timestamp + LATE) return undefined
  const cause = `batch ${oldest.batch}, the oldest that is not settled, has used up half of the time that it has for that`
  return { cause, countdown: rewindOf(oldest) }
}

/** The oldest of them is proved, and is not settled. */
export function settlementLate(oldest: LineEntry | undefined, now: bigint): AlertFact | undefined {
  if (oldest?.provedAt === undefined || now < oldest.provedAt + SETTLING) return undefined
  return { cause: `batch ${oldest.batch} is proved for two minutes and not settled`, countdown: rewindOf(oldest) }
}

/** What is known of the proof of a batch that cannot come by itself. */
export interface LostProof extends LineEntry {
  readonly state: 'failed' | 'dead'
  readonly errorCode: string | null
  /** Why there is no job, where none could be made. */
  readonly why?: string | undefined
}

export function proofFailed(lost: LostProof | undefined): AlertFact | undefined {
  if (lost?.state !== 'failed') return undefined
  const lack = lost.why === undefined ? `witness (${lost.errorCode})` : `job (${lost.errorCode}: ${lost.why})`
  const cause = `batch ${lost.batch} has no ${lack}: nothing after it is settled`
  return { cause, countdown: rewindOf(lost) }
}

export function deadLetter(lost: LostProof | undefined): AlertFact | undefined {
  if (lost?.state !== 'dead') return undefined
  const cause = `the proof of batch ${lost.batch} is a dead letter (${lost.errorCode}): nothing after it is settled`
  return { cause, countdown: rewindOf(lost) }
}

/**
 * The oldest of them is of a table that is out of force soon. `leavesAt`: when it is made anew; undefined if it is of the newest. Half of
 * the grace is left to it, so that a table that comes in time is no alert.
 */
export function tableLeaving(
  oldest: LineEntry | undefined,
  leavesAt: bigint | undefined,
  now: bigint,
): AlertFact | undefined {
  if (oldest === undefined || leavesAt === undefined || now < leavesAt - GRACE / 2n) return undefined
  const cause = `batch ${oldest.batch} is not settled, and is of the risk table before the newest, which goes out of force`
  return { cause, countdown: { to: 'REWIND', at: leavesAt } }
}

/** What comes if it is not settled in time. */
export function rewindOf({ timestamp }: Pick<LineEntry, 'timestamp'>) {
  return { to: 'REWIND', at: timestamp + OLDEST } as const
}

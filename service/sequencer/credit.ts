import { min } from '../../protocol/numbers.ts'

/** The longest that an accepted message may wait for its proof, in seconds. */
const HORIZON = 300n
/** Least seconds between two risk tables: RiskTables.sol has it. */
const TABLE_GAP = 150n

export interface IntakeLoad {
  /** Messages that the workers prove in a thousand seconds, as measured. */
  readonly provedPerThousandSeconds: bigint
  /** Accepted messages that no settled batch includes. */
  readonly unsettled: bigint
  /**
   * How many tables may still come before the oldest unsettled batch can no longer be settled at its own. 2 if that is the newest: it
   * serves until the next comes, and for two minutes then.
   */
  readonly tablesLeft: bigint
  /** Unix seconds at which the clock limit of Settlement passes the oldest unsettled batch, or an entry of the queue is due; undefined if nothing waits. */
  readonly oldestDeadline: bigint | undefined
  /** Unix seconds. */
  readonly now: bigint
}

export interface IntakeCredit {
  /** Messages that may be accepted now. */
  readonly messages: bigint
  /** Seconds after which there is credit again if nothing else changes; 0 while there is some. */
  readonly retryAfter: bigint
}

/**
 * How many messages a venue may take on: as many as its workers can prove in the time that there is, less those they have yet to
 * prove. Beyond it a message is turned away before it has a receipt, for a batch that is not proved in time is made anew, and what
 * traders were told of it is busted.
 */
export function intakeCredit(load: IntakeLoad): IntakeCredit {
  const { provedPerThousandSeconds: rate, unsettled, tablesLeft, oldestDeadline, now } = load
  const untilTable = (tablesLeft > 0n ? tablesLeft : 0n) * TABLE_GAP
  const untilDeadline = oldestDeadline === undefined ? HORIZON : oldestDeadline > now ? oldestDeadline - now : 0n
  const seconds = min(HORIZON, min(untilTable, untilDeadline))
  const left = (rate * seconds) / 1000n - unsettled
  if (left > 0n) return { messages: left, retryAfter: 0n }
  const tooMany = 1n - left
  return { messages: 0n, retryAfter: rate === 0n ? HORIZON : min(HORIZON, (tooMany * 1000n + rate - 1n) / rate) }
}

import { BASIS_POINTS } from '../parameters.ts'
import type { UnderlyingMemory } from './memory.ts'
import type { RiskParameters } from './parameters.ts'

export type BreakerMemory = Pick<UnderlyingMemory, 'closedUntil' | 'closedSince'>

/** What the breaker of an underlying says of the markets on it. */
export interface Breaker extends BreakerMemory {
  /** They are closed in this table. */
  readonly closed: boolean
  /** Nobody is flagged for a size in them. */
  readonly sheltered: boolean
}

/** No breaker speaks at the first table. */
export const FIRST_BREAKER: Breaker = { closedUntil: 0n, closedSince: 0n, closed: false, sheltered: false }

/**
 * A jump of the index since the table before closes the markets on it for `cooldown` seconds. Closed ones are sheltered, but no
 * longer than that after the first table of a row of closings; after an outage, which is a gap in which the prices before ceased to serve, all are (protocol.md#breaker).
 */
export function nextBreaker(
  before: Pick<UnderlyingMemory, 'index' | 'closedUntil' | 'closedSince'>,
  { index, asOf, outage }: { readonly index: bigint; readonly asOf: bigint; readonly outage: boolean },
  { jumpBps, cooldown }: Pick<RiskParameters, 'jumpBps' | 'cooldown'>,
): Breaker {
  const move = index > before.index ? index - before.index : before.index - index
  const jumped = move * BASIS_POINTS > jumpBps * before.index
  const closedUntil = jumped ? asOf + cooldown : before.closedUntil
  const closed = asOf < closedUntil
  const closedSince = !closed ? 0n : before.closedSince === 0n ? asOf : before.closedSince
  return { closedUntil, closedSince, closed, sheltered: outage || (closed && asOf < closedSince + cooldown) }
}

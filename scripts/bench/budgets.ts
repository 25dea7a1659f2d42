import type { CircuitName } from '../../circuits/index.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/**
 * The most constraints that a circuit may have (circuits.md#budgets). For the small trade-batch it is what a domain of
 * 2^16 leaves after its public signals, for the standard one 2^19.
 */
export const BUDGETS: Readonly<Record<CircuitName, Readonly<Record<ProfileName, number>>>> = {
  'trade-batch': { small: 65_530, standard: 1 << 19 },
  'margin-sufficiency': { small: 10_000, standard: 30_000 },
}

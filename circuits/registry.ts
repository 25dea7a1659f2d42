import { ZkclearError } from '../protocol/errors.ts'
import { marginSufficiency } from './margin-sufficiency/index.ts'
import { tradeBatch } from './trade-batch/index.ts'
import type { CircuitDefinition } from './types.ts'

/** The one registry: whatever handles "every circuit" loops over it. */
export const CIRCUITS = {
  'trade-batch': tradeBatch,
  'margin-sufficiency': marginSufficiency,
} as const

export type CircuitName = keyof typeof CIRCUITS

export const CIRCUIT_NAMES = Object.keys(CIRCUITS) as readonly CircuitName[]

/** The circuits whose proofs move the state root, each at the place of its `settlementKind`. */
export const STATE_CIRCUITS: readonly CircuitDefinition[] = (Object.values(CIRCUITS) as readonly CircuitDefinition[])
  .filter(({ settlementKind }) => settlementKind !== undefined)
  .toSorted((a, b) => a.settlementKind! - b.settlementKind!)

/** The circuit of that name. Throws CIRCUIT_UNKNOWN: names come from outside and never become paths. */
export function requireCircuit(name: string): (typeof CIRCUITS)[CircuitName] {
  if (!Object.hasOwn(CIRCUITS, name)) {
    throw new ZkclearError('CIRCUIT_UNKNOWN', `no circuit "${name}"; choose one of ${CIRCUIT_NAMES.join(', ')}`)
  }
  return CIRCUITS[name as CircuitName]
}

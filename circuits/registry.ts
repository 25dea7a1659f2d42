import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { cashBatch } from './cash-batch/index.ts'
import { deleverage } from './deleverage/index.ts'
import { exit } from './exit/index.ts'
import { marginSufficiency } from './margin-sufficiency/index.ts'
import { portfolioExposure } from './portfolio-exposure/index.ts'
import { riskUpdate } from './risk-update/index.ts'
import type { StateMoveStatement } from './state/statement.ts'
import { takeover } from './takeover/index.ts'
import { tradeBatch } from './trade-batch/index.ts'
import type { CircuitDefinition } from './types.ts'

/** The one registry: whatever handles "every circuit" loops over it. */
export const CIRCUITS = {
  'trade-batch': tradeBatch,
  'cash-batch': cashBatch,
  takeover,
  deleverage,
  exit,
  'margin-sufficiency': marginSufficiency,
  'portfolio-exposure': portfolioExposure,
  'risk-update': riskUpdate,
} as const

export type CircuitName = keyof typeof CIRCUITS

export const CIRCUIT_NAMES = Object.keys(CIRCUITS) as readonly CircuitName[]

/** A circuit whose proofs move the state root. */
export interface StateCircuit extends CircuitDefinition<string, StateMoveStatement> {
  readonly settlementKind: number
  wordCount(profile: ProfileName): number
}

/** The circuits whose proofs move the state root, each at the place of its `settlementKind`. */
export const STATE_CIRCUITS: readonly StateCircuit[] = (Object.values(CIRCUITS) as readonly CircuitDefinition[])
  .filter((circuit): circuit is StateCircuit => circuit.settlementKind !== undefined)
  .toSorted((a, b) => a.settlementKind - b.settlementKind)

/** The circuit of that name. Throws CIRCUIT_UNKNOWN: names come from outside and never become paths. */
export function requireCircuit(name: string): (typeof CIRCUITS)[CircuitName] {
  if (!Object.hasOwn(CIRCUITS, name)) {
    throw new ZkclearError('CIRCUIT_UNKNOWN', `no circuit "${name}"; choose one of ${CIRCUIT_NAMES.join(', ')}`)
  }
  return CIRCUITS[name as CircuitName]
}

/** The circuit of that name, whose proofs move the state. Throws CIRCUIT_UNKNOWN; INPUT_INVALID for one that moves none. */
export function requireStateCircuit(name: string): StateCircuit {
  const { name: known } = requireCircuit(name)
  const circuit = STATE_CIRCUITS.find((one) => one.name === known)
  if (circuit !== undefined) return circuit
  const movers = STATE_CIRCUITS.map((one) => one.name).join(', ')
  const message = `proofs of ${known} move no state, so Settlement has no place for them; it takes those of ${movers}`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'circuit' })
}

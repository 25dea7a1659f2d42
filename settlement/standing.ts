import type { StateMoveStatement } from '../circuits/state/statement.ts'
import type { ContractAt } from './contract-at.ts'
import { isRecentRoot, type SettlementStatus } from './read-settlement.ts'

/**
 * Where a batch stands in the row of those that a Settlement has settled:
 * - `next`: it starts from the current state root.
 * - `settled`: the state root has been the one that it leads to.
 * - `superseded`: another batch was settled from the root that it starts from.
 * - `unknown`: Settlement does not remember that root. Either batches before it are not settled yet, or it is long past.
 */
export type Standing = 'next' | 'settled' | 'superseded' | 'unknown'

export async function standingOf(
  at: ContractAt,
  { stateRoot }: Pick<SettlementStatus, 'stateRoot'>,
  { oldStateRoot, newStateRoot }: StateMoveStatement,
): Promise<Standing> {
  if (oldStateRoot === stateRoot) return 'next'
  if (await isRecentRoot(at, newStateRoot)) return 'settled'
  return (await isRecentRoot(at, oldStateRoot)) ? 'superseded' : 'unknown'
}

/** What each standing but `next` means for whoever wants to settle the batch. */
export const STANDINGS: Readonly<Record<Exclude<Standing, 'next'>, string>> = {
  settled: 'the batch is settled already; there is nothing left to do',
  superseded: 'another batch was settled from there, so this one never can be; apply its messages to the current state',
  unknown: 'that root is not among the recent ones: settle the batches before this one first, unless it is long past',
}

import { ZkclearError } from '../protocol/errors.ts'
import { hashRiskTable, type RiskTable } from '../protocol/risk-table.ts'
import { type State, stateRoot } from '../protocol/state.ts'
import type { CashOnChain } from '../settlement/index.ts'
import { newestTable, type TablePlace } from './newest-table.ts'
import type { Session } from './session.ts'
import { timeText } from './time-text.ts'

/** No batch is earlier than the one before it. */
export function timeOf({ time, lastTimestamp }: CashOnChain): bigint {
  return time > lastTimestamp ? time : lastTimestamp
}

/** Throws CONTRACT_REFUSED for a frozen venue. */
export function requireAlive({ frozenAt }: CashOnChain): void {
  if (frozenAt === 0n) return
  const message = `the venue was frozen at ${timeText(frozenAt)}, for ever: no batch can be settled any more`
  throw new ZkclearError('CONTRACT_REFUSED', message, { details: { refusal: 'VenueFrozen' } })
}

export function requireState(state: State, chain: CashOnChain, file: string | undefined): void {
  const root = stateRoot(state)
  if (root === chain.stateRoot) return
  const what = file === undefined ? 'that of the state without accounts' : `that of ${file}`
  const message = `the chain's state root is ${chain.stateRoot}, and ${what} ${root}; settle the batches that lead there first, or give the state that they led to`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--state' })
}

/** The newest table, as the chain's events tell it; undefined if there is none. */
export async function tableOnChain(place: TablePlace, { riskRoot }: CashOnChain, session: Session) {
  if (riskRoot === 0n) return undefined
  return (await newestTable(place, { riskRoot, snapshots: [] }, session)).table
}

export function requireTable(table: RiskTable | undefined, { riskRoot }: CashOnChain): void {
  const root = table === undefined ? 0n : hashRiskTable(table)
  if (root === riskRoot) return
  const message =
    riskRoot === 0n
      ? 'there is no table on the chain yet; leave the option out'
      : `need the newest table, whose root is ${riskRoot}, and not ${root}; leave the option out to compute it from the chain`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--risk' })
}

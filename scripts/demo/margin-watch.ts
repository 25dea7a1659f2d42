import type { Account } from '../../protocol/account.ts'
import { portfolioRisk, scaledEquity } from '../../protocol/margin.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { accountAt } from '../../protocol/state.ts'
import type { World } from './world.ts'

/** How an account without open orders stands at a table, in quanta. */
export interface Margin {
  /** With haircuts on collateral. */
  readonly equity: bigint
  /** What maintenance and initial margin ask for. */
  readonly maintenance: bigint
  readonly initial: bigint
}

export interface MarginPoint extends Margin {
  /** Unix seconds. */
  readonly time: bigint
  /** What happened; empty where only prices changed. */
  readonly event: string
}

/** How the account stands at the table. */
export function marginOf(account: Account, table: RiskTable): Margin {
  const risk = portfolioRisk(account, table)
  return {
    equity: scaledEquity(account, table) / BASIS_POINTS,
    maintenance: risk,
    initial: (risk * table.initialMarginBps) / BASIS_POINTS,
  }
}

/** Writes down how one account of the venue stands, from table to table and from batch to batch. */
export class MarginWatch {
  readonly account: number
  readonly points: MarginPoint[] = []
  readonly #world: Pick<World, 'venue'>

  constructor(account: number, world: Pick<World, 'venue'>) {
    this.account = account
    this.#world = world
  }

  note(time: bigint, event = ''): Margin {
    const { state, riskTable } = this.#world.venue
    const margin = marginOf(accountAt(state, this.account)!, riskTable!)
    this.points.push({ time, event, ...margin })
    return margin
  }
}

import { type RiskUpdateStatement, type RiskUpdateWitness, riskUpdateStatement } from '../../circuits/index.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { type ReportValues, signReport } from '../../protocol/risk/report.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import type { Proved } from '../../prover/index.ts'
import { updateRisk } from '../../settlement/index.ts'
import type { Chain } from './chain.ts'

/** A risk table that was brought to the chain, and what that took. */
export interface BroughtTable {
  readonly table: RiskTable
  readonly proveMs: number
  readonly gas: bigint
}

export interface DemoTablesOptions {
  readonly chain: Chain
  /** Those in force. */
  readonly parameters: RiskParameters
  readonly oracleKeys: readonly Uint8Array[]
  prove(statement: RiskUpdateStatement, witness: RiskUpdateWitness): Promise<Proved<'risk-update', RiskUpdateStatement>>
}

/** The risk tables of a venue, one after the other: oracles sign prices, and what follows from them is proved. */
export class DemoTables {
  #newest: RiskSnapshot | undefined
  readonly #options: DemoTablesOptions

  constructor(options: DemoTablesOptions) {
    this.#options = options
  }

  /** Every oracle signs these prices at that time; the table that follows is proved and brought to the chain. */
  async bring(prices: ReportValues, timestamp: bigint): Promise<BroughtTable> {
    const { chain, parameters, oracleKeys, prove } = this.#options
    const shape = venueShape('small')
    const report = { feedSet: parameters.feedSet, timestamp, ...prices }
    const reports = oracleKeys.map((key) => signReport(report, shape, key))
    const witness = { parameters, before: this.#newest, reports, retired: 0n }
    const { statement, after } = riskUpdateStatement(witness, chain.deployment.domain, shape)
    const proved = await prove(statement, witness)
    await chain.reach(timestamp)
    const { gasUsed } = await updateRisk({ ...chain.settlement, proved })
    this.#newest = after
    return { table: after.table, proveMs: proved.timings.proveMs, gas: gasUsed }
  }
}

import { type RiskUpdateStatement, type RiskUpdateWitness, riskUpdateStatement } from '../../circuits/index.ts'
import { PHASES } from '../../protocol/parameters.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { type ReportValues, signReport } from '../../protocol/risk/report.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import type { Proved } from '../../prover/index.ts'
import { updateRisk } from '../../settlement/index.ts'
import type { Chain } from './chain.ts'
import { expect } from './expect.ts'

/** A risk table that was brought to the chain, and what that took. */
export interface BroughtTable {
  /** What had happened. */
  readonly news: string
  readonly table: RiskTable
  /** Of the first underlying: quanta a coin, and ppm. */
  readonly index: bigint
  readonly shock: bigint
  readonly proveMs: number
  readonly gas: bigint
}

/** What oracles say. */
export interface News {
  readonly news: string
  readonly prices: ReportValues
  readonly timestamp: bigint
  /** What the last of them says instead. */
  readonly lie?: ReportValues
}

export interface DemoTablesOptions {
  readonly chain: Chain
  /** Those in force. */
  readonly parameters: RiskParameters
  readonly oracleKeys: readonly Uint8Array[]
  /** Default: small. */
  readonly profile?: ProfileName
  prove(statement: RiskUpdateStatement, witness: RiskUpdateWitness): Promise<Proved<'risk-update', RiskUpdateStatement>>
}

/** The risk tables of a venue, one after the other: oracles sign prices, and what follows from them is proved. */
export class DemoTables {
  readonly brought: BroughtTable[] = []
  #newest: RiskSnapshot | undefined
  readonly #options: DemoTablesOptions

  constructor(options: DemoTablesOptions) {
    this.#options = options
  }

  /** Every oracle signs; the table that follows is proved and brought to the chain. One that lies changes nothing of it. */
  async bring({ news, prices, timestamp, lie }: News): Promise<BroughtTable> {
    const { chain, parameters, oracleKeys, prove } = this.#options
    const shape = venueShape(this.#options.profile ?? 'small')
    const witnessOf = (values: readonly ReportValues[]): RiskUpdateWitness => {
      const reports = values.map((said, i) => {
        return signReport({ feedSet: parameters.feedSet, timestamp, ...said }, shape, oracleKeys[i]!)
      })
      return { parameters, before: this.#newest, reports, retired: 0n }
    }
    const honest = oracleKeys.map(() => prices)
    const witness = witnessOf(lie === undefined ? honest : honest.with(-1, lie))
    const { statement, after } = riskUpdateStatement(witness, chain.deployment.domain, shape)
    const { statement: truth } = riskUpdateStatement(witnessOf(honest), chain.deployment.domain, shape)
    expect(truth.newRiskRoot === hashRiskTable(after.table), 'an oracle that lies alone does not move a table')
    const proved = await prove(statement, witness)
    await chain.reach(timestamp)
    const { gasUsed } = await updateRisk({ ...chain.settlement, proved })
    this.#newest = after
    const { index, shock } = after.memory.underlyings[0]!
    const brought = { news, table: after.table, index, shock, proveMs: proved.timings.proveMs, gas: gasUsed }
    this.brought.push(brought)
    return brought
  }
}

/** Whether a market does not trade at the table. */
export function isClosed({ markets, asOf }: RiskTable, market: number): boolean {
  return markets[market]!.lastTradeTime < asOf
}

/** Whether nobody is flagged over a size in the market. */
export function isSheltered({ markets }: RiskTable, market: number): boolean {
  return markets[market]!.phase === PHASES.SHELTERED
}

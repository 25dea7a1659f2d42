import type { Progress } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { leastLimits } from '../../protocol/market-limits.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import { checkRiskTable, hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { tableNumber } from '../risk/published-updates.ts'
import { type RiskTablesOptions, riskTables, type TableOnChain } from '../risk/tables.ts'

export interface TablesAtHand {
  /** Risk tables that somebody told. Where the chain names the root of one, it is that table, and nothing is computed. */
  readonly tables?: readonly RiskTable[] | undefined
  /** Tables that were computed before: taken, or gone on from, where they are the chain's. */
  readonly snapshots?: readonly RiskSnapshot[] | undefined
}

type Venue = Omit<RiskTablesOptions, 'after'> & { readonly onProgress?: ((progress: Progress) => void) | undefined }

/** Progress is told once in so many tables. */
const TABLES_TOLD = 1_000n

/** The risk tables of a venue by their roots: as they were told, as they were computed before, or else computed. */
export class KnownTables {
  readonly #told: ReadonlyMap<bigint, RiskTable>
  readonly #snapshots: Map<bigint, RiskSnapshot>
  readonly #asked = new Set<bigint>()

  /** Throws RISK_TABLE_INVALID for a table that no venue of that shape has: its root leaves out what follows from the rest. */
  constructor({ tables = [], snapshots = [] }: TablesAtHand, shape: VenueShape) {
    for (const table of tables) checkRiskTable(table, leastLimits(table), shape)
    this.#told = new Map(tables.map((table) => [hashRiskTable(table), table]))
    this.#snapshots = new Map(snapshots.map((snapshot) => [hashRiskTable(snapshot.table), snapshot]))
  }

  /** Roots that were asked for. */
  get asked(): ReadonlySet<bigint> {
    return this.#asked
  }

  /** Tables that were asked for and computed, now or before. */
  get computed(): readonly RiskSnapshot[] {
    return [...this.#snapshots].filter(([root]) => this.#asked.has(root)).map(([, snapshot]) => snapshot)
  }

  /** The table with that root. Throws INPUT_INVALID with a fault; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED. */
  async find(root: bigint, venue: Venue): Promise<RiskTable> {
    this.#asked.add(root)
    const told = this.#told.get(root)
    if (told !== undefined) return told
    const { table } = this.#snapshots.get(root) ?? (await this.#compute(root, venue))
    return table
  }

  /** From the newest table before it that is known. None after it is looked at: what comes later is in nobody's way. */
  async #compute(root: bigint, { onProgress, ...venue }: Venue): Promise<RiskSnapshot> {
    const { shape: _, ...place } = venue
    const number = await tableNumber({ ...place, riskRoot: root })
    if (number === undefined) {
      const message = `the node's events tell nothing of risk table ${root}, which Settlement holds. Ask a node that keeps all events, from the block of the deployment on`
      throw new ZkclearError('INPUT_INVALID', message, { details: { reason: 'INCOMPLETE' } })
    }
    let after: Pick<TableOnChain, 'number' | 'snapshot'> | undefined
    for (const [riskRoot, snapshot] of this.#snapshots) {
      const its = await tableNumber({ ...place, riskRoot })
      if (its !== undefined && its < number && its > (after?.number ?? 0n)) after = { number: its, snapshot }
    }
    for await (const table of riskTables({ ...venue, after })) {
      if (table.number % TABLES_TOLD === 1n) {
        onProgress?.({ stage: `compute risk table ${table.number} of ${number}`, fraction: 0.99 })
      }
      if (table.statement.newRiskRoot !== root) continue
      this.#snapshots.set(root, table.snapshot)
      return table.snapshot
    }
    const message = `the node's events end before risk table ${number}; ask one that keeps all events, from the block of the deployment on`
    throw new ZkclearError('INPUT_INVALID', message, { details: { reason: 'INCOMPLETE' } })
  }
}

import type { Provider } from 'ethers'
import { retiredOf } from '../../circuits/risk-update/statement.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { unpackReportValues } from '../../protocol/risk/report.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../protocol/risk/update.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { contractOf } from '../contract-at.ts'
import type { LogRange } from '../logs.ts'
import { view } from '../view.ts'
import { publishedUpdates, type RiskUpdateOnChain } from './published-updates.ts'
import { toldParameters } from './told-parameters.ts'

/** A risk table that a contract took, computed from what its events tell. */
export interface TableOnChain extends RiskUpdateOnChain {
  /** The table, and what the next one is made from. */
  readonly snapshot: RiskSnapshot
}

export interface RiskTablesOptions extends Omit<LogRange, 'fromBlock'> {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  readonly shape: VenueShape
  /** That of the contracts' deployment. Default 0. */
  readonly fromBlock?: number | undefined
  /** A table that was computed before, from which to go on. Default: none, so all are computed, from the first. */
  readonly after?: Pick<TableOnChain, 'number' | 'snapshot'> | undefined
}

/**
 * Every risk table of a venue, in order, from the chain alone: each follows from the one before, from risk parameters that Authority was
 * told, and from the listings and medians in the event; and each has the root that the contract holds. Standard takes some ten milliseconds a
 * table.
 *
 * Throws INPUT_INVALID with a reason: MISSING for an update that the node leaves out, PARAMETERS if nobody told those of an update,
 * CORRUPT for a table whose root is another; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
 *
 * @example
 * using connection = await connectReader({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { provider } = connection
 * const settlement = '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e'
 * const venue = { provider, settlement, shape: venueShape('small') }
 * for await (const { number, snapshot } of riskTables(venue)) console.log(number, snapshot.table.asOf)
 */
export async function* riskTables(options: RiskTablesOptions): AsyncGenerator<TableOnChain, void, void> {
  const { provider, settlement, shape, after, ...range } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const authority = await view<string>(at, 'authority')
  const known = new Map<bigint, RiskParameters>()
  const parametersOf = async (parametersRoot: bigint) => {
    const found =
      known.get(parametersRoot) ?? (await toldParameters({ provider, authority, shape, parametersRoot, ...range }))
    known.set(parametersRoot, found)
    return found
  }
  let before = after?.snapshot
  const start = after && { number: after.number, riskRoot: hashRiskTable(after.snapshot.table) }
  for await (const update of publishedUpdates({ provider, settlement, ...range, after: start })) {
    const parameters = await parametersOf(update.statement.parametersRoot)
    before = follow(before, update, parameters, shape)
    yield { ...update, snapshot: before }
  }
}

/** The table that an update leads to. Throws INPUT_INVALID if its root is not what the contract holds. */
function follow(
  before: RiskSnapshot | undefined,
  { number, statement }: RiskUpdateOnChain,
  parameters: RiskParameters,
  shape: VenueShape,
): RiskSnapshot {
  const { asOf, listings, medians, newRiskRoot } = statement
  const wrong = (what: string, cause?: unknown) => {
    const message = `risk table ${number} is not what its update says: ${what}; ask another node, and use the version of the deployment`
    return new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'CORRUPT' }, cause })
  }
  let snapshot: RiskSnapshot
  try {
    const values = unpackReportValues(medians, shape)
    const { table, memory } = applyRiskUpdate(before, { asOf, ...values }, parameters, shape, retiredOf(listings))
    snapshot = { table, memory }
  } catch (cause) {
    if (!(cause instanceof ZkclearError)) throw cause
    throw wrong(cause.message, cause)
  }
  const root = hashRiskTable(snapshot.table)
  if (root !== newRiskRoot) throw wrong(`its root would be ${root}, and the contract holds ${newRiskRoot}`)
  return snapshot
}

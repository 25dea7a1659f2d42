import type { LogDescription, Provider, Signer } from 'ethers'
import { requireAddress } from '../../protocol/address.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { toField } from '../../protocol/numbers.ts'
import { hashRiskTable, type RiskTable, riskTableFromWords, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { ABIS } from '../abi.ts'
import { contractAt } from '../contract-at.ts'
import { type LogRange, readLogs } from '../logs.ts'
import { parseLog } from '../parse-log.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'

export interface ReadRiskTablesOptions extends Omit<LogRange, 'fromBlock'> {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  readonly shape: VenueShape
  /** Of the tables that are wanted. */
  readonly roots: readonly bigint[]
  /** That of the contract's deployment. Default 0. */
  readonly fromBlock?: number
}

/** What somebody told of a table, and it is not that. */
export interface WrongTelling {
  readonly riskRoot: bigint
  readonly blockNumber: number
  readonly transactionHash: string
  readonly reason: string
}

export interface RiskTablesOnChain {
  /** By root. */
  readonly tables: ReadonlyMap<bigint, RiskTable>
  readonly wrong: readonly WrongTelling[]
}

/**
 * Risk tables from what was told of them on chain, by whoever posted them or by anybody afterwards. The contract does not
 * look at the words, so what is told is believed only if it hashes to the root; what does not is passed over, and named in
 * the answer. Throws INPUT_INVALID for what is no address; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
 */
export async function readRiskTables(options: ReadRiskTablesOptions): Promise<RiskTablesOnChain> {
  const { provider, settlement, shape, roots, fromBlock = 0, ...range } = options
  const address = requireAddress(settlement, 'settlement')
  const { Interface, toBeHex } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const wanted = roots.map((root) => toBeHex(root, 32))
  const [posted, told] = ['RiskTablePosted', 'RiskTableWords'].map((name) => abi.getEvent(name)!.topicHash)
  const tables = new Map<bigint, RiskTable>()
  const wrong: WrongTelling[] = []
  if (wanted.length === 0) return { tables, wrong }
  for (const topics of [
    [posted!, null, wanted],
    [told!, wanted],
  ]) {
    for await (const log of readLogs(provider, address, topics, { ...range, fromBlock })) {
      const { blockNumber, transactionHash } = log
      const { riskRoot, told: outcome } = believe(parseLog(abi, log), shape)
      if (typeof outcome === 'string') wrong.push({ riskRoot, blockNumber, transactionHash, reason: outcome })
      else tables.set(riskRoot, outcome)
    }
  }
  return { tables, wrong }
}

/** The table that was told, or why it is not the one of its root. */
function believe({ args }: LogDescription, shape: VenueShape): { riskRoot: bigint; told: RiskTable | string } {
  const { riskRoot, words } = args.toObject(true) as { riskRoot: bigint; words: readonly bigint[] }
  try {
    const table = riskTableFromWords(words, shape)
    return { riskRoot, told: hashRiskTable(table) === riskRoot ? table : 'its words hash to another root' }
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    return { riskRoot, told: error.message }
  }
}

export interface TellRiskTableOptions extends TransactionOptions {
  /** Anybody. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  table: RiskTable
}

/**
 * Tells on chain what a table consists of, for those who need it to leave and cannot find it. Throws as `settle` does.
 */
export async function tellRiskTable(
  given: TellRiskTableOptions,
): Promise<Confirmation & { readonly riskRoot: bigint }> {
  const { signer, settlement, table, ...options } = given
  const riskRoot = hashRiskTable(table)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const values = [riskRoot, riskTableWords(table).map(toField)]
  const { event: _, ...confirmation } = await transact(
    at,
    { method: 'tellRiskTable', values, event: 'RiskTableWords' },
    options,
  )
  return { riskRoot, ...confirmation }
}

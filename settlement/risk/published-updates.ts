import type { Log, Provider } from 'ethers'
import { type RiskUpdateStatement, riskUpdateOfWords } from '../../circuits/risk-update/index.ts'
import { requireAddress } from '../../protocol/address.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { ABIS } from '../abi.ts'
import { chainError } from '../chain-error.ts'
import { type LogRange, readLogs } from '../logs.ts'
import { parseLog } from '../parse-log.ts'

/** A risk update as the chain's events tell it, and where. */
export interface RiskUpdateOnChain {
  /** Of the table that it led to; the first is 1. */
  readonly number: bigint
  readonly statement: RiskUpdateStatement
  readonly blockNumber: number
  readonly transactionHash: string
}

export interface PublishedUpdatesOptions extends Omit<LogRange, 'fromBlock'> {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  /** That of the contracts' deployment. Default 0. */
  readonly fromBlock?: number | undefined
  /** The newest update that is not wanted any more, with the table that it led to. Default: none, so all are. */
  readonly after?: { readonly number: bigint; readonly riskRoot: bigint } | undefined
}

/**
 * The risk updates that a contract took, in order, from the chain's events alone. Nothing is missing between them, else
 * INPUT_INVALID says which one (`details.reason` is MISSING). Throws INPUT_INVALID for what is no address; CHAIN_UNREACHABLE,
 * TRANSACTION_FAILED; ABORTED.
 */
export async function* publishedUpdates(
  options: PublishedUpdatesOptions,
): AsyncGenerator<RiskUpdateOnChain, void, void> {
  const { provider, settlement, fromBlock = 0, after, ...range } = options
  const address = requireAddress(settlement, 'settlement')
  const { Interface } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const { chainId } = await provider.getNetwork().catch((cause) => {
    throw chainError(cause, 'the node does not say which chain it serves')
  })
  const domain = settlementDomain(chainId, address)
  let { number: last, riskRoot: oldRiskRoot } = after ?? { number: 0n, riskRoot: 0n }
  const decode = (log: Log): RiskUpdateOnChain => {
    const { number, riskRoot, parametersRoot, asOf, data } = parseLog(abi, log).args.toObject(true)
    const statement = riskUpdateOfWords([domain, asOf, parametersRoot, oldRiskRoot, riskRoot, ...data])
    return { number, statement, blockNumber: log.blockNumber, transactionHash: log.transactionHash }
  }
  const topics = [abi.getEvent('RiskUpdated')!.topicHash]
  for await (const log of readLogs(provider, address, topics, { ...range, fromBlock })) {
    const update = decode(log)
    if (update.number <= (after?.number ?? 0n)) continue
    if (update.number !== last + 1n) {
      const message = `the node tells of risk table ${update.number} where table ${last + 1n} comes; ask one that keeps all events, from the block of the deployment on`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'MISSING' } })
    }
    yield update
    ;[last, oldRiskRoot] = [update.number, update.statement.newRiskRoot]
  }
}

/** The number of the table with that root, if the contract took one. Throws as {@link publishedUpdates} does. */
export async function tableNumber(
  options: Omit<PublishedUpdatesOptions, 'after'> & { readonly riskRoot: bigint },
): Promise<bigint | undefined> {
  const { provider, settlement, riskRoot, fromBlock = 0, ...range } = options
  const { Interface, toBeHex } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const topics = [abi.getEvent('RiskUpdated')!.topicHash, null, toBeHex(riskRoot, 32)]
  const address = requireAddress(settlement, 'settlement')
  for await (const log of readLogs(provider, address, topics, { ...range, fromBlock })) {
    return parseLog(abi, log).args.toObject(true).number
  }
  return undefined
}

import { Interface, type Log } from 'ethers'
import { CASH_BATCH_KIND } from '../../circuits/cash-batch/statement.ts'
import { QUEUED_KINDS } from '../../protocol/cash-batch/operation.ts'
import { unpackCashData } from '../../protocol/cash-batch/words.ts'
import { CASH_KINDS, type CashKind } from '../../protocol/parameters.ts'
import { ABIS } from '../../settlement/abi.ts'
import type { Chain } from './chain.ts'

/** An entry of the queue, from when it was made to when it was served. Unix seconds. */
export interface QueuePlace {
  readonly index: number
  readonly kind: CashKind
  readonly account: number
  readonly made: bigint
  readonly deadline: bigint
  /** undefined: it never was. */
  readonly served: bigint | undefined
}

/** Every entry that was ever made, from the chain's events alone. */
export async function queueHistory(chain: Chain): Promise<readonly QueuePlace[]> {
  const { provider, settlement, deployment } = chain
  const abi = new Interface([...ABIS.Settlement])
  const logs = async (event: string) => {
    const topics = [abi.getEvent(event)!.topicHash]
    const found = await provider.getLogs({ address: settlement.settlement, topics, fromBlock: deployment.fromBlock })
    return Promise.all(found.map(async (log) => ({ args: abi.parseLog(log)!.args, time: await timeOf(log) })))
  }
  const timeOf = async ({ blockNumber }: Log) => BigInt((await provider.getBlock(blockNumber))!.timestamp)
  const served: bigint[] = []
  for (const { args, time } of await logs('Settled')) {
    if (Number(args.kind) !== CASH_BATCH_KIND) continue
    const words = [deployment.domain, args.timestamp, args.riskRoot, args.oldStateRoot, args.newStateRoot, ...args.data]
    const consumed = unpackCashData(words).slots.filter(({ kind }) => QUEUED_KINDS.includes(kind))
    served.push(...consumed.map(() => time))
  }
  const names = new Map(Object.entries(CASH_KINDS).map(([name, number]) => [Number(number), name as CashKind]))
  return (await logs('Queued')).map(({ args, time }, i) => ({
    index: Number(args.index),
    kind: names.get(Number(args.entry.kind))!,
    account: Number(args.account),
    made: time,
    deadline: args.deadline,
    served: served[i],
  }))
}

import type { StateMoveStatement } from '../circuits/state/statement.ts'
import { ABIS } from './abi.ts'
import type { ContractAt } from './contract-at.ts'
import { readLogs } from './logs.ts'
import { parseLog } from './parse-log.ts'
import { isRecentRoot, type SettlementStatus } from './read-settlement.ts'

/**
 * Where a batch stands in the row of those that a Settlement has settled:
 * - `next`: it starts from the current state root.
 * - `settled`: the state root has been the one that it leads to.
 * - `superseded`: another batch was settled from the root that it starts from.
 * - `unknown`: no batch was settled from that root, as far back as is looked for one.
 */
export type Standing = 'next' | 'settled' | 'superseded' | 'unknown'

/**
 * @param fromBlock The block from which events are looked up, if the root that it leads to is none that Settlement keeps: of batches that
 * were settled together it keeps the last one's.
 */
export async function standingOf(
  at: ContractAt,
  { stateRoot }: Pick<SettlementStatus, 'stateRoot'>,
  { oldStateRoot, newStateRoot }: StateMoveStatement,
  fromBlock: number,
): Promise<Standing> {
  if (oldStateRoot === stateRoot) return 'next'
  if (await isRecentRoot(at, newStateRoot)) return 'settled'
  const led = await rootsAfter(at, oldStateRoot, fromBlock)
  if (led.includes(newStateRoot)) return 'settled'
  return led.length > 0 ? 'superseded' : 'unknown'
}

/** Where the batches led that were settled from that root. */
async function rootsAfter({ address, contract }: ContractAt, root: bigint, fromBlock: number): Promise<bigint[]> {
  const { Interface, toBeHex } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const topics = [abi.getEvent('Settled')!.topicHash, null, toBeHex(root, 32)]
  const led: bigint[] = []
  for await (const log of readLogs(contract.runner!.provider!, address, topics, { fromBlock })) {
    led.push(parseLog(abi, log).args.newStateRoot as bigint)
  }
  return led
}

/** What each standing but `next` means for whoever wants to settle the batch. */
export const STANDINGS: Readonly<Record<Exclude<Standing, 'next'>, string>> = {
  settled: 'the batch is settled already; there is nothing left to do',
  superseded: 'another batch was settled from there, so this one never can be; apply its messages to the current state',
  unknown: 'no batch was settled from that root: settle those before this one first',
}

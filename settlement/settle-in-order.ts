import type { Log } from 'ethers'
import { wordsOf } from '../circuits/state/statement.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'
import { type ContractAt, contractAt } from './contract-at.ts'
import { readLogs } from './logs.ts'
import { parseLog } from './parse-log.ts'
import { type Settled, type SettleOptions, type StateProof, settle } from './settle.ts'

export interface SettleInOrderOptions extends Omit<SettleOptions, 'proved'> {
  /** In the order in which the batches were made. */
  proofs: readonly StateProof[]
}

/** What became of one of the proofs: it was settled now, or had been before. */
export type Outcome = { readonly index: number } & (
  | ({ readonly settled: 'now' } & Settled)
  | { readonly settled: 'before' }
)

/**
 * Settles proved batches one after the other, from where the chain is: what was settled already is passed over, so a run that
 * was interrupted is simply run again. Throws what `settle` throws, at the first that cannot be settled; those before it are.
 *
 * @example
 * for await (const { index, settled } of settleInOrder({ signer, settlement, proofs })) console.log(index, settled)
 */
export async function* settleInOrder(given: SettleInOrderOptions): AsyncGenerator<Outcome, void, void> {
  const { proofs, ...options } = given
  const { signer, settlement, fromBlock = 0, signal, onProgress } = options
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const first = await firstUnsettled(at, proofs, fromBlock)
  for (const [index, proved] of proofs.entries()) {
    if (index < first) {
      yield { index, settled: 'before' }
      continue
    }
    const overall: SettleOptions['onProgress'] = ({ stage, fraction }) =>
      onProgress?.({
        stage: `batch ${index + 1} of ${proofs.length}: ${stage}`,
        fraction: (index + fraction) / proofs.length,
      })
    yield { index, settled: 'now', ...(await settle({ ...options, signal, onProgress: overall, proved })) }
  }
}

/**
 * How many of the proofs have been settled. A state root can come back, so where the chain stands is told by the longest row
 * of its last batches that ends there.
 */
async function firstUnsettled(at: ContractAt, proofs: readonly StateProof[], fromBlock: number): Promise<number> {
  const done = await lastBatches(at, proofs.length, fromBlock)
  const own = proofs.map(({ statement }) => wordsOf(statement).slice(1).join())
  const rowTo = (end: number) => {
    let row = 0
    while (row < end && row < done.length && own[end - 1 - row] === done[done.length - 1 - row]) row++
    return row
  }
  const ends = Array.from({ length: proofs.length + 1 }, (_, end) => end)
  return ends.reduce((best, end) => (rowTo(end) > rowTo(best) ? end : best))
}

/**
 * The words of the last batches that were settled but for the domain, `most` at most, oldest first. Their times tell a batch from one
 * that did the same before it: a request that pays nothing leaves the root as it was.
 */
async function lastBatches(
  { address, contract }: ContractAt,
  most: number,
  fromBlock: number,
): Promise<readonly string[]> {
  const { Interface, toBeHex } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const provider = contract.runner!.provider!
  const count = await contract
    .getFunction('batchCount')
    .staticCall()
    .catch((cause) => {
      throw chainError(cause, `the batches of ${address} cannot be read`)
    })
  const wanted = Math.min(most, Number(count), NUMBERS_AT_ONCE)
  if (wanted === 0) return []
  const numbers = Array.from({ length: wanted }, (_, i) => toBeHex(BigInt(count) - BigInt(i), 32))
  const logs: Log[] = []
  const topics = [abi.getEvent('Settled')!.topicHash, numbers]
  for await (const log of readLogs(provider, address, topics, { fromBlock })) logs.push(log)
  return logs.map((log) => {
    const { timestamp, riskRoot, oldStateRoot, newStateRoot, data } = parseLog(abi, log).args
    return [timestamp, riskRoot, oldStateRoot, newStateRoot, ...data].join()
  })
}

/** So many numbers of batches are asked for at once; a row as long is unmistakable. */
const NUMBERS_AT_ONCE = 500

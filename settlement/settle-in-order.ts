import type { Log } from 'ethers'
import { wordsOf } from '../circuits/state/statement.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { ABIS } from './abi.ts'
import type { StateProof } from './batch-arguments.ts'
import { chainError } from './chain-error.ts'
import { type ContractAt, contractAt } from './contract-at.ts'
import { readLogs } from './logs.ts'
import { parseLog } from './parse-log.ts'
import { type Settled, type SettleOptions, settle } from './settle.ts'
import { settleMany } from './settle-many.ts'

export interface SettleInOrderOptions extends Omit<SettleOptions, 'proved'> {
  /** In the order in which the batches were made. */
  proofs: readonly StateProof[]
  /** How many batches a transaction settles, by `settleMany` if more than one. Default 1. */
  atOnce?: number | undefined
}

/** What became of one of the proofs: it was settled now, or had been before. */
export type Outcome = { readonly index: number } & (
  | ({
      readonly settled: 'now'
      /** How many batches its transaction settled; gasUsed is that of all of them. */
      readonly together: number
    } & Settled)
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
  const { proofs, atOnce = 1, ...options } = given
  const { signer, settlement, fromBlock = 0, signal, onProgress } = options
  requireCount(atOnce)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const first = await firstUnsettled(at, proofs, fromBlock)
  for (let index = 0; index < first; index++) yield { index, settled: 'before' }
  for (let index = first; index < proofs.length; index += atOnce) {
    const row = proofs.slice(index, index + atOnce)
    const last = index + row.length
    const name = row.length === 1 ? `batch ${last}` : `batches ${index + 1} to ${last}`
    const overall: SettleOptions['onProgress'] = ({ stage, fraction }) =>
      onProgress?.({
        stage: `${name} of ${proofs.length}: ${stage}`,
        fraction: (index + fraction * row.length) / proofs.length,
      })
    const settled = await settleRow({ ...options, signal, onProgress: overall }, row)
    for (const [place, one] of settled.entries()) {
      yield { index: index + place, settled: 'now', together: row.length, ...one }
    }
  }
}

function requireCount(atOnce: number): void {
  if (Number.isSafeInteger(atOnce) && atOnce >= 1) return
  throw new ZkclearError('INPUT_INVALID', `got ${atOnce}, need a whole number of batches, 1 or more`, {
    path: 'atOnce',
  })
}

/** Settles the proofs by one transaction. */
async function settleRow(options: Omit<SettleOptions, 'proved'>, row: readonly StateProof[]): Promise<Settled[]> {
  if (row.length === 1) return [await settle({ ...options, proved: row[0]! })]
  const { firstBatch, kinds, ...confirmation } = await settleMany({ ...options, proofs: row })
  return kinds.map((kind, i) => ({ ...confirmation, batch: firstBatch + BigInt(i), kind }))
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

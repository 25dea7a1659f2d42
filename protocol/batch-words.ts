import { assertCanonical, assertUint } from './numbers.ts'
import { BITS } from './parameters.ts'
import { hashRiskTable } from './risk-table.ts'
import { marketsRoot, stateRoot } from './state.ts'
import type { Transition } from './transition.ts'

/** What the words of every batch begin with, whatever its kind (protocol.md#batch-words). */
export interface BatchHead {
  /** Chain and settlement contract: keccak256(abi.encode("zkclear", chainId, address)) >> 8. */
  readonly domain: bigint
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
  /** 0 before the first table. */
  readonly riskRoot: bigint
  readonly oldStateRoot: bigint
  readonly newStateRoot: bigint
  readonly newMarketsRoot: bigint
}

/** The fields of a head in the order of their words. */
export const HEAD_FIELDS = [
  'domain',
  'timestamp',
  'riskRoot',
  'oldStateRoot',
  'newStateRoot',
  'newMarketsRoot',
] as const satisfies readonly (keyof BatchHead)[]

export const HEAD_WORDS = HEAD_FIELDS.length

export function batchHead({ context, before, after }: Transition): BatchHead {
  return {
    domain: context.domain,
    timestamp: context.timestamp,
    riskRoot: context.riskTable === undefined ? 0n : hashRiskTable(context.riskTable),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
    newMarketsRoot: marketsRoot(after),
  }
}

/** The words of a head. Throws INPUT_INVALID, naming the field that does not fit. */
export function packBatchHead(head: BatchHead): bigint[] {
  assertUint(head.domain, 248, 'domain')
  assertUint(head.timestamp, BITS.time, 'timestamp')
  return HEAD_FIELDS.map((field) => assertCanonical(head[field], field))
}

/** The head of the words of a batch, which must be long enough. The inverse of {@link packBatchHead}, without its checks. */
export function batchHeadOf(words: readonly bigint[]): BatchHead {
  return Object.fromEntries(HEAD_FIELDS.map((field, i) => [field, words[i]!])) as unknown as BatchHead
}

import { isDeepStrictEqual } from 'node:util'
import { ZkclearError } from '../../protocol/errors.ts'
import { max, min } from '../../protocol/numbers.ts'
import type { HouseCover } from '../../protocol/takeover/best-bid.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import type { BatchCircuit } from '../sequencer/batch-circuits.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'
import type { ChainSource, ChainView, KnownState } from './chain-view.ts'
import type { ChainReader } from './read-chain.ts'

/** Seconds by which the times of two nodes' next blocks may differ: one has a block more, or less. */
const MOST_APART = 60n

/** What both of two nodes tell of one contract; nothing where they differ. */
export class AgreedReader implements ChainSource {
  readonly #one: ChainReader
  readonly #other: ChainReader

  /** Throws INPUT_INVALID for nodes of two chains. */
  constructor(one: ChainReader, other: ChainReader) {
    this.#one = one
    this.#other = other
    const [first, second] = [one.settlement.chainId, other.settlement.chainId]
    if (first === second) return
    const message = `is a node of chain ${second}, and --rpc one of chain ${first}`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--rpc-check' })
  }

  get settlement(): ContractAt {
    return this.#one.settlement
  }

  /** As {@link ChainReader.again}. */
  again(): AgreedReader {
    return new AgreedReader(this.#one.again(), this.#other.again())
  }

  async operator(): Promise<string> {
    const [first, second] = await this.#both((reader) => reader.operator())
    if (first === second) return first
    throw differ('the operator', undefined)
  }

  /** As of the newest block that both have. Throws CHAIN_UNREACHABLE where they differ, or one of them does not answer. */
  async read(state: KnownState): Promise<ChainView | undefined> {
    const newest = Math.min(...(await this.#both((reader) => reader.newest())))
    // Before either says how much there is to read, so that one alone cannot have it read without end.
    const [heads, others] = await this.#both((reader) => reader.heads(newest))
    if (!isDeepStrictEqual(heads, others)) throw differ('queue', newest)
    const [first, second] = await this.#both((reader) => reader.read(state, newest, heads))
    if (first === undefined || second === undefined) return undefined
    const part = difference(first, second)
    if (part !== undefined) {
      for (const reader of [this.#one, this.#other]) reader.forget()
      throw differ(part, newest)
    }
    return { ...first, time: min(first.time, second.time), final: Math.min(first.final, second.final) }
  }

  /** Throws CHAIN_UNREACHABLE where they differ. */
  async otherKeys(circuits: BatchCircuits): Promise<readonly BatchCircuit[]> {
    const [first, second] = await this.#both((reader) => reader.otherKeys(circuits))
    if (isDeepStrictEqual(first, second)) return first
    throw differ('the verifiers', undefined)
  }

  /** What both allow: it grows with time, so that two answers seldom are the same. */
  async cover(): Promise<HouseCover> {
    const [first, second] = await this.#both((reader) => reader.cover())
    return { now: min(first.now, second.now), perHour: min(first.perHour, second.perHour) }
  }

  async #both<T>(ask: (reader: ChainReader) => Promise<T>): Promise<readonly [T, T]> {
    return await Promise.all([named('--rpc', ask(this.#one)), named('--rpc-check', ask(this.#other))])
  }
}

/** In what two views of a chain differ; undefined if they agree. Blocks that are final, and the time, are told by each as it comes to know them. */
export function difference(one: ChainView, other: ChainView): string | undefined {
  if (max(one.time, other.time) - min(one.time, other.time) > MOST_APART) return 'the time of the next block'
  const { time: _, final: __, ...told } = one
  const parts = Object.keys(told) as readonly (keyof typeof told)[]
  return parts.find((part) => !isDeepStrictEqual(one[part], other[part]))
}

function differ(part: string, block: number | undefined): ZkclearError {
  const where = block === undefined ? '' : ` as of block ${block}`
  const message = `the nodes of --rpc and --rpc-check do not tell the same${where} (${part}): nothing is taken from them until they do`
  return new ZkclearError('CHAIN_UNREACHABLE', message)
}

/** Says which of the nodes it was. */
async function named<T>(option: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (!(cause instanceof ZkclearError) || cause.code !== 'CHAIN_UNREACHABLE') throw cause
    throw new ZkclearError('CHAIN_UNREACHABLE', `${option}: ${cause.message}`, { cause })
  }
}

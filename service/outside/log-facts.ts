import { LogClient } from '../../client/log-client.ts'
import type { AnchorOnChain } from '../../log/anchor-on-chain.ts'
import { auditLog } from '../../log/audit-log.ts'
import type { Fault } from '../../log/fault.ts'
import { parseLogKey } from '../../log/log-key.ts'
import { ZkclearError } from '../../protocol/errors.ts'

export interface LogPlace {
  readonly url: string
  /** What settlements carry that came in those blocks, both included. */
  anchorsOf(fromBlock: number, toBlock: number): Promise<readonly AnchorOnChain[]>
  /** The first block that is looked at. */
  readonly fromBlock: number
  /** The log's public key; default: the one that the venue shows first. */
  readonly key?: string | undefined
  readonly signal: AbortSignal
}

/** What was found of the log: how far it reaches, and what is wrong of it. */
export interface LogFacts {
  /** Records of its newest head; undefined where the venue shows none. */
  readonly size: bigint | undefined
  /** Anchors of settlements that were found to be its heads, since this began. */
  readonly anchors: number
  /** Why log and chain, or its heads, do not go together. */
  readonly faults: readonly string[]
  /** Why it could not be looked at whole, if so. */
  readonly silence: string | undefined
}

/** Anchors that the first look checks; "zkclear log verify" checks all. */
const FIRST_LOOK = 16

/** What an answer that did not come may have made a fault as well. */
const OF_SILENCE: readonly Fault['code'][] = ['SOURCE_FAILED', 'CONSISTENCY_MISSING', 'LEAVES_FALSE']

/** Follows a venue's log from outside: each head goes on from the one before, and settlements carry its heads. */
export class LogFollower {
  readonly #place: LogPlace
  #key: string | undefined
  /** The newest head that held. */
  #head: string | undefined
  #fromBlock: number
  #known = 0
  #faults: readonly string[] = []

  constructor(place: LogPlace) {
    this.#place = place
    this.#key = place.key
    this.#fromBlock = place.fromBlock
  }

  /** Looks at what is new up to that block. What was once wrong stays so; what could not be asked for is looked at again. Throws ABORTED. */
  async look(block: number): Promise<LogFacts> {
    try {
      return await this.#look(block)
    } catch (error) {
      this.#place.signal.throwIfAborted()
      if (!(error instanceof ZkclearError)) throw error
      return this.#facts(undefined, error.message)
    }
  }

  async #look(block: number): Promise<LogFacts> {
    const { url, signal } = this.#place
    const source = new LogClient(url, signal)
    this.#key ??= await source.key()
    // Before the head: that is to hold all of them.
    const anchors = await this.#anchorsTo(block)
    const checkpoints = this.#head === undefined ? [] : [{ name: 'the head before', value: this.#head }]
    const audit = await auditLog({
      ...{ key: parseLogKey(this.#key), receipts: [], checkpoints, proofs: [], source },
      anchors,
    })
    const unanswered = audit.faults.find(({ code }) => code === 'SOURCE_FAILED')
    const found = audit.faults
      .filter(({ code }) => unanswered === undefined || !OF_SILENCE.includes(code))
      .map(({ name, message }) => `${name} ${message}`)
    const lies = audit.evidence.map(
      ({ kind }) => `there is evidence that the log lies (${kind}): run "zkclear log verify"`,
    )
    this.#faults = [...this.#faults, ...found, ...lies].slice(0, 8)
    if (unanswered === undefined) {
      // Only what was linked to the one before.
      if (audit.head !== undefined && found.length + lies.length === 0) this.#head = audit.head.note
      this.#known += audit.anchors
      this.#fromBlock = block + 1
    }
    return this.#facts(audit.head?.size, unanswered && `${unanswered.name}: ${unanswered.message}`)
  }

  #facts(size: bigint | undefined, silence: string | undefined): LogFacts {
    return { size, anchors: this.#known, faults: this.#faults, silence }
  }

  async #anchorsTo(toBlock: number): Promise<readonly AnchorOnChain[]> {
    if (toBlock < this.#fromBlock) return []
    const found = await this.#place.anchorsOf(this.#fromBlock, toBlock)
    return this.#head === undefined ? found.slice(-FIRST_LOOK) : found
  }
}

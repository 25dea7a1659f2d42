import { siblingModule } from '../../circom/paths.ts'
import type { TradingKey } from '../../protocol/account.ts'
import { Refusal } from '../http/refusal.ts'
import { Groups } from '../journal/groups.ts'
import { findingOf, noteSignature, type Signed } from '../sequencer/signatures.ts'
import { Thread } from '../threads/thread.ts'
import type { SignaturesAnswer, SignaturesAsked } from './signature-thread.ts'

/** A signature to check: of what is signed, under that key. */
export interface Check {
  readonly signed: Signed
  readonly key: TradingKey
}

export interface SignatureCheckerOptions {
  /** For which all is signed. */
  readonly domain: bigint
  /** Gets why its thread ended by itself: nothing can be checked any more. */
  readonly onLost: (error: Error) => void
  /** Signatures that wait, at most. Default 2,048: as many as are checked in a third of a second. */
  readonly most?: number | undefined
  /** What its thread runs. Default: what checks signatures. */
  readonly module?: URL | undefined
}

const MODULE = siblingModule(import.meta.url, './signature-thread')
const MOST = 2_048
/** Signatures of one go: while they are checked, the next ones gather. */
const TOGETHER = 64

/** Checks signatures in a thread of its own, in the order in which they come, so that answers go on meanwhile. */
export class SignatureChecker implements AsyncDisposable {
  readonly #thread: Thread<SignaturesAsked, SignaturesAnswer>
  readonly #groups: Groups<Check>
  readonly #domain: bigint
  readonly #most: number
  #waiting = 0
  /** Ended, by itself or by who began it. */
  #isOver = false

  constructor({ domain, onLost, most = MOST, module = MODULE }: SignatureCheckerOptions) {
    this.#domain = domain
    this.#most = most
    const lose = (error: Error) => {
      if (!this.#isOver) onLost(error)
      this.#isOver = true
    }
    this.#thread = new Thread({ module, task: 'checks signatures', onLost: lose })
    this.#groups = new Groups({
      ...{ most: TOGETHER, mostBytes: Number.POSITIVE_INFINITY, bytesOf: () => 0 },
      write: async (checks) => {
        const answer = await this.#thread.ask({ domain, checks: checks.map(bare) }).catch((error) => {
          // What fails once fails all that comes after it: nothing can be checked any more.
          lose(error)
          throw error
        })
        for (const [i, { signed, key }] of checks.entries()) {
          const holds = answer[i]
          if (holds !== undefined) noteSignature(signed, { domain, key, holds })
        }
      },
    })
  }

  /**
   * Resolves when it is known of each whether it holds: at once where it was before, as of cancels that were left ahead, which a flood
   * must not hold up. Throws a Refusal where as many wait as may; why the thread ended, where it has.
   */
  async check(given: readonly Check[]): Promise<void> {
    const checks = given.filter(({ signed, key }) => findingOf(signed, this.#domain, key) === undefined)
    if (checks.length === 0) return
    if (this.#waiting + checks.length > this.#most) {
      const message = `${this.#waiting} signatures wait to be checked, and ${this.#most} may; ask again in a second`
      throw new Refusal(503, 'BUSY', message, 1)
    }
    this.#waiting += checks.length
    try {
      await this.#groups.add(checks)
    } finally {
      this.#waiting -= checks.length
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#thread[Symbol.asyncDispose]()
  }
}

/** What is signed, without anything else that its owner says of it. */
function bare({ signed, key }: Check): Check {
  const { signature } = signed
  if ('messages' in signed) return { signed: { messages: signed.messages, signature }, key }
  return 'message' in signed
    ? { signed: { message: signed.message, signature }, key }
    : { signed: { bid: signed.bid, signature }, key }
}

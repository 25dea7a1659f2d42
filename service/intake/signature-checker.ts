import { siblingModule } from '../../circom/paths.ts'
import { findingOf, noteSignature, type Signed } from '../sequencer/signatures.ts'
import { Thread } from '../threads/thread.ts'
import { CheckLine, type Taken } from './check-line.ts'
import type { Check } from './checks.ts'
import type { SignaturesAnswer, SignaturesAsked } from './signature-thread.ts'

export interface SignatureCheckerOptions {
  /** For which all is signed. */
  readonly domain: bigint
  /** Gets why its thread ended by itself: nothing can be checked any more. */
  readonly onLost: (error: Error) => void
  /** Signatures of strangers that wait, at most. Default 2,048: as many as are checked in a third of a second. */
  readonly most?: number | undefined
  /** Those of an account that wait beside them. Default 256: of one request. */
  readonly mostOfAccount?: number | undefined
  /** What its thread runs. Default: what checks signatures. */
  readonly module?: URL | undefined
}

const MODULE = siblingModule(import.meta.url, './signature-thread')
const MOST = 2_048
const MOST_OF_ACCOUNT = 256
/** Signatures of one go: while they are checked, the next ones gather. Of strangers fewer, as others wait for them. */
const TOGETHER = 64
const STRANGERS_TOGETHER = 32

/**
 * Checks signatures in a thread of its own, so that answers go on meanwhile. Those of accounts that are known where they come from wait in a
 * line of their own, in which each account has its room. Strangers' wait in another one, each under the caller's name and not that of the
 * account that it says: whoever sends many makes room there for others. While both wait, they are checked by turns.
 */
export class SignatureChecker implements AsyncDisposable {
  readonly #thread: Thread<SignaturesAsked, SignaturesAnswer>
  readonly #known: CheckLine<number>
  readonly #strangers: CheckLine<string>
  readonly #domain: bigint
  readonly #lose: (error: Error) => void
  #isChecking = false
  /** Ended, by itself or by who began it. */
  #isOver = false
  #failure: { readonly error: unknown } | undefined

  constructor(options: SignatureCheckerOptions) {
    const { domain, onLost, most = MOST, mostOfAccount = MOST_OF_ACCOUNT, module = MODULE } = options
    this.#domain = domain
    this.#known = new CheckLine({ mostOfName: mostOfAccount })
    this.#strangers = new CheckLine({ most })
    this.#lose = (error) => {
      if (!this.#isOver) onLost(error)
      this.#isOver = true
    }
    this.#thread = new Thread({ module, task: 'checks signatures', onLost: this.#lose })
  }

  /**
   * Resolves when it is known of each whether it holds: at once where it was before, as of cancels that were left ahead. `stranger`: who
   * brought them, where that is none of whom the accounts' words came before. Throws a Refusal where as many wait as may, or where others
   * that have less waiting came; why the thread ended, where it has.
   */
  async check(given: readonly Check[], stranger?: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error
    const checks = given.filter(({ signed, key }) => findingOf(signed, this.#domain, key) === undefined)
    if (checks.length === 0) return
    const over =
      stranger === undefined
        ? this.#known.add(checks, ({ account }) => account)
        : this.#strangers.add(checks, () => stranger)
    if (!this.#isChecking) void this.#checkAll()
    await over
  }

  async #checkAll(): Promise<void> {
    this.#isChecking = true
    while (!this.#known.isEmpty || !this.#strangers.isEmpty) {
      await this.#checkNext(this.#known, TOGETHER)
      await this.#checkNext(this.#strangers, STRANGERS_TOGETHER)
    }
    this.#isChecking = false
  }

  async #checkNext<Name>(line: CheckLine<Name>, most: number): Promise<void> {
    const taken = line.take(most)
    if (taken.length === 0) return
    try {
      await this.#find(taken)
      line.found(taken)
    } catch (error) {
      // What fails once fails all that comes after it: nothing can be checked any more.
      this.#lose(error as Error)
      this.#failure = { error }
      line.fail(error, taken)
      this.#known.fail(error, [])
      this.#strangers.fail(error, [])
    }
  }

  async #find<Name>(taken: readonly Taken<Name>[]): Promise<void> {
    const domain = this.#domain
    const answer = await this.#thread.ask({ domain, checks: taken.map(({ check }) => bare(check)) })
    for (const [i, { check }] of taken.entries()) {
      const { signed, key } = check
      const holds = answer[i]
      if (holds !== undefined) noteSignature(signed, { domain, key, holds })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#thread[Symbol.asyncDispose]()
  }
}

/** What is signed, without anything else that its owner says of it. */
function bare({ signed, key }: Check): SignaturesAsked['checks'][number] {
  const { signature } = signed
  const parted = (): Signed => {
    if ('messages' in signed) return { messages: signed.messages, signature }
    return 'message' in signed ? { message: signed.message, signature } : { bid: signed.bid, signature }
  }
  return { signed: parted(), key }
}

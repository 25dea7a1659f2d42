import { ZkclearError } from '../../protocol/errors.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { ExitDocument } from '../../venue/files/exit-file.ts'
import { Refusal } from '../http/refusal.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { type ExitTerms, exitOf, exitTermsOf, type RootsOfExit, tableAmong } from './exit-terms.ts'

export interface ExitsParts {
  /** Whether the venue was frozen, as the chain was looked at last. */
  isFrozen(): boolean
  /** Where the contract stands. Throws as the chain's reader does. */
  roots(): Promise<RootsOfExit>
  /** As far as it is on disk. */
  state(): SequencerState
  /** Tables that the journal has. */
  tables(): AsyncIterable<RiskTable>
  /** Milliseconds of a clock that never goes back. */
  readonly now?: (() => number) | undefined
}

/** For how long what was found is not looked for again, in milliseconds: a reorganisation can take a freeze back, or a batch before it. */
const KEPT_MS = 30_000
/** Seconds after which to ask again for what is not there. */
const RETRY = 60

/** What came of looking through the journal, and the newest table of then: while that is the newest, the journal has no other earlier ones. */
interface Looked {
  readonly riskRoot: bigint
  readonly newest: RiskTable | undefined
  readonly table: Promise<RiskTable | undefined>
}

/** What each account of a frozen venue proves its exit from. */
export class Exits {
  readonly #parts: ExitsParts
  readonly #now: () => number
  #found: { readonly terms: Promise<ExitTerms | undefined>; readonly at: number } | undefined
  #looked: Looked | undefined

  constructor(parts: ExitsParts) {
    this.#parts = parts
    this.#now = parts.now ?? (() => performance.now())
  }

  /** Throws a Refusal while the venue lives, and where what is asked for is not there. */
  async of(index: number): Promise<ExitDocument> {
    if (!this.#parts.isFrozen()) {
      const message =
        'the venue is not frozen: who wants to leave withdraws, and asks the contract where that is not served'
      throw new Refusal(409, 'NOT_FROZEN', message)
    }
    const terms = await this.#terms()
    if (terms === undefined) throw missing('does not have the state that the contract stands at')
    const exit = exitOf(terms, index)
    if (exit === 'NO_TABLE') throw missing('does not have the risk table of the last batch any more')
    if (exit === 'NO_ACCOUNT') {
      const message =
        'the account is in no batch that was settled: what was deposited is refunded, with "zkclear exit refund"'
      throw new Refusal(404, 'ACCOUNT_UNKNOWN', message)
    }
    return exit
  }

  /** Once for all who ask at the same time. What fails is looked for again by the next. */
  async #terms(): Promise<ExitTerms | undefined> {
    const { roots, state } = this.#parts
    if (this.#found === undefined || this.#now() - this.#found.at > KEPT_MS) {
      const told = roots().catch((error) => {
        if (error instanceof ZkclearError) throw missing(`cannot read the chain now (${error.code})`)
        throw error
      })
      const terms = told.then((roots) => exitTermsOf(state(), roots, (riskRoot) => this.#earlier(riskRoot)))
      const found = { terms, at: this.#now() }
      this.#found = found
      terms.catch(() => {
        if (this.#found === found) this.#found = undefined
      })
    }
    return await this.#found.terms
  }

  /** A table of the journal: all of that may have to be read for it, so once, whether it is there or not. */
  async #earlier(riskRoot: bigint): Promise<RiskTable | undefined> {
    const { table: newest } = this.#parts.state()
    if (this.#looked?.riskRoot !== riskRoot || this.#looked.newest !== newest) {
      const looked = { riskRoot, newest, table: tableAmong(this.#parts.tables(), riskRoot) }
      this.#looked = looked
      looked.table.catch(() => {
        if (this.#looked === looked) this.#looked = undefined
      })
    }
    return await this.#looked.table
  }
}

function missing(what: string): Refusal {
  const message = `the venue ${what}; "zkclear recover" has it from the chain`
  return new Refusal(503, 'EXIT_UNAVAILABLE', message, RETRY)
}

import { isFlagged } from '../../protocol/account.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { accountAt } from '../../protocol/state.ts'
import { currentState, lastIndex, type SequencerState } from '../sequencer/state.ts'

/** Accounts that are looked at in a turn. */
const SLICE = 1_000
/** Seconds after which all are looked at again where no new table came. */
const ROUND = 60n

/** Which accounts to look at: all at each new table, after a rewind and every minute, some in each turn; who is flagged in every turn. */
export class Survey {
  /** Those that are left of a round. */
  #rest: Iterator<readonly [number, unknown]> | undefined
  readonly #flagged = new Set<number>()
  #table: RiskTable | undefined
  #begun = 0n
  #last = 0

  /** `now`: unix seconds. */
  next(sequencer: SequencerState, now: bigint): readonly number[] {
    const state = currentState(sequencer)
    const last = lastIndex(sequencer)
    const isOver = this.#rest === undefined && now >= this.#begun + ROUND
    if (sequencer.table !== this.#table || last < this.#last || isOver) {
      this.#rest = state.accounts.entries()[Symbol.iterator]()
      this.#table = sequencer.table
      this.#begun = now
    }
    this.#last = last
    const slice = this.#take()
    for (const index of [...slice, ...this.#flagged]) {
      const account = accountAt(state, index)
      if (account !== undefined && isFlagged(account)) this.#flagged.add(index)
      else this.#flagged.delete(index)
    }
    return [...new Set([...slice, ...this.#flagged])]
  }

  /** The next of them: of the state that the round began with, which costs no more than what is taken. */
  #take(): number[] {
    const taken: number[] = []
    while (this.#rest !== undefined && taken.length < SLICE) {
      const next = this.#rest.next()
      if (next.done === true) this.#rest = undefined
      else taken.push(next.value[0])
    }
    return taken
  }

  get flagged(): number {
    return this.#flagged.size
  }
}

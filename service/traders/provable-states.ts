import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import { riskRootOf } from '../sequencer/same-table.ts'
import { ledgerAt, ledgerRoot, type SequencerState } from '../sequencer/state.ts'

/** A state of which owners can prove something to contracts: the chain knows its root. */
export interface ProvableState {
  /** Number of the batch that led to it. */
  readonly batch: number
  readonly state: State
  /** Unix seconds of the block since which its root was the chain's. */
  readonly since: bigint
  /** Whether the chain keeps the root by that time, for an hour; else for the next 64 settlements. */
  readonly isKept: boolean
  /** The newest table that lists what the state holds. */
  readonly table: RiskTable
}

/** How the contract knows its root. */
export interface KnownRoot {
  readonly since: bigint
  readonly isKept: boolean
  /** Number of the table at which the state was made. */
  readonly made: bigint
}

/** What is asked of the contract, when its root or its table is another than before. */
export interface RootsOfChain {
  /** undefined if it is not the contract's, or not any more. */
  knownRoot(root: bigint): Promise<KnownRoot | undefined>
  /** The number of the last table, up to that of this root, that relisted a market; undefined if the contract has no such table. */
  relistingOf(riskRoot: bigint): Promise<bigint | undefined>
}

interface Noted extends Omit<ProvableState, 'table'> {
  readonly root: bigint
  readonly made: bigint
  table: RiskTable | undefined
}

/**
 * The newest settled state, and the newest whose root the chain keeps by time (one in ten seconds, for an hour), so that proofs do not
 * expire while they are made.
 */
export class ProvableStates {
  #newest: Noted | undefined
  #kept: Noted | undefined
  #table: { readonly table: RiskTable; readonly relisting: bigint } | undefined

  /** What to prove at now; undefined while there is nothing. */
  get best(): ProvableState | undefined {
    for (const noted of [this.#kept, this.#newest]) {
      if (noted?.table !== undefined) return { ...noted, table: noted.table }
    }
    return undefined
  }

  /** Takes note of where the chain stands, if the sequencer is where the chain is. Throws as the chain's reader does. */
  async look(settled: { readonly count: number; readonly root: bigint }, state: SequencerState, chain: RootsOfChain) {
    const { count, root } = settled
    this.#drop(state)
    if (count === 0 || state.settledIndex !== count || rootAt(state, count) !== root) return
    if (this.#newest?.root !== root || this.#newest.batch !== count) {
      const known = await chain.knownRoot(root)
      if (known === undefined) return
      const { state: at } = ledgerAt(state, count)
      this.#newest = { batch: count, state: at, root, ...known, table: undefined }
      if (known.isKept) this.#kept = this.#newest
    }
    await this.#takeTable(state.table, chain)
    for (const noted of [this.#newest, this.#kept]) {
      // A table that lists otherwise than the state's says nothing of it: then the one before it stays.
      if (noted && this.#table && noted.made >= this.#table.relisting) noted.table = this.#table.table
    }
  }

  async #takeTable(table: RiskTable | undefined, chain: RootsOfChain): Promise<void> {
    if (table === undefined || this.#table?.table === table) return
    const relisting = await chain.relistingOf(riskRootOf(table))
    if (relisting !== undefined) this.#table = { table, relisting }
  }

  /** Forgets what a reorganisation took back. */
  #drop(state: SequencerState): void {
    const stands = ({ batch, root }: Noted) =>
      batch <= state.settledIndex && (batch < state.finalIndex || rootAt(state, batch) === root)
    if (this.#newest && !stands(this.#newest)) this.#newest = undefined
    if (this.#kept && !stands(this.#kept)) this.#kept = undefined
  }
}

function rootAt(state: SequencerState, index: number): bigint {
  return ledgerRoot(ledgerAt(state, index))
}

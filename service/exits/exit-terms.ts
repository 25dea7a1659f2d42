import { needsTable } from '../../protocol/exit.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { accountAt, marketsRoot, type State, stateRoot } from '../../protocol/state.ts'
import type { ExitDocument } from '../../venue/files/exit-file.ts'
import { riskRootOf } from '../sequencer/same-table.ts'
import type { SequencerState } from '../sequencer/state.ts'

/** Where the contract stands: the root of its state, and that of the table at which exits are valued, 0 before the first. */
export interface RootsOfExit {
  readonly stateRoot: bigint
  readonly riskRoot: bigint
}

/** All that the exits of a frozen venue are proved from. */
export interface ExitTerms extends RootsOfExit {
  readonly domain: bigint
  readonly state: State
  /** undefined before the first table, and where it is not known any more. */
  readonly table: RiskTable | undefined
}

/**
 * The state that the contract stands at, with its table; undefined if the sequencer does not have it. `earlier` looks for the table of a root
 * among those that came before the newest one, where the last batch was made at one of these.
 */
export async function exitTermsOf(
  sequencer: SequencerState,
  roots: RootsOfExit,
  earlier: (riskRoot: bigint) => Promise<RiskTable | undefined>,
): Promise<ExitTerms | undefined> {
  const { batches, dropped, base, config, table: newest } = sequencer
  const { stateRoot: root, riskRoot } = roots
  // A journal may lack that a batch was settled, or hold one that was made anew in its place.
  const made = [...batches, ...dropped.map(({ batch }) => batch)]
  const states = [base.state, ...made.map(({ after }) => after.state)]
  const state = states.find((one) => stateRoot(one) === root)
  if (state === undefined) return undefined
  const isIt = (table: RiskTable | undefined) => table !== undefined && riskRootOf(table) === riskRoot
  const known = [newest, ...made.map(({ work }) => work.transition.context.riskTable)].find(isIt)
  const table = riskRoot === 0n ? undefined : (known ?? (await earlier(riskRoot)))
  // Whoever reads the chain tells more of it, which is in no answer.
  return { stateRoot: root, riskRoot, domain: config.domain, state, table }
}

/** The table of that root; undefined if it is not among them. */
export async function tableAmong(tables: AsyncIterable<RiskTable>, riskRoot: bigint): Promise<RiskTable | undefined> {
  for await (const table of tables) if (riskRootOf(table) === riskRoot) return table
  return undefined
}

/** What an account's exit is proved from; why there is none: it is not in the state, or its table is not known. */
export function exitOf(terms: ExitTerms, index: number): ExitDocument | 'NO_ACCOUNT' | 'NO_TABLE' {
  const { state, table, ...rest } = terms
  const account = accountAt(state, index)
  if (account === undefined) return 'NO_ACCOUNT'
  const isValued = needsTable(account)
  if (isValued && table === undefined) return 'NO_TABLE'
  const { children } = state.accounts.path(index)
  return {
    ...{ ...rest, index, account, children, marketsRoot: marketsRoot(state) },
    riskTable: isValued ? table : undefined,
  }
}

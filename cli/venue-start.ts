import { dirname, join } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import { leastLimits } from '../protocol/market-limits.ts'
import { checkRiskTable, type RiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { type Genesis, genesisState, type State } from '../protocol/state.ts'
import { readGenesis, readRiskTable, readState } from './venue-files.ts'

/** Where a run begins: at a genesis, or at a state that other batches led to. */
export interface StartOptions {
  readonly genesis?: string
  readonly state?: string
  readonly risk: string
  readonly profile: ProfileName
}

export interface VenueStart {
  readonly state: State
  readonly riskTable: RiskTable
  /** undefined if the run begins at a state. */
  readonly genesis: Genesis | undefined
  /** Where the keys are, unless an option says. */
  readonly keys: string
}

/**
 * Reads what a run begins with, and checks the risk table: by the limits of the genesis, or without one by the least that it and the
 * state need. Throws INPUT_INVALID unless exactly one of genesis and state is given; GENESIS_INVALID, RISK_TABLE_INVALID, or as
 * `readJson` does.
 */
export async function readStart({ genesis: path, state: statePath, risk, profile }: StartOptions): Promise<VenueStart> {
  if ((path === undefined) === (statePath === undefined)) {
    const message = 'give one of --genesis, what the venue starts from, and --state, what other batches led to'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--genesis' })
  }
  const shape = venueShape(profile)
  const genesis = path === undefined ? undefined : await readGenesis(path, profile)
  const read = statePath === undefined ? undefined : await readState(statePath, profile)
  const riskTable = await readRiskTable(risk, profile)
  checkRiskTable(riskTable, genesis?.markets ?? leastLimits(riskTable, read), shape)
  const keys = join(dirname((path ?? statePath)!), 'keys.json')
  return { state: read ?? genesisState(genesis!, shape), riskTable, genesis, keys }
}

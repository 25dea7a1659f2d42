import { generateFlow } from '../../protocol/flow/generator.ts'
import type { Intent } from '../../protocol/flow/intent.ts'
import { sampleVenue } from '../../protocol/flow/sample-venue.ts'
import { profile } from '../../protocol/profiles.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { genesisState, type State } from '../../protocol/state.ts'

export interface Sample {
  readonly state: State
  readonly riskTable: RiskTable
  readonly flow: readonly Intent[]
  /** By account. */
  readonly keys: ReadonlyMap<number, Uint8Array>
  readonly ownerSecrets: ReadonlyMap<number, bigint>
}

export async function readSample(): Promise<Sample> {
  const p = profile('small')
  const venue = sampleVenue({ profile: p, seed: 1n, asOf: 1_750_000_000n })
  return {
    state: genesisState(venue.genesis, p),
    riskTable: venue.riskTable,
    flow: generateFlow({ venue, seed: 78n, messages: 32, messagesPerSecond: 10 }),
    keys: new Map([...venue.secrets].map(([i, s]) => [i, s.privateKey])),
    ownerSecrets: new Map([...venue.secrets].map(([i, s]) => [i, s.ownerSecret])),
  }
}

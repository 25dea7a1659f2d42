import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import { checkRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { genesisState, type State } from '../../protocol/state.ts'
import {
  type AccountSecrets,
  decodeGenesis,
  decodeKeys,
  decodeRiskTable,
  encodeGenesis,
  encodeKeys,
  encodeRiskTable,
  formatFlowCsv,
  generateFlow,
  type Intent,
  parseFlowCsv,
  sampleVenue,
} from '../../venue/index.ts'

const PROFILE = 'small'

/** Chosen among the first hundred seeds: it shows every kind of order and step, and two sweeps that are carried on. */
const FLOW = { seed: 78n, messages: 32, messagesPerSecond: 10 }

const VENUE = { shape: venueShape(PROFILE), seed: 1n, asOf: 1_750_000_000n }

const NOTE = 'Keys of a sample venue, made from a public seed. They protect nothing.'

export interface Sample {
  readonly state: State
  readonly riskTable: RiskTable
  readonly flow: readonly Intent[]
  readonly secrets: ReadonlyMap<number, AccountSecrets>
}

export const SAMPLE_FILES = ['flow.csv', 'genesis.json', 'risk.json', 'keys.json'] as const

/** What the files in samples/ must hold, by name. */
export function generateSample(): Readonly<Record<(typeof SAMPLE_FILES)[number], string>> {
  const venue = sampleVenue(VENUE)
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  return {
    'flow.csv': formatFlowCsv(generateFlow({ venue, ...FLOW })),
    'genesis.json': json(encodeGenesis(venue.genesis, PROFILE)),
    'risk.json': json(encodeRiskTable(venue.riskTable, PROFILE)),
    'keys.json': json(encodeKeys(venue.secrets, NOTE)),
  }
}

export function sampleFile(name: (typeof SAMPLE_FILES)[number]): string {
  return join(packageRoot(), 'samples', name)
}

/** Reads the sample that comes with the project, as any other venue's files are read. */
export async function readSample(): Promise<Sample> {
  const text = (name: (typeof SAMPLE_FILES)[number]) => readFile(sampleFile(name), 'utf8')
  const genesis = decodeGenesis(JSON.parse(await text('genesis.json')), PROFILE)
  const riskTable = decodeRiskTable(JSON.parse(await text('risk.json')), PROFILE)
  checkRiskTable(riskTable, genesis.markets, venueShape(PROFILE))
  return {
    state: genesisState(genesis, venueShape(PROFILE)),
    riskTable,
    flow: parseFlowCsv(await text('flow.csv')),
    secrets: decodeKeys(JSON.parse(await text('keys.json'))),
  }
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import { readTerms } from '../../cli/terms-file.ts'
import { ownerCommitment, viewCommitment } from '../../protocol/account.ts'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { checkRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { genesisState, type State } from '../../protocol/state.ts'
import type { VenueTerms } from '../../settlement/index.ts'
import {
  decodeGenesis,
  decodeKeys,
  decodeRiskTable,
  encodeGenesis,
  encodeKeys,
  encodePrices,
  encodeRiskParameters,
  encodeRiskTable,
  formatFlowCsv,
  generateFlow,
  type Intent,
  parseFlowCsv,
  sampleOracleKeys,
  samplePrices,
  sampleProvedTable,
  sampleRiskParameters,
  sampleVenue,
  standardRiskParameters,
} from '../../venue/index.ts'
import { tradesAtMark } from './trades.ts'

/**
 * Chosen among the first hundred seeds: each shows every kind of order and step; that of the small profile has two sweeps that
 * are carried on, and in that of the standard one makers requote in bundles and fill batches.
 */
const FLOWS = {
  small: { seed: 78n, messages: 32, messagesPerSecond: 10 },
  standard: { seed: 68n, messages: 96, messagesPerSecond: 48, requotes: true },
  large: { seed: 68n, messages: 144, messagesPerSecond: 72, requotes: true },
} as const

const AS_OF = 1_750_000_000n

const NOTE = 'Keys of a sample venue, made from a public seed. They protect nothing.'

export interface Sample {
  readonly profile: ProfileName
  readonly state: State
  readonly riskTable: RiskTable
  readonly flow: readonly Intent[]
  readonly secrets: ReadonlyMap<number, AccountSecrets>
  readonly terms: VenueTerms
}

/** Three make a table: the parameters' quorum. */
const ORACLES = ['a', 'b', 'c'] as const

const oracleKeyFile = (oracle: (typeof ORACLES)[number]) => `oracle-${oracle}.txt` as const

export const SAMPLE_FILES = [
  'flow.csv',
  'genesis.json',
  'risk.json',
  'keys.json',
  'terms.json',
  ...ORACLES.map(oracleKeyFile),
  'prices.json',
  'risk-parameters.json',
  'risk-parameters-standard.json',
] as const

/** The first account of development nodes, which they have unlocked: it has every role in the sample's terms. */
const DEV_ACCOUNT = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

/** What the files of the sample hold, by name; those of the small profile lie in samples/. */
export function generateSample(
  profile: ProfileName = 'small',
): Readonly<Record<(typeof SAMPLE_FILES)[number], string>> {
  const shape = venueShape(profile)
  const venue = sampleVenue({ shape, seed: 1n, asOf: AS_OF, riskTable: sampleProvedTable(AS_OF, profile) })
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  return {
    'flow.csv': formatFlowCsv(generateFlow({ venue, ...FLOWS[profile] })),
    'genesis.json': json(encodeGenesis(venue.genesis, profile)),
    'risk.json': json(encodeRiskTable(venue.riskTable, profile)),
    'keys.json': json(encodeKeys(new Map([[0, venue.house], ...venue.secrets]), NOTE)),
    'terms.json': json(sampleTerms(venue.house, shape)),
    ...oracleKeys(),
    'prices.json': json(encodePrices(samplePrices(profile), profile)),
    'risk-parameters.json': json(encodeRiskParameters(sampleRiskParameters(AS_OF, profile))),
    'risk-parameters-standard.json': json(encodeRiskParameters(standardRiskParameters(AS_OF))),
  }
}

/** Terms of a venue of play tokens: a quantum is 1e-6 dollar, and the tokens have 18 decimals. */
function sampleTerms({ privateKey, ownerSecret, viewKey }: AccountSecrets, { collaterals }: VenueShape) {
  const { x, y } = keyToRegister(tradingKey(privateKey))
  const asset = { token: 'play', lotScale: `${10n ** 12n}`, minDeposit: '1' }
  return {
    version: 1,
    assets: new Array(collaterals).fill(asset),
    house: {
      owner: DEV_ACCOUNT,
      key: { x: `${x}`, y: `${y}` },
      ownerCommitment: `${ownerCommitment(ownerSecret)}`,
      viewCommitment: `${viewCommitment(viewKey)}`,
    },
    governor: DEV_ACCOUNT,
    operator: DEV_ACCOUNT,
    riskParameters: 'risk-parameters.json',
  }
}

/** Keys of oracles as `zkclear oracle sign --key-file` takes them: they come from a public seed and protect nothing. */
function oracleKeys() {
  const keys = sampleOracleKeys(ORACLES.length)
  const files = ORACLES.map(
    (oracle, i) => [oracleKeyFile(oracle), `${Buffer.from(keys[i]!).toString('hex')}\n`] as const,
  )
  return Object.fromEntries(files) as Record<ReturnType<typeof oracleKeyFile>, string>
}

export function sampleFile(name: (typeof SAMPLE_FILES)[number]): string {
  return join(packageRoot(), 'samples', name)
}

/** Reads the sample, as any other venue's files are read. That of the small profile comes with the project. */
export async function readSample(profile: ProfileName = 'small'): Promise<Sample> {
  if (profile === 'small') return await readFrom(sampleFile, profile)
  const folder = await mkdtemp(join(tmpdir(), 'zkclear-sample-'))
  try {
    for (const [name, text] of Object.entries(generateSample(profile))) await writeFile(join(folder, name), text)
    return await readFrom((name) => join(folder, name), profile)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function readFrom(fileOf: typeof sampleFile, profile: ProfileName): Promise<Sample> {
  const text = (name: (typeof SAMPLE_FILES)[number]) => readFile(fileOf(name), 'utf8')
  const genesis = decodeGenesis(JSON.parse(await text('genesis.json')), profile)
  const riskTable = decodeRiskTable(JSON.parse(await text('risk.json')), profile)
  checkRiskTable(riskTable, genesis.markets, venueShape(profile))
  return {
    profile,
    state: genesisState(genesis, venueShape(profile)),
    riskTable,
    flow: parseFlowCsv(await text('flow.csv')),
    secrets: decodeKeys(JSON.parse(await text('keys.json'))),
    terms: await readTerms(fileOf('terms.json')),
  }
}

/** The orders by which the two accounts that hold positions in the sample's state come by them, at the mark. */
export function openingTrade({ state, riskTable }: Sample): readonly Intent[] {
  const holdings = [...state.accounts.entries()].flatMap(([account, { positions }]) =>
    positions.map(({ size }, market) => ({ account, market, size })),
  )
  return tradesAtMark(riskTable, 'open', holdings)
}

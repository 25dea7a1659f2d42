import { z } from 'zod'
import { MARKET_KINDS, type MarketKind, NEVER } from '../../protocol/parameters.ts'
import { checkRiskParameters } from '../../protocol/risk/check-parameters.ts'
import type { ParameterBound } from '../../protocol/risk/parameter-bounds.ts'
import { type MarketParameters, type RiskParameters, UNLISTED } from '../../protocol/risk/parameters.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import {
  fileNameOf,
  invalid,
  isParameterName,
  type ParameterName,
  parameterOf,
  parameterText,
} from './risk-parameter-units.ts'
import { boolean, decodeWith, field, fileHead, type Json, list, toJson } from './schema.ts'

/** What a file of parameters says beside them: names, which commit to nothing, and the decimals of prices. */
export interface ParameterLabels {
  /** Decimals of the quote asset's unit that a quantum is: prices stand in that unit. */
  readonly quoteDecimals: number
  readonly oracles: readonly string[]
  readonly scenarios: readonly string[]
  readonly underlyings: readonly string[]
  /** undefined where nothing is listed. */
  readonly markets: readonly (string | undefined)[]
  readonly collaterals: readonly string[]
}

export interface LabelledParameters {
  readonly profile: ProfileName
  readonly parameters: RiskParameters
  readonly labels: ParameterLabels
}

const LISTS = ['oracles', 'scenarios', 'underlyings', 'markets', 'collaterals'] as const

/** The parameters of each part that stand in the file under names of their own. */
const VENUE = ['initialMarginBps', 'takerFeeBps', 'makerFeeBps', 'maxAge', 'feedSet'] as const
const REPORTS = ['quorum', 'reportAge', 'jumpBps', 'cooldown'] as const
const LIQUIDATION = ['grace', 'auction', 'firstDiscountBps', 'lastDiscountBps'] as const
const SCENARIO = ['move', 'volatilityMove'] as const
const UNDERLYING = ['floor', 'cap', 'factor', 'stepPerHour', 'memory'] as const
const LISTED = [
  'multiplier',
  'maxLots',
  'maxPrice',
  'minOrder',
  'maxPosition',
  'bandBps',
  'largeLots',
  'largeBps',
  'maxOpenInterest',
] as const
const COLLATERAL = ['multiplier', 'weight'] as const
/** What only some kinds use, before what all do. */
const OF_KIND = {
  perpetual: ['expiry', 'fundingCapPpm'],
  future: ['expiry'],
  call: ['strike', 'expiry', 'shortOptionMinimumBps'],
  put: ['strike', 'expiry', 'shortOptionMinimumBps'],
} as const satisfies Readonly<Record<Exclude<MarketKind, 'none'>, readonly ParameterName[]>>

const text = z.string('must be a decimal number as a string, such as "0.05"')
const name = z.string('must be a name').regex(/^[ -~]{1,40}$/, 'must be 1 to 40 printable characters of ASCII')
const texts = (names: readonly ParameterName[]) => Object.fromEntries(names.map((name) => [fileNameOf(name), text]))

function listed(kind: keyof typeof OF_KIND) {
  const expiry = kind === 'perpetual' ? { expiry: text.optional() } : {}
  const numbers = { ...texts(OF_KIND[kind]), ...texts(LISTED), ...expiry }
  return z.strictObject({ kind: z.literal(kind), name, underlying: name, ...numbers })
}

const kinds = Object.keys(MARKET_KINDS).join(', ')
const market = z.discriminatedUnion(
  'kind',
  [z.strictObject({ kind: z.literal('none') }), listed('perpetual'), listed('future'), listed('call'), listed('put')],
  { error: (issue) => (issue.code === 'invalid_union' ? `must be one of ${kinds}` : 'must be a market') },
)

const parametersFile = z.strictObject({
  ...fileHead,
  quoteDecimals: z.int('must be an integer').min(0, 'must not be negative').max(18, 'must be at most 18'),
  ...texts(VENUE),
  oracles: list(z.strictObject({ name, x: field, y: field })),
  ...texts(REPORTS),
  ...texts(LIQUIDATION),
  scenarios: list(
    z.strictObject({ name, ...texts(SCENARIO), extreme: boolean.optional(), opposed: list(name).optional() }),
  ),
  underlyings: list(z.strictObject({ name, ...texts(UNDERLYING) })),
  markets: list(market),
  collaterals: list(z.strictObject({ name, underlying: name, ...texts(COLLATERAL) })),
})

/** Risk parameters as a file for people: `{ version: 1, profile, quoteDecimals, initialMargin, ... }` (flow.md#risk-parameters). */
export function encodeRiskParameters({ profile, parameters, labels }: LabelledParameters): Json {
  const { quoteDecimals } = labels
  const texts = <Name extends ParameterName>(values: Readonly<Record<Name, bigint>>, names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [fileNameOf(name), parameterText(name, values[name], quoteDecimals)]))
  return toJson({
    ...{ version: 1, profile, quoteDecimals, ...texts(parameters, VENUE) },
    oracles: parameters.oracles.map((key, i) => ({ name: labels.oracles[i]!, ...key })),
    ...texts(parameters, REPORTS),
    ...texts(parameters, LIQUIDATION),
    scenarios: parameters.scenarios.map((scenario, i) => ({
      ...{ name: labels.scenarios[i]!, ...texts(scenario, SCENARIO) },
      ...(scenario.extreme ? { extreme: true } : {}),
      ...(scenario.opposed === 0n ? {} : { opposed: namesIn(scenario.opposed, labels) }),
    })),
    underlyings: parameters.underlyings.map((u, i) => ({ name: labels.underlyings[i]!, ...texts(u, UNDERLYING) })),
    markets: parameters.markets.map((m, i) => {
      const { kind } = m
      if (kind === 'none') return { kind }
      const { expiry, ...numbers } = texts(m, [...OF_KIND[kind], ...LISTED])
      const ends = kind === 'perpetual' && m.expiry === NEVER ? {} : { expiry }
      return { kind, name: labels.markets[i]!, underlying: labels.underlyings[m.underlying]!, ...ends, ...numbers }
    }),
    collaterals: parameters.collaterals.map((c, i) => ({
      ...{ name: labels.collaterals[i]!, underlying: labels.underlyings[c.underlying]!, ...texts(c, COLLATERAL) },
    })),
  })
}

/**
 * The parameters of a file, in the bounds of protocol.md#risk-parameters. Throws RISK_PARAMETERS_INVALID, naming the place in the file,
 * what stands there and what is allowed, in the units of the file.
 */
export function decodeRiskParameters(json: unknown): LabelledParameters {
  const file = decodeWith(parametersFile, json, 'RISK_PARAMETERS_INVALID', 'parameters')
  const { profile, quoteDecimals } = file
  const [oracles, scenarios, underlyings, , collaterals] = LISTS.map((list) => namesOf(file[list], list))
  const markets = namesOf(file.markets, 'markets')
  const labels = { quoteDecimals, oracles, scenarios, underlyings, markets, collaterals } as ParameterLabels

  const numbers = <Name extends ParameterName>(given: object, names: readonly Name[], path: string) => {
    const texts = given as Readonly<Record<string, string>>
    const read = (name: Name) =>
      parameterOf(name, texts[fileNameOf(name)]!, quoteDecimals, `${path}.${fileNameOf(name)}`)
    return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, bigint>
  }
  const underlyingOf = (given: string, path: string) => {
    const index = labels.underlyings.indexOf(given)
    if (index === -1) throw invalid(path, `is "${given}"; must be one of ${labels.underlyings.join(', ')}`)
    return index
  }
  const opposedOf = (names: readonly string[], path: string) =>
    names.reduce((bits, name) => bits | (1n << BigInt(underlyingOf(name, path))), 0n)
  const each = <Item, T>(list: readonly Item[], name: string, read: (item: Item, path: string) => T) =>
    list.map((item, i) => read(item, `parameters.${name}[${i}]`))

  const parameters: RiskParameters = {
    ...numbers(file, VENUE, 'parameters'),
    oracles: file.oracles.map(({ x, y }) => ({ x, y })),
    ...numbers(file, REPORTS, 'parameters'),
    ...numbers(file, LIQUIDATION, 'parameters'),
    scenarios: each(file.scenarios, 'scenarios', ({ extreme = false, opposed = [], ...given }, path) => {
      return { ...numbers(given, SCENARIO, path), extreme, opposed: opposedOf(opposed, `${path}.opposed`) }
    }),
    underlyings: each(file.underlyings, 'underlyings', (given, path) => numbers(given, UNDERLYING, path)),
    markets: each(file.markets, 'markets', (given, path): MarketParameters => {
      if (given.kind === 'none') return UNLISTED
      const { kind } = given
      const own = numbers<ParameterName>({ expiry: 'never', ...given }, [...OF_KIND[kind], ...LISTED], path)
      const unused = { strike: 0n, shortOptionMinimumBps: 0n, fundingCapPpm: 0n }
      return {
        ...unused,
        ...own,
        kind,
        underlying: underlyingOf(given.underlying, `${path}.underlying`),
      } as MarketParameters
    }),
    collaterals: each(file.collaterals, 'collaterals', (given, path) => {
      return { ...numbers(given, COLLATERAL, path), underlying: underlyingOf(given.underlying, `${path}.underlying`) }
    }),
  }
  checkRiskParameters(parameters, venueShape(profile), (bound) => boundInFile(bound, labels))
  return { profile, parameters, labels }
}

/** The underlyings whose bits are set. */
function namesIn(bits: bigint, { underlyings }: ParameterLabels): string[] {
  return underlyings.filter((_, u) => ((bits >> BigInt(u)) & 1n) === 1n)
}

/** Where a parameter stands in the file. */
export function placeInFile(path: string): string {
  return path.replace(/\w+$/, (name) => (isParameterName(name) ? fileNameOf(name) : name))
}

/** A number of the parameters, whose path is given, as the file has it. */
export function valueInFile(path: string, value: bigint, labels: ParameterLabels): string {
  const { quoteDecimals, underlyings } = labels
  const name = /\w+$/.exec(path)![0]
  if (isParameterName(name)) return parameterText(name, value, quoteDecimals)
  if (name === 'underlying') return underlyings[Number(value)] ?? `${value}`
  if (name === 'opposed') return namesIn(value, labels).join(', ') || 'none'
  if (name === 'extreme') return value === 1n ? 'true' : 'false'
  const kind = Object.entries(MARKET_KINDS).find(([, number]) => BigInt(number) === value)?.[0]
  return name === 'kind' && kind !== undefined ? kind : `${value}`
}

function boundInFile({ path, given, least, most, because }: ParameterBound, labels: ParameterLabels) {
  const value = (x: bigint) => valueInFile(path, x, labels)
  const allowed = least === most ? value(least) : `in [${value(least)}, ${value(most)}]`
  return {
    path: placeInFile(path),
    given: value(given),
    allowed: because === undefined ? allowed : `${allowed} (${because})`,
  }
}

/** The names of a list, each once. */
function namesOf(items: readonly object[], list: string): (string | undefined)[] {
  const names = items.map((item) => (item as { readonly name?: string }).name)
  const twice = names.findIndex((name, i) => name !== undefined && names.indexOf(name) !== i)
  if (twice !== -1) throw invalid(`parameters.${list}[${twice}].name`, `"${names[twice]}" is the name of another, too`)
  return names
}

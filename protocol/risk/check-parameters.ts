import { ZkclearError } from '../errors.ts'
import { BASIS_POINTS, MARKET_KINDS, type MarketKind, NEVER } from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import { isTradingKey } from '../signature.ts'
import { type ParameterBound, parameterBounds } from './parameter-bounds.ts'
import type { RiskParameters } from './parameters.ts'

/** Which parameter breaks a bound, what it is and what it may be. */
export interface BrokenBound {
  readonly path: string
  readonly given: string
  readonly allowed: string
}

/**
 * Throws RISK_PARAMETERS_INVALID, naming the parameter, unless the parameters are as protocol.md#risk-parameters requires. The circuit
 * of the risk update checks the same, but for the oracles' keys: whoever governs answers for those.
 *
 * @param inWords how a broken bound is said; as the numbers of the protocol unless given
 */
export function checkRiskParameters(
  parameters: RiskParameters,
  shape: VenueShape,
  inWords: (bound: ParameterBound) => BrokenBound = plainly,
): void {
  for (const [name, count] of [
    ['oracles', shape.oracles],
    ['scenarios', shape.scenarios],
    ['underlyings', shape.underlyings],
    ['markets', shape.markets],
    ['collaterals', shape.collaterals - 1],
  ] as const) {
    const { length } = parameters[name]
    if (length !== count)
      refuse(name, `${length} of them`, `a list of ${count}${name === 'collaterals' ? ' (all but cash)' : ''}`)
  }
  for (const [i, { kind }] of parameters.markets.entries()) {
    if (!Object.hasOwn(MARKET_KINDS, kind))
      refuse(`markets[${i}].kind`, kind, `one of ${Object.keys(MARKET_KINDS).join(', ')}`)
  }
  for (const bound of parameterBounds(parameters, shape)) {
    const { given, least, most } = bound
    if (typeof given === 'bigint' && given >= least && given <= most) continue
    const broken = inWords(bound)
    refuse(broken.path, broken.given, broken.allowed)
  }
  for (const [i, key] of parameters.oracles.entries()) {
    if (!isTradingKey(key))
      refuse(`oracles[${i}]`, `(${key.x}, ${key.y})`, 'a BabyJubJub point in the prime-order subgroup')
    const first = parameters.oracles.findIndex(({ x, y }) => x === key.x && y === key.y)
    if (first !== i) refuse(`oracles[${i}]`, `the key of oracles[${first}]`, 'a key of its own')
  }
}

/** Seconds between two tables of a venue at least: MIN_GAP of contracts/settlement/RiskTables.sol. */
const TABLE_GAP = 150n

/** Basis points that an index moves by from one table to the next on any day. */
const TINY_JUMP = 10n

/** What is allowed by the rules and yet hardly meant, one sentence each. */
export function doubtfulRiskParameters(parameters: RiskParameters): string[] {
  const { maxAge, quorum, oracles, jumpBps, markets } = parameters
  const liars = (quorum + 1n) / 2n
  const isMajority = 2n * quorum > BigInt(oracles.length)
  const endless = markets.flatMap(({ kind, expiry }, i) => (isDated(kind) && expiry === NEVER ? [i] : []))
  return [
    ...(maxAge < TABLE_GAP
      ? [`maxAge: tables come ${TABLE_GAP} s apart at least, so that each would follow an outage and shelter everybody`]
      : []),
    ...(isMajority
      ? []
      : [`quorum: ${quorum} of ${oracles.length} oracles is no majority, and ${liars} that lie can move a median`]),
    ...(jumpBps >= BASIS_POINTS
      ? [`jumpBps: a price falls by less than ${BASIS_POINTS}, so that no fall is a jump`]
      : []),
    ...(jumpBps < TINY_JUMP
      ? [`jumpBps: an index moves by more than ${jumpBps} basis points all the time, so that markets would stay closed`]
      : []),
    ...pairsNeverApart(parameters).map(
      ([a, b]) =>
        `scenarios: underlyings[${a}] and underlyings[${b}] move the same way in all, so that a position in one makes up for the ` +
        'opposite in the other; let one be opposed where prices move',
    ),
    ...endless.map((i) => `markets[${i}].expiry: a ${markets[i]!.kind} that never expires`),
  ]
}

/** Underlyings of markets that no scenario with a move takes apart. */
function pairsNeverApart({ markets, scenarios }: RiskParameters): [number, number][] {
  const used = [...new Set(markets.filter(({ kind }) => kind !== 'none').map(({ underlying }) => underlying))].sort(
    (a, b) => a - b,
  )
  const opposed = (bits: bigint, u: number) => (bits >> BigInt(u)) & 1n
  const part = (a: number, b: number) =>
    scenarios.some((s) => s.move !== 0n && opposed(s.opposed, a) !== opposed(s.opposed, b))
  return used.flatMap((a, i) => used.slice(i + 1).flatMap((b): [number, number][] => (part(a, b) ? [] : [[a, b]])))
}

function isDated(kind: MarketKind): boolean {
  return kind === 'future' || kind === 'call' || kind === 'put'
}

function refuse(path: string, given: string, allowed: string): never {
  throw new ZkclearError(
    'RISK_PARAMETERS_INVALID',
    `is ${given}; must be ${allowed}; see protocol.md#risk-parameters`,
    {
      path: `parameters.${path}`,
      details: { given, allowed },
    },
  )
}

/** Powers of two stand as such. */
function plainly({ path, given, least, most, because }: ParameterBound): BrokenBound {
  const reason = because === undefined ? '' : ` (${because})`
  if (least === most) return { path, given: `${given}`, allowed: `${least}${reason}` }
  const past = most + 1n
  const exponent = past.toString(2).length - 1
  const isPower = exponent >= 16 && past === 1n << BigInt(exponent)
  const range = isPower ? `in [${least}, 2^${exponent})` : `in [${least}, ${most}]`
  return { path, given: `${given}`, allowed: `${range}${reason}` }
}

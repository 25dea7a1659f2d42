import { ZkclearError } from '../errors.ts'
import { max } from '../numbers.ts'
import { BASIS_POINTS, MARKET_KINDS, type MarketKind, NEVER, SHELTER_END } from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import { isTradingKey } from '../signature.ts'
import { type ParameterBound, parameterBounds } from './parameter-bounds.ts'
import type { RiskParameters, Scenario } from './parameters.ts'

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

/** Seconds that a table may be old when it comes, and those until another one can: MAX_CLOCK_SKEW there, and MIN_GAP. */
const TABLE_LAG = 1_050n

/** Basis points that an index moves by from one table to the next on any day. */
const TINY_JUMP = 10n

/** Seconds in which an owner can still act, though a flag may be told 300 of them late (FLAG_CLOCK of contracts/settlement/Operation.sol). */
const LEAST_GRACE = 1_800n

/** Basis points of the risk: more, and whoever owns both sides of a trade earns by letting one of them be taken over. */
const MOST_DISCOUNT = 5_000n

/** Seconds from the end of a pause until the guardian of any venue may pause again: MIN_REST there. */
export const MIN_REST = 86_400n

/**
 * What is allowed by the rules and yet hardly meant, one sentence each.
 *
 * @param options.rest seconds from the end of a pause until the guardian may pause again; as few as there can be unless given
 */
export function doubtfulRiskParameters(
  parameters: RiskParameters,
  { rest = MIN_REST }: { readonly rest?: bigint } = {},
): string[] {
  const { maxAge, quorum, oracles, jumpBps, cooldown, grace, auction, lastDiscountBps, markets } = parameters
  const borne = (quorum - 1n) / 2n
  const isMajority = 2n * quorum > BigInt(oracles.length)
  const endless = markets.flatMap(({ kind, expiry }, i) => (isDated(kind) && expiry === NEVER ? [i] : []))
  return [
    ...(maxAge < TABLE_GAP
      ? [`maxAge: tables come ${TABLE_GAP} s apart at least, so that each would follow an outage and shelter everybody`]
      : maxAge < TABLE_LAG
        ? [`maxAge: whoever brings tables as old as they may be leaves none that serves; take ${TABLE_LAG} s at least`]
        : []),
    ...(isMajority
      ? []
      : [
          `quorum: ${quorum} of ${oracles.length} oracles is no majority, so that two tables of one moment may share no oracle`,
        ]),
    ...(borne > 0n
      ? []
      : [
          `quorum: of ${quorum} reports one that lies can be the median; no table bears a liar unless 3 reports make it`,
        ]),
    ...(quorum % 2n === 0n && borne > 0n
      ? [`quorum: ${quorum} reports bear no more liars than ${quorum - 1n}, which is ${borne}; take an odd number`]
      : []),
    ...(jumpBps >= BASIS_POINTS
      ? [`jumpBps: a price falls by less than ${BASIS_POINTS}, so that no fall is a jump`]
      : []),
    ...(jumpBps < TINY_JUMP
      ? [`jumpBps: an index moves by more than ${jumpBps} basis points all the time, so that markets would stay closed`]
      : []),
    ...(cooldown > SHELTER_END
      ? [
          `cooldown: while a market is sheltered the queue may stand still; take ${SHELTER_END} s at most, so that no request comes into its last hours by one jump`,
        ]
      : []),
    ...(grace < LEAST_GRACE
      ? [
          `grace: a flag may be told five minutes after it was made, and what saves the account takes time; take ${LEAST_GRACE} s at least`,
        ]
      : []),
    ...(grace >= rest
      ? [
          `grace: the guardian may pause again ${rest} s after a pause, and puts auctions off by it before any opens, so that nobody need ever be taken over; take less`,
        ]
      : grace + auction >= rest
        ? [
            `auction: the guardian may pause again ${rest} s after a pause, before an auction that the pause put off has closed; let grace and auction come to less`,
          ]
        : []),
    ...(lastDiscountBps > MOST_DISCOUNT
      ? [
          `lastDiscountBps: at the end of its auction an account goes for ${lastDiscountBps} basis points of its risk less than it is worth, and the house pays where that is below 0; take ${MOST_DISCOUNT} at most`,
        ]
      : []),
    ...spreadsUncovered(parameters).map(
      ([up, down]) =>
        `scenarios: in none that is not extreme and moves as far as the furthest, underlyings[${up}] rises and underlyings[${down}] falls, so that ` +
        'long in the one makes up for short in the other; let one be opposed',
    ),
    ...endless.map((i) => `markets[${i}].expiry: a ${markets[i]!.kind} that never expires`),
  ]
}

/**
 * Pairs of underlyings with markets, of which the first rises and the second falls in no scenario that moves as far as the furthest which
 * is not extreme. That they part the other way is another pair.
 */
function spreadsUncovered({ markets, scenarios }: RiskParameters): [number, number][] {
  const used = new Set(markets.filter(({ kind }) => kind !== 'none').map(({ underlying }) => underlying))
  const far = (move: bigint) => (move < 0n ? -move : move)
  const usual = scenarios.filter(({ extreme }) => !extreme)
  const furthest = usual.reduce((most, { move }) => max(most, far(move)), 0n)
  const rises = ({ move, opposed }: Scenario, u: number) => move < 0n === (((opposed >> BigInt(u)) & 1n) === 1n)
  const isCovered = (up: number, down: number) =>
    usual.some((s) => far(s.move) === furthest && s.move !== 0n && rises(s, up) && !rises(s, down))
  const pairs = [...used].flatMap((up) => [...used].map((down): [number, number] => [up, down]))
  return pairs.filter(([up, down]) => up !== down && !isCovered(up, down)).sort(([a, b], [c, d]) => a - c || b - d)
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

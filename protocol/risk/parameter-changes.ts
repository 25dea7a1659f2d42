import { ZkclearError } from '../errors.ts'
import { NEVER } from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import { parameterBounds } from './parameter-bounds.ts'
import type { MarketIdentity, MarketParameters, RiskParameters } from './parameters.ts'

/**
 * What a change of a parameter comes to (protocol.md#risk-parameters): something is listed where nothing was; a perpetual is given
 * an expiry; an expiry that it was given would change, which tables ignore; what is listed would become something else, which
 * no table can be proved under; or a setting changes.
 */
export type ParameterChangeKind = 'listing' | 'delisting' | 'ignored' | 'relisting' | 'setting'

export interface ParameterChange {
  /** Where it stands, such as `markets[1].strike`. */
  readonly path: string
  readonly was: bigint
  readonly is: bigint
  readonly kind: ParameterChangeKind
}

/**
 * What is different between two sets of parameters that `checkRiskParameters` accepts, in the order of their words. Throws
 * INPUT_INVALID unless both have the lists of that shape.
 */
export function diffRiskParameters(
  before: RiskParameters,
  after: RiskParameters,
  shape: VenueShape,
): ParameterChange[] {
  const [old, now] = [before, after].map((parameters) => parameterBounds(parameters, shape))
  if (old!.length !== now!.length) {
    throw new ZkclearError('INPUT_INVALID', 'the two sets of parameters are not of one shape', { path: 'parameters' })
  }
  return now!.flatMap(({ path, given }, i) => {
    const was = old![i]!.given
    if (was === given) return []
    const [, market, name] = /^markets\[(\d+)\]\.(\w+)$/.exec(path) ?? []
    const kind = market === undefined ? 'setting' : changeOf(before.markets[+market]!, after.markets[+market]!, name!)
    return [{ path, was, is: given, kind }]
  })
}

/** What makes a market the one that it is. */
const IDENTITY: Readonly<Record<keyof MarketIdentity, true>> = {
  ...{ kind: true, underlying: true, strike: true, expiry: true, multiplier: true, maxLots: true, maxPrice: true },
}

function changeOf(before: MarketParameters, after: MarketParameters, name: string): ParameterChangeKind {
  if (before.kind === 'none') return 'listing'
  if (!Object.hasOwn(IDENTITY, name)) return 'setting'
  const isPerpetual = before.kind === 'perpetual' && after.kind === 'perpetual'
  if (name !== 'expiry' || !isPerpetual) return 'relisting'
  return before.expiry === NEVER ? 'delisting' : 'ignored'
}

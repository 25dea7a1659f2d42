import parameters from '../parameters.json' with { type: 'json' }
import { ZkclearError } from './errors.ts'

/**
 * What a venue is built for (protocol.md#sizes): it fixes how state and risk table are laid out, whatever circuits prove
 * about them. How much one proof of a circuit covers is that circuit's own size.
 */
export interface VenueShape {
  /** The profile under whose name the shape stands in parameters.json. */
  readonly name: string
  /** M: markets of the venue. */
  readonly markets: number
  /** K: collateral assets; asset 0 is the quote asset ("cash"). */
  readonly collaterals: number
  /** S: risk scenarios; scenario 0 is the unshocked mark. */
  readonly scenarios: number
  /** Levels of the 4-ary account tree, which holds 4^levels accounts. */
  readonly accountLevels: number
  /** W: resting orders kept on each side of a book. */
  readonly window: number
  /** U: underlyings whose index prices move the markets. */
  readonly underlyings: number
  /** n: oracles that sign price reports. */
  readonly oracles: number
}

/** A profile names a shape of venues, and for it one size of each circuit. */
export type ProfileName = 'small' | 'standard' | 'large'

// The names stand here too, so that the package's types need no JSON module; what differs does not compile.
const SHAPES: Readonly<Record<ProfileName, Omit<VenueShape, 'name'>>> = parameters.shapes

export const PROFILE_NAMES: readonly ProfileName[] = Object.keys(SHAPES) as (keyof typeof parameters.shapes)[]

/**
 * The shape of that profile's venues. Throws PROFILE_UNKNOWN.
 *
 * @example
 * const { markets, window } = venueShape('small')
 */
export function venueShape(profile: string): VenueShape {
  if (!Object.hasOwn(SHAPES, profile)) {
    throw new ZkclearError(
      'PROFILE_UNKNOWN',
      `no profile "${String(profile)}"; choose one of ${PROFILE_NAMES.join(', ')}`,
    )
  }
  return { name: profile, ...SHAPES[profile as ProfileName] }
}

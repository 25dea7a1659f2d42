import parameters from '../parameters.json' with { type: 'json' }
import { ZkclearError } from './errors.ts'

/** The sizes of a circuit (protocol.md#sizes): how much one proof covers. */
export interface Profile {
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
  /** N: messages of one batch at most. */
  readonly messages: number
  /** Matching steps of one batch at most. */
  readonly steps: number
  /** T: accounts that one batch can touch at most. */
  readonly accounts: number
}

export type ProfileName = keyof typeof parameters.profiles

/** Every profile by name, as the parameter file lists them. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = parameters.profiles

export const PROFILE_NAMES = Object.keys(PROFILES) as readonly ProfileName[]

/** The profile of that name. Throws PROFILE_UNKNOWN. */
export function profile(name: string): Profile {
  if (!Object.hasOwn(PROFILES, name)) {
    throw new ZkclearError('PROFILE_UNKNOWN', `no profile "${name}"; choose one of ${PROFILE_NAMES.join(', ')}`)
  }
  return PROFILES[name as ProfileName]
}

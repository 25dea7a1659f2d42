import { requireAddress } from '../protocol/address.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { assertCanonical, isUint } from '../protocol/numbers.ts'
import { BASIS_POINTS, BITS } from '../protocol/parameters.ts'
import { checkRiskParameters } from '../protocol/risk/check-parameters.ts'
import type { RiskParameters } from '../protocol/risk/parameters.ts'
import type { VenueShape } from '../protocol/shape.ts'

/** What an account is registered with. */
export interface Registration {
  /** The point to register: an eighth of the trading key (`keyToRegister`). */
  readonly key: { readonly x: bigint; readonly y: bigint }
  readonly ownerCommitment: bigint
  readonly viewCommitment: bigint
}

/** An asset; the first is the one that accounts are settled in. */
export interface AssetTerms {
  /** Address of an ERC-20 token that takes no fees and changes no balances. */
  readonly token: string
  /** Token units per lot, in [1, 2^128]. */
  readonly lotScale: bigint
  /** Lots that a deposit has at least. */
  readonly minDeposit: bigint
  /** What may leave in an hour: a share of what is there, or of `floor` lots if that is more. Default: all of it. */
  readonly outflow?: { readonly floor: bigint; readonly shareBps: bigint } | undefined
}

/** Seconds, none of which can be changed later. */
export interface Periods {
  /** Within which an entry of the queue is served if none wait; a day at least. */
  readonly forcePeriod: bigint
  /** Between the deadlines of two entries. */
  readonly spacing: bigint
  /** Within which any entry is served; 30 days at most. */
  readonly maxDeadline: bigint
  /** From a proposal until it can take effect; exceeds maxDeadline by 30 days, or with shortDelay by 7. */
  readonly upgradeDelay: bigint
  /** From then until it lapses; at most 30 days. */
  readonly executionWindow: bigint
  /** The longest that the guardian may pause trade batches; 3 days at most. */
  readonly maxPause: bigint
  /** From the announcement of an end until anybody may freeze; upgradeDelay at least, a year at most. */
  readonly windDownPeriod: bigint
  /** From that announcement until positions may only be closed; a day at least, and ends 7 days before windDownPeriod. */
  readonly closingNotice: bigint
  /** In which claims on a dead venue are recorded before any is paid; 7 to 90 days. */
  readonly claimPeriod: bigint
  /** After which an outflow limit no longer holds a credit back; 2 seconds to 30 days. */
  readonly outflowMax: bigint
}

/** What an entry of the queue costs. */
export interface QueueFees {
  /** Wei, if none wait. */
  readonly base: bigint
  /** As much again for every so many that wait. */
  readonly step: bigint
  /** Wei that a registration costs besides. */
  readonly registration: bigint
  /** From so many entries on registrations, deposits and rotations are turned away. */
  readonly maxPending: bigint
}

/** What MarginGate asks for. */
export interface MarginTerms {
  /** In basis points, in [10000, 2^17): 10000 is maintenance margin. */
  readonly ratioBps: bigint
  /** How long ago, in seconds, a state root may have been superseded. */
  readonly maxRootAge: bigint
  /** How old, in seconds, the prices may be. */
  readonly maxRiskAge: bigint
}

/** All that a venue is deployed with. What is left out is the default. */
export interface VenueTerms {
  readonly assets: readonly AssetTerms[]
  /** Account 0, to which fees go. */
  readonly house: Registration & { readonly owner: string }
  /** Who may propose changes: a multisig, or a timelock. */
  readonly governor: string
  /** Who settles batches, or signs that they be settled. */
  readonly operator: string
  /** Who may pause trade batches. Default: nobody. */
  readonly guardian?: string | undefined
  readonly periods?: Partial<Periods>
  /** Lets upgradeDelay exceed maxDeadline by 7 days only: users have less time to leave before a change. */
  readonly shortDelay?: boolean
  readonly fees?: Partial<QueueFees>
  readonly margin?: Partial<MarginTerms>
  /** Quanta that the house pays for takeovers in an hour at most, below 2^96. Default: 0, so it pays for none: counterparties can be made to bear what bankrupt accounts owe. */
  readonly coverPerHour?: bigint | undefined
  /** By which tables of prices and margins are proved. Default: none, and so no tables, until the governor proposes some. */
  readonly riskParameters?: RiskParameters | undefined
  /** Checked, if given: a venue begins with the root of the state without accounts, and with no other. */
  readonly genesisRoot?: bigint | undefined
}

const DAY = 86_400n

export const DEFAULT_PERIODS: Periods = {
  forcePeriod: 3n * DAY,
  spacing: 60n,
  maxDeadline: 14n * DAY,
  upgradeDelay: 44n * DAY,
  executionWindow: 7n * DAY,
  maxPause: 2n * DAY,
  windDownPeriod: 60n * DAY,
  closingNotice: 30n * DAY,
  claimPeriod: 30n * DAY,
  outflowMax: 2n * DAY,
}

export const DEFAULT_FEES: QueueFees = {
  base: 10n ** 13n,
  step: 100n,
  registration: 10n ** 15n,
  maxPending: 10_000n,
}

export const DEFAULT_MARGIN: MarginTerms = { ratioBps: BASIS_POINTS, maxRootAge: 900n, maxRiskAge: 3600n }

/** All outflow may leave. */
const UNLIMITED = { floor: 0n, shareBps: 10_000n }

const MIN_FORCE_PERIOD = DAY
const LONGEST_DEADLINE = 30n * DAY
const MAX_DELAY = 365n * DAY
const MAX_PAUSE = 3n * DAY
const MIN_CLAIM_PERIOD = 7n * DAY
const MAX_CLAIM_PERIOD = 90n * DAY
const MAX_WINDOW = 30n * DAY
const LEAST_OUTFLOW_BPS = 100n
const NOBODY = `0x${'0'.repeat(40)}`

/** Terms with nothing left out. */
type Completed = 'periods' | 'fees' | 'margin' | 'assets'
export type CompleteTerms = Omit<Required<VenueTerms>, 'genesisRoot' | Completed> & {
  readonly assets: readonly Required<AssetTerms>[]
  readonly periods: Periods
  readonly fees: QueueFees
  readonly margin: MarginTerms
}

/**
 * The terms with their defaults, checked as the contracts check them: what is refused here would only cost gas there. Throws
 * INPUT_INVALID, naming the field, and RISK_PARAMETERS_INVALID.
 */
export function completeTerms(given: VenueTerms, shape: VenueShape): CompleteTerms {
  const { collaterals } = shape
  const { assets, house, governor, operator, guardian, shortDelay = false, coverPerHour = 0n, riskParameters } = given
  const periods = { ...DEFAULT_PERIODS, ...given.periods }
  const fees = { ...DEFAULT_FEES, ...given.fees }
  const margin = { ...DEFAULT_MARGIN, ...given.margin }
  const complete = assets.map(({ outflow = UNLIMITED, ...asset }) => ({ ...asset, outflow }))
  if (assets.length !== collaterals) {
    throw refusal(`has ${assets.length} assets; the circuits are for ${collaterals}`, 'terms.assets')
  }
  for (const [i, asset] of complete.entries()) checkAsset(asset, `terms.assets[${i}]`)
  requireAddress(house.owner, 'terms.house.owner')
  for (const name of ['ownerCommitment', 'viewCommitment'] as const) assertCanonical(house[name], `terms.house.${name}`)
  for (const [name, address] of Object.entries({ governor, operator })) requireAddress(address, `terms.${name}`)
  if (guardian !== undefined) requireAddress(guardian, 'terms.guardian')
  checkPeriods(periods, shortDelay)
  checkFees(fees)
  checkMargin(margin)
  within(coverPerHour, 0n, (1n << 96n) - 1n, 'terms.coverPerHour', 'quanta')
  if (riskParameters !== undefined) checkRiskParameters(riskParameters, shape)
  const roles = { governor, operator, guardian: guardian ?? NOBODY }
  return { assets: complete, house, ...roles, periods, shortDelay, fees, margin, coverPerHour, riskParameters }
}

function checkAsset({ token, lotScale, minDeposit, outflow }: Required<AssetTerms>, path: string): void {
  requireAddress(token, `${path}.token`)
  within(lotScale, 1n, 1n << 128n, `${path}.lotScale`, 'token units')
  within(minDeposit, 1n, (1n << 79n) - 1n, `${path}.minDeposit`, 'lots')
  const { floor, shareBps } = outflow!
  within(floor, 0n, (1n << 80n) - 1n, `${path}.outflow.floor`, 'lots')
  within(shareBps, LEAST_OUTFLOW_BPS, 10_000n, `${path}.outflow.shareBps`, 'basis points')
}

function checkPeriods(periods: Periods, shortDelay: boolean): void {
  for (const [name, seconds] of Object.entries(periods)) {
    within(seconds, 0n, (1n << 32n) - 1n, `terms.periods.${name}`, 'seconds')
  }
  const { forcePeriod, maxDeadline, upgradeDelay, executionWindow, windDownPeriod, outflowMax } = periods
  const least = (name: keyof Periods, bound: bigint, why: string) => {
    if (periods[name] < bound)
      throw refusal(`is ${periods[name]} seconds; need ${bound} at least: ${why}`, `terms.periods.${name}`)
  }
  const most = (name: keyof Periods, bound: bigint, why: string) => {
    if (periods[name] > bound)
      throw refusal(`is ${periods[name]} seconds; need ${bound} at most: ${why}`, `terms.periods.${name}`)
  }
  least('forcePeriod', MIN_FORCE_PERIOD, 'an outage must not end a venue')
  least('maxDeadline', forcePeriod, 'no deadline is before forcePeriod')
  most('maxDeadline', LONGEST_DEADLINE, 'who asks for their money must not wait longer')
  const exitWindow = (shortDelay ? 7n : 30n) * DAY
  const advice = shortDelay ? '' : ', or 7 days with shortDelay, which then says so to everybody'
  least(
    'upgradeDelay',
    maxDeadline + exitWindow,
    `${exitWindow / DAY} days to leave after the longest deadline${advice}`,
  )
  least('windDownPeriod', upgradeDelay, 'an end is announced as long before as a change')
  most('windDownPeriod', MAX_DELAY, 'no delay is longer than a year')
  least('closingNotice', DAY, 'who hedges in several markets needs a day')
  most('closingNotice', windDownPeriod - 7n * DAY, 'positions take a week to be closed before the end')
  most('maxPause', MAX_PAUSE, 'trades must go on for most of the time to leave')
  least('claimPeriod', MIN_CLAIM_PERIOD, 'claims take proofs, and proofs take time')
  most('claimPeriod', MAX_CLAIM_PERIOD, "everybody's money waits for as long")
  within(executionWindow, 1n, MAX_WINDOW, 'terms.periods.executionWindow', 'seconds')
  within(outflowMax, 2n, MAX_WINDOW, 'terms.periods.outflowMax', 'seconds')
}

function checkFees({ base, step, registration, maxPending }: QueueFees): void {
  within(base, 0n, (1n << 128n) - 1n, 'terms.fees.base', 'wei')
  within(registration, 0n, (1n << 128n) - 1n, 'terms.fees.registration', 'wei')
  within(step, 1n, (1n << 32n) - 1n, 'terms.fees.step', 'entries')
  within(maxPending, 1n, (1n << 32n) - 1n, 'terms.fees.maxPending', 'entries')
}

function checkMargin({ ratioBps, maxRootAge, maxRiskAge }: MarginTerms): void {
  within(ratioBps, BASIS_POINTS, (1n << BigInt(BITS.basisPoints)) - 1n, 'terms.margin.ratioBps', 'basis points')
  for (const [name, seconds] of Object.entries({ maxRootAge, maxRiskAge })) {
    if (!isUint(seconds, 32)) throw refusal(`got ${seconds}, need seconds in [0, 2^32)`, `terms.margin.${name}`)
  }
}

function within(value: bigint, low: bigint, high: bigint, path: string, unit: string): void {
  if (typeof value === 'bigint' && value >= low && value <= high) return
  throw refusal(`got ${value}, need ${unit} in [${low}, ${high}]`, path)
}

function refusal(message: string, path: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path })
}

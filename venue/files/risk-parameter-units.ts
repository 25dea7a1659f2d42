import { ZkclearError } from '../../protocol/errors.ts'
import { NEVER } from '../../protocol/parameters.ts'

/** The unit that the file has a parameter in: so many decimals of 1, those of the quote asset, or a time. */
type Unit = number | 'price' | 'time'

const [WHOLE, BPS, PPM] = [0, 4, 6]

/** What each parameter is called in the file, without the unit that the protocol's name may have, and in which unit it stands. */
const FIELDS = {
  initialMarginBps: ['initialMargin', BPS],
  takerFeeBps: ['takerFee', BPS],
  makerFeeBps: ['makerFee', BPS],
  maxAge: ['maxAge', WHOLE],
  feedSet: ['feedSet', WHOLE],
  quorum: ['quorum', WHOLE],
  reportAge: ['reportAge', WHOLE],
  jumpBps: ['jump', BPS],
  cooldown: ['cooldown', WHOLE],
  grace: ['grace', WHOLE],
  auction: ['auction', WHOLE],
  firstDiscountBps: ['firstDiscount', BPS],
  lastDiscountBps: ['lastDiscount', BPS],
  move: ['move', PPM],
  volatilityMove: ['volatilityMove', PPM],
  floor: ['floor', PPM],
  cap: ['cap', PPM],
  factor: ['factor', PPM],
  stepPerHour: ['stepPerHour', PPM],
  memory: ['memory', WHOLE],
  strike: ['strike', 'price'],
  expiry: ['expiry', 'time'],
  multiplier: ['multiplier', PPM],
  maxLots: ['maxLots', WHOLE],
  maxPrice: ['maxPrice', 'price'],
  minOrder: ['minOrder', WHOLE],
  maxPosition: ['maxPosition', WHOLE],
  bandBps: ['band', BPS],
  shortOptionMinimumBps: ['shortOptionMinimum', BPS],
  fundingCapPpm: ['fundingCap', PPM],
  largeLots: ['largeLots', WHOLE],
  largeBps: ['largeRisk', BPS],
  maxOpenInterest: ['maxOpenInterest', WHOLE],
  weight: ['weight', BPS],
} as const satisfies Readonly<Record<string, readonly [name: string, unit: Unit]>>

export type ParameterName = keyof typeof FIELDS

export function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(FIELDS, name)
}

/** What the file calls a parameter. */
export function fileNameOf(name: ParameterName): string {
  return FIELDS[name][0]
}

/** A parameter as the file has it. */
export function parameterText(name: ParameterName, value: bigint, quoteDecimals: number): string {
  const [, unit] = FIELDS[name]
  if (unit === 'time') return timeText(value)
  return decimalText(value, unit === 'price' ? quoteDecimals : unit)
}

/** The parameter that the file means. Throws RISK_PARAMETERS_INVALID. */
export function parameterOf(name: ParameterName, text: string, quoteDecimals: number, path: string): bigint {
  const [, unit] = FIELDS[name]
  if (unit === 'time') return timeOf(text, path)
  return decimalOf(text, unit === 'price' ? quoteDecimals : unit, path)
}

function decimalText(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const rest = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

function decimalOf(text: string, decimals: number, path: string): bigint {
  const [, sign, whole, rest = ''] = /^(-?)(0|[1-9]\d{0,99})(?:\.(\d{1,40}))?$/.exec(text) ?? []
  if (whole === undefined) throw invalid(path, 'must be a decimal number, such as "0.05"')
  if (rest.length > decimals) {
    const allowed = decimals === 0 ? 'must be a whole number' : `must have at most ${decimals} decimals`
    throw invalid(path, `is ${text}; ${allowed}`)
  }
  const value = BigInt(`${whole}${rest.padEnd(decimals, '0')}`)
  return sign === '' ? value : -value
}

/** Times as ISO 8601 has them, in UTC; the end of time by its name. */
function timeText(seconds: bigint): string {
  return seconds === NEVER ? 'never' : new Date(Number(seconds) * 1000).toISOString().replace('.000', '')
}

function timeOf(text: string, path: string): bigint {
  if (text === 'never') return NEVER
  const milliseconds = Date.parse(text)
  const seconds = Number.isNaN(milliseconds) ? undefined : BigInt(Math.floor(milliseconds / 1000))
  // Parsers are lenient: what comes back otherwise was no time as it stood.
  if (seconds === undefined || timeText(seconds) !== text) {
    throw invalid(path, 'must be a time in UTC, such as "2027-06-25T08:00:00Z", or "never"')
  }
  return seconds
}

export function invalid(path: string, message: string): ZkclearError {
  return new ZkclearError('RISK_PARAMETERS_INVALID', message, { path })
}

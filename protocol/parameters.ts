import parameters from '../parameters.json' with { type: 'json' }

/** Bit widths of every number of the protocol (protocol.md#numbers). */
export const BITS = parameters.bits

/** Messages that one signature covers at most (protocol.md#bundle). No circuit knows it. */
export const BUNDLE_WORDS = parameters.bundleWords

/** One hundred per cent in basis points. */
export const BASIS_POINTS = BigInt(parameters.constants.BASIS_POINTS)

/** The highest fee a risk table may ask for, in basis points: a constant of the circuits. */
export const MAX_FEE_BPS = BigInt(parameters.constants.MAX_FEE_BPS)

/** Parts per million: the unit of shocks, moves, volatilities and multipliers. */
export const PPM = BigInt(parameters.constants.PPM)

/** Seconds of a year of 365 days, of a period of funding, and before an expiry whose average is its settlement price. */
export const YEAR = BigInt(parameters.constants.YEAR)
export const FUNDING_PERIOD = BigInt(parameters.constants.FUNDING_PERIOD)
export const SETTLEMENT_WINDOW = BigInt(parameters.constants.SETTLEMENT_WINDOW)

/** Least seconds between two samples of a volatility. */
export const SAMPLE_GAP = BigInt(parameters.constants.SAMPLE_GAP)

/** The furthest that a scenario may move a price, in ppm of the shock, and the most that it may take off one, in ppm. */
export const MAX_MOVE = BigInt(parameters.constants.MAX_MOVE)
export const MAX_FALL = BigInt(parameters.constants.MAX_FALL)

/** The largest initial margin that parameters may ask for, in basis points: with it no risk of a lot passes its width. */
export const MAX_INITIAL_MARGIN_BPS = BigInt(parameters.constants.MAX_INITIAL_MARGIN_BPS)

/** The largest cap on funding, in ppm of the index for each period. */
export const MAX_FUNDING_CAP = BigInt(parameters.constants.MAX_FUNDING_CAP)

/**
 * Levels of the tree of accounts, below its root, that a batch hashes once for all the accounts that it writes
 * (protocol.md#shared-top).
 */
export const TOP_LEVELS = parameters.constants.TOP_LEVELS

/** What can be listed in a market (protocol.md#risk-parameters), with the numbers that stand for it. */
export const MARKET_KINDS = parameters.marketKinds
export type MarketKind = keyof typeof MARKET_KINDS

/** The expiry of what does not expire. */
export const NEVER = (1n << BigInt(BITS.time)) - 1n

/**
 * Domain tags: each use of the hash puts its own into Poseidon's capacity element. No circuit knows those of the service: nothing
 * that is hashed under one of them is ever part of a state or a batch.
 */
export const TAGS = { ...parameters.tags, ...parameters.serviceTags }

/** What the operations of a cash batch do (protocol.md#cash-kinds), with the numbers that stand for them. */
export const CASH_KINDS = parameters.cashKinds
export type CashKind = keyof typeof CASH_KINDS

/**
 * What a risk table says of a market: it trades as far as its lastTradeTime lets it; nobody is flagged for liquidation over a
 * position in it, or withdraws with one; its price is final.
 */
export const PHASES = {
  OPEN: BigInt(parameters.phases.OPEN),
  SHELTERED: BigInt(parameters.phases.SHELTERED),
  SETTLED: BigInt(parameters.phases.SETTLED),
}

/** Seconds before the deadline of a forced withdrawal from which no shelter holds it back any more (protocol.md#exposed). */
export const SHELTER_END = BigInt(parameters.queue.SHELTER_END)

/** How long an order stays. GTC rests, IOC never rests, POST_ONLY rests or is dropped. */
export const TIME_IN_FORCE = parameters.timeInForce
export type TimeInForce = keyof typeof TIME_IN_FORCE

/** Orders name prices in [1, MAX_PRICE]: both ends stay inside 48 bits when mirrored for bids. */
export const MAX_PRICE = (1n << BigInt(BITS.price)) - 2n

/** The sequence number that is never given out: a book that reaches it rests no more orders. */
export const LAST_SEQUENCE = (1n << BigInt(BITS.sequence)) - 1n

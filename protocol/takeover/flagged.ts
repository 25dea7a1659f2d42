import { expired, unpackSettlement } from '../cash-batch/expire.ts'
import { type CashSlotData, unpackAmounts } from '../cash-batch/slot-words.ts'
import { withdrawn } from '../cash-batch/withdrawal.ts'
import { unpackCashData } from '../cash-batch/words.ts'
import { bankruptAfter, counterpartyAfter } from '../deleverage/close.ts'
import { unpackDeleveragingData } from '../deleverage/words.ts'
import { ZkclearError } from '../errors.ts'
import type { Portfolio } from '../portfolio.ts'
import type { PublishedBatch } from '../recovery/recovery.ts'
import type { VenueShape } from '../shape.ts'
import { unpackTradeData } from '../trade-batch/words.ts'
import { unpackTakeoverData } from './words.ts'

/** A flagged account, as batches tell it: all that a bidder needs (protocol.md#bid). */
export interface FlaggedAccount {
  readonly account: number
  /** Unix seconds. */
  readonly flaggedAt: bigint
  /** What it holds, but for funding that it realised since its flag, which counts in its positions still: a bid names it all the same. */
  readonly portfolio: Portfolio
  /** A batch of trades touched it since its flag. Its owner may have closed positions, so it may hold less: nobody else can tell. */
  readonly traded: boolean
}

/**
 * Which accounts are flagged after a batch, from what batches publish alone: nothing of the venue is needed. Throws INPUT_INVALID for words
 * that no batch has.
 *
 * @example
 * let flagged: ReturnType<typeof flaggedAfter> = new Map()
 * for (const batch of batches) flagged = flaggedAfter(flagged, batch, venueShape('small'))
 */
export function flaggedAfter(
  before: ReadonlyMap<number, FlaggedAccount>,
  { circuit, words }: PublishedBatch,
  shape: VenueShape,
): ReadonlyMap<number, FlaggedAccount> {
  switch (circuit) {
    case 'trade-batch':
      return afterTrades(before, words)
    case 'takeover':
      return without(before, unpackTakeoverData(words, shape).victim)
    case 'deleverage':
      return afterDeleveraging(before, words, shape)
    case 'cash-batch':
      return afterCash(before, words)
    default:
      throw new ZkclearError('INPUT_INVALID', `is of no circuit ${String(circuit)}`, { path: 'circuit' })
  }
}

type Flagged = ReadonlyMap<number, FlaggedAccount>

function afterTrades(before: Flagged, words: readonly bigint[]): Flagged {
  if (before.size === 0) return before
  const flagged = new Map(before)
  for (const { index } of unpackTradeData(words).accounts) {
    const known = flagged.get(index)
    if (known !== undefined) flagged.set(index, { ...known, traded: true })
  }
  return flagged
}

/** Either of the two may be flagged: it holds less, and stays so. */
function afterDeleveraging(before: Flagged, words: readonly bigint[], shape: VenueShape): Flagged {
  const { victim, counterparty, ...terms } = unpackDeleveragingData(words)
  if (terms.market >= shape.markets) {
    throw new ZkclearError('INPUT_INVALID', `there is no market ${terms.market}`, { path: 'words' })
  }
  const flagged = new Map(before)
  const sides = [
    [victim, bankruptAfter],
    [counterparty, counterpartyAfter],
  ] as const
  for (const [index, after] of sides) {
    const known = flagged.get(index)
    if (known !== undefined) flagged.set(index, { ...known, portfolio: after(known.portfolio, terms) })
  }
  return flagged
}

function afterCash(before: Flagged, words: readonly bigint[]): Flagged {
  const flagged = new Map(before)
  const { slots, portfolio, timestamp } = unpackCashData(words)
  for (const slot of slots) {
    const { kind, account } = slot
    const known = flagged.get(account)
    if (kind === 'FLAG') flagged.set(account, { account, flaggedAt: timestamp, portfolio: portfolio!, traded: false })
    else if (isCured(slot)) flagged.delete(account)
    else if (known !== undefined) {
      flagged.set(account, { ...known, portfolio: portfolioAfter(known.portfolio, slot) })
    }
  }
  return flagged
}

function without(before: Flagged, account: number): Flagged {
  return new Map([...before].filter(([index]) => index !== account))
}

/** What a slot makes of what its account holds; that of a flagged one moves by few kinds. */
function portfolioAfter(portfolio: Portfolio, { kind, asset, a }: CashSlotData): Portfolio {
  if (kind === 'DEPOSIT' || kind === 'TRANSFER_IN') return withdrawn(portfolio, asset, -unpackAmounts(a).requested)
  if (kind === 'FORCED') return withdrawn(portfolio, asset, unpackAmounts(a).paid)
  return kind === 'EXPIRE' ? expired(portfolio, unpackSettlement(a)) : portfolio
}

function isCured({ kind, b }: CashSlotData): boolean {
  return (kind === 'DEPOSIT' || kind === 'CURE') && b === 1n
}

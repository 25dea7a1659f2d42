import type { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { bookChecksum, type Level } from './checksum.ts'
import { linesOf, type VenueOptions } from './request.ts'
import { bookStreamLine } from './wire/markets.ts'

/** A book as anybody may know it: lots at each price, the best first. Soft until its batch is settled. */
export interface PublicBook {
  readonly market: number
  /** Grows with every change. */
  readonly number: number
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

type Line = z.output<typeof bookStreamLine>

/**
 * The book of a market after each change, checked against the venue's checksum. Ends when the venue ends the stream. Throws
 * VENUE_UNREACHABLE for a change that does not follow on the one before it, or leads to another book than the venue says.
 */
export async function* followBook(
  venue: VenueOptions,
  market: number,
  signal?: AbortSignal | undefined,
): AsyncGenerator<PublicBook> {
  const path = `/v1/markets/${market}/book/stream`
  let book: PublicBook | undefined
  for await (const line of linesOf(venue, { path, signal }, bookStreamLine)) {
    if (line.kind === 'end') return
    if (line.kind !== 'snapshot' && line.kind !== 'delta') continue
    book = after(book, line)
    if (bookChecksum(book.bids, book.asks) !== line.checksum) throw broken('is another than its checksum says')
    yield book
  }
}

function after(book: PublicBook | undefined, line: Extract<Line, { kind: 'snapshot' | 'delta' }>): PublicBook {
  const { market, number, bids, asks } = line
  if (line.kind === 'snapshot') return { market, number, bids, asks }
  if (book === undefined || line.previous > book.number) throw broken('has changes that were not told')
  return { market, number, bids: merged(book.bids, bids, true), asks: merged(book.asks, asks, false) }
}

function merged(levels: readonly Level[], changes: readonly Level[], isFalling: boolean): Level[] {
  const sizes = new Map([...levels, ...changes])
  const left = [...sizes].filter(([, size]) => size > 0n)
  return left.sort(([one], [other]) => (one === other ? 0 : one < other === isFalling ? 1 : -1))
}

function broken(what: string): ZkclearError {
  return new ZkclearError('VENUE_UNREACHABLE', `the book ${what}; follow it anew`, { path: 'venue' })
}

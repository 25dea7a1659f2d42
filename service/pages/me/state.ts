import type { Session, VenueClient } from '../../../client/index.ts'

/** What the venue shows of the own account. */
export type Account = Awaited<ReturnType<Session['read']>>
export type Markets = Awaited<ReturnType<VenueClient['markets']>>
/** A line of the account's stream. */
export type AccountStreamLine = ReturnType<Session['follow']> extends AsyncGenerator<infer Line> ? Line : never
export type OpenOrder = Account['orders'][number]

/** A trade of the own account, and how far it holds. */
export interface Fill {
  readonly number: number
  readonly market: number
  readonly side: 'buy' | 'sell'
  readonly price: bigint
  readonly size: bigint
  readonly role: 'taker' | 'maker'
  readonly batch: number
  readonly state: 'soft' | 'proved' | 'settled' | 'final' | 'busted'
}

/** Whether the page hears of the account now. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly why: string }
  /** The token is not good any more. */
  | { readonly kind: 'ended' }

import type { Closing } from '../../protocol/deleverage/close.ts'
import type { Fill, OrderEvent } from './fills.ts'
import type { RewindCause, Verdict } from './record.ts'
import type { SealedBatch } from './state.ts'

/**
 * What a record led to, for receipts, provers and streams. Messages are named by the number of their record, batches by their number.
 * Everything up to `settled` may be taken back by a rewind, which says so.
 */
export type Effect =
  | { readonly kind: 'verdict'; readonly record: number; readonly verdict: Verdict }
  /** The message is in that batch, which may not be sealed yet. */
  | { readonly kind: 'executed'; readonly record: number; readonly batch: number }
  /** No batch takes the accepted message: its last word, also after a rewind. */
  | { readonly kind: 'refused'; readonly record: number; readonly reason: string }
  /** Told anew of every order that a rewind executes anew. */
  | { readonly kind: 'order'; readonly event: OrderEvent; readonly batch: number }
  | { readonly kind: 'filled'; readonly fill: Fill; readonly batch: number }
  /** A fill that was told is none: a rewind made the batch anew without it. */
  | { readonly kind: 'busted'; readonly fill: Fill }
  /** To be proved. */
  | { readonly kind: 'sealed'; readonly batch: SealedBatch }
  /** To be proved again, under another verification key. */
  | { readonly kind: 'reproved'; readonly batch: SealedBatch }
  /** No longer to be proved or settled. */
  | { readonly kind: 'dropped'; readonly index: number }
  | { readonly kind: 'rewound'; readonly to: number; readonly cause: RewindCause; readonly messages: number }
  /** An entry of the queue is in that batch. */
  | { readonly kind: 'served'; readonly entry: bigint; readonly batch: number }
  /** The front of the queue cannot be served yet. */
  | { readonly kind: 'stalled'; readonly entry: bigint; readonly reason: string }
  | { readonly kind: 'view-refused'; readonly account: number; readonly reason: string }
  | { readonly kind: 'operation-refused'; readonly record: number; readonly reason: string }
  /** The account passed to the bidder, for so many quanta. */
  | {
      readonly kind: 'taken-over'
      readonly victim: number
      readonly bidder: number
      readonly price: bigint
      readonly batch: number
    }
  | { readonly kind: 'deleveraged'; readonly closing: Closing; readonly batch: number }
  | { readonly kind: 'finality'; readonly index: number; readonly state: 'proved' | 'settled' | 'final' | 'unsettled' }

import { z } from 'zod'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { signedBundle } from '../../venue/files/trade-batch-file.ts'
import * as n from './numbers.ts'

/** Least and most seconds of silence. */
const LEAST_SECONDS = 5
const MOST_SECONDS = 600
/** Most bundles: one for each market of the largest venue. */
const MOST_BUNDLES = 16

const seconds = z
  .int('must be an integer')
  .min(LEAST_SECONDS, `must be at least ${LEAST_SECONDS}`)
  .max(MOST_SECONDS, `must be at most ${MOST_SECONDS}`)

/** What shows that the trader is there: his heartbeats alone, or also that he reads the stream of his account. */
const watch = z.enum(['heartbeat', 'stream'], 'must be heartbeat or stream')

/** What a trader leaves for when he falls silent. */
export interface LeftCancels {
  /** Each one cancel of all orders of a market, which no two have in common, in the order of their nonces. */
  readonly bundles: readonly SignedBundle[]
  /** Of silence, until they are handed in: 5 to 600. */
  readonly seconds: number
  readonly watch: z.output<typeof watch>
}

export const standingCancelsRequest = z.strictObject({
  bundles: z
    .array(signedBundle, 'must be a list of bundles')
    .min(1, 'must have one bundle at least')
    .max(MOST_BUNDLES, `must have at most ${MOST_BUNDLES} bundles`),
  seconds,
  watch,
})

export const nothing = z.strictObject({})

export const standingCancelsAnswer = z.strictObject({
  /**
   * NONE: there are none. ARMED: they are handed in when the trader falls silent. FIRED: they were. VOID: none of them can be taken any
   * more, as messages of their nonces or above were taken, or the trading key changed.
   */
  state: z.enum(['NONE', 'ARMED', 'FIRED', 'VOID']),
  seconds: seconds.optional(),
  watch: watch.optional(),
  /** Seconds until they are handed in, rounded up, if nothing is heard of the trader; 0: as soon as they would do something, and are taken. */
  left: z.int().optional(),
  /** Those that can still be taken: market, and nonce of the first message. */
  bundles: z.array(z.strictObject({ market: n.market, nonce: n.nonce })),
  /** How many were handed in with them and cannot be taken any more. */
  void: z.int(),
  /** Of those that were fired and had an effect: their records. */
  records: z.array(n.record),
})

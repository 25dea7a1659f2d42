import { z } from 'zod'
import { market, price } from './numbers.ts'

const rate = z.number().nonnegative()

/** What the venue asks of those who come, so that nobody uses up what it can prove. */
export const limitsAnswer = z.strictObject({
  /** Resting orders of an account on one side of a market. */
  restingPerSide: z.int(),
  messagesPerSecond: rate,
  messagesAtOnce: rate,
  cancelsPerSecond: rate,
  cancelsAtOnce: rate,
  ordersPerHour: rate,
  /** So many orders more for each fill. */
  ordersPerFill: rate,
  /** An account may have one in so many of the messages that wait for proofs, and always `creditLeast`. */
  creditShare: rate,
  creditLeast: rate,
  /** Of one address. */
  requestsPerSecond: rate,
  requestsAtOnce: rate,
  connectionsAtOnce: rate,
  /** So many messages of a request count as another request, and each with a bad signature as `requestsPerForgery`. */
  signaturesPerRequest: rate,
  requestsPerForgery: rate,
  /** Of what prices of orders have to be multiples, in quanta per lot; of a market that is not here, of 1. */
  tickSizes: z.array(z.strictObject({ market, tickSize: price })),
  messagesPerRequest: z.int(),
  streamsPerAccount: z.int(),
  /** Bytes that wait for the reader of a stream before he is cut off. */
  streamBytes: z.int(),
})

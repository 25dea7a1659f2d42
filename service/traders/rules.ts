/** What the door asks of those who come, in one place; `/v1/limits` tells it to everybody. */
export interface DoorRules {
  /** Orders of an account that may rest on one side of a market, as a part of the places that there are: one in so many. */
  readonly restingShare: number
  /** Messages of an account in a second, and at once; cancels have as many again. */
  readonly messagesPerSecond: number
  readonly messagesAtOnce: number
  readonly cancelsPerSecond: number
  readonly cancelsAtOnce: number
  /** Orders in an hour, and for each fill of that hour so many more. */
  readonly ordersPerHour: number
  readonly ordersPerFill: number
  /** Messages of an account that wait for proofs: at most one in so many of all that may, but always so many. */
  readonly creditShare: number
  readonly creditLeast: number
  /** Requests of one address in a second, and at once. */
  readonly requestsPerSecond: number
  readonly requestsAtOnce: number
  /** Connections of one address at once. */
  readonly connectionsAtOnce: number
  /** So many messages of one request count as another request, and each whose signature is not its account's as so many. */
  readonly signaturesPerRequest: number
  readonly requestsPerForgery: number
  /** By market, of what prices of orders have to be multiples: quanta per lot. */
  readonly tickSizes: ReadonlyMap<number, bigint>
}

export const DOOR_RULES: DoorRules = {
  restingShare: 4,
  messagesPerSecond: 20,
  messagesAtOnce: 256,
  cancelsPerSecond: 40,
  cancelsAtOnce: 512,
  ordersPerHour: 2_000,
  ordersPerFill: 100,
  creditShare: 4,
  creditLeast: 16,
  requestsPerSecond: 50,
  requestsAtOnce: 500,
  connectionsAtOnce: 256,
  signaturesPerRequest: 4,
  requestsPerForgery: 4,
  tickSizes: new Map(),
}

/** How many orders of an account may rest on one side of a market with so many places. */
export function restingLimit({ restingShare }: DoorRules, window: number): number {
  return Math.max(1, Math.floor(window / restingShare))
}

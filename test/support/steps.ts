import type { Lie } from '../../lab/dishonesty/lie.ts'
import type { Venue } from '../../lab/instances/venue.ts'
import { MAX_PRICE } from '../../protocol/parameters.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'

/** A signal of a step that has another value. */
export const lie = (signal: string, value: bigint, at = 0): Lie => ({ signal: `Step.${signal}`, value, at })

/** What the steps of the batch do. */
export const kinds = ({ steps }: TradeBatch) => steps.map(({ kind }) => kind)

/** A cancel that misses in front of every bid: puts its account among the touched ones. */
export const touch = (venue: Venue, account: number) => venue.cancel(account, 'buy', MAX_PRICE, 4_000n)

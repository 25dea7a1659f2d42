import type { Intent } from '../../venue/index.ts'
import type { Sample } from './sample.ts'
import { tradesAtMark } from './trades.ts'

/** The option of the sample, who buys it, who sells it, and how many lots. */
export const CALL = 2
export const [BUYER, SELLER] = [3, 8] as const
const LOTS = 3_500n

/** One trader buys a call from another at its mark. */
export function callTrade({ riskTable }: Pick<Sample, 'riskTable'>): readonly Intent[] {
  return tradesAtMark(riskTable, 'call', [
    { account: BUYER, market: CALL, size: LOTS },
    { account: SELLER, market: CALL, size: -LOTS },
  ])
}

import type { ReportValues } from '../../protocol/risk/report.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { samplePrices } from '../../venue/index.ts'
import { withFirstCoinAt, withPremium } from './prices.ts'

/** Long of the coin with hardly more than initial margin. */
export const WATCHED = 11

/** Of the perpetuals over their index once the coin has fallen, in basis points. */
const PREMIUM = 30n
/** A coin is worth 3,000 dollars at first: 9 % less, and 27 % less. */
const [SLID, FALLEN] = [2_730_000_000n, 2_190_000_000n] as const

/** The prices after the fall. */
export function fallenPrices(profile: ProfileName): ReportValues {
  return withFirstCoinAt(samplePrices(profile), FALLEN)
}

/** The tables of the shock: so many seconds after the first, and what oracles say. */
export function shockOf(profile: ProfileName) {
  const fallen = withPremium(fallenPrices(profile), PREMIUM)
  return {
    slides: { after: 1_200n, prices: withFirstCoinAt(samplePrices(profile), SLID) },
    falls: { after: 2_400n, prices: fallen },
    opens: { after: 3_600n, prices: fallen },
  } as const
}

/** Who bids for the watched account, and what: quanta. */
export const BIDS = [
  { bidder: 12, price: 300_000_000n },
  { bidder: 1, price: 450_000_000n },
] as const
/** After how much of the auction it is taken over, in seconds. */
export const WAIT = 900n

import type { CircuitInput } from '../../circuits/types.ts'
import type { MarketParameters } from '../../protocol/risk/parameters.ts'
import type { AverageMemory } from '../../protocol/risk/settlement-price.ts'

/** What a settlement price is made of. */
interface Settlement {
  readonly average: AverageMemory
  /** Of the table that settles. */
  readonly index: bigint
  readonly market: Pick<MarketParameters, 'kind' | 'strike' | 'multiplier' | 'maxPrice'>
}

const LARGEST = (1n << 47n) - 1n

/** A window that averages to a lot at 3,000 and a half, at an index that is lower now. */
function settlement(market: Partial<Settlement['market']>, rest: Partial<Omit<Settlement, 'market'>> = {}): Settlement {
  return {
    ...{ average: { averageSum: 5_400_900_000n, averageSeconds: 1_800n }, index: 2_000_000n, ...rest },
    market: { kind: 'future', strike: 0n, multiplier: 1_000n, maxPrice: 1n << 40n, ...market },
  }
}

const NO_WINDOW: AverageMemory = { averageSum: 0n, averageSeconds: 0n }

/** Each side of every comparison, and the ends of ranges. */
export const SETTLEMENTS: Readonly<Record<string, Settlement>> = {
  'a future': settlement({}),
  'a perpetual after a part of a window': settlement(
    { kind: 'perpetual' },
    { average: { averageSum: 20_999_999n, averageSeconds: 7n } },
  ),
  'a call that pays': settlement({ kind: 'call', strike: 2_990n }),
  'a call at its strike': settlement({ kind: 'call', strike: 3_000n }),
  'a call that pays nothing': settlement({ kind: 'call', strike: 3_100n }),
  'a put that pays': settlement({ kind: 'put', strike: 3_100n }),
  'a put at its strike': settlement({ kind: 'put', strike: 3_000n }),
  'a put that pays nothing': settlement({ kind: 'put', strike: 2_990n }),
  'a future without a window': settlement({}, { average: NO_WINDOW }),
  'a put without a window': settlement({ kind: 'put', strike: 3_100n }, { average: NO_WINDOW }),
  'a sum of no seconds, which says nothing': settlement({}, { average: { averageSum: 77_000n, averageSeconds: 0n } }),
  'a call that pays more than its market has room for': settlement({ kind: 'call', strike: 1n, maxPrice: 2_000n }),
  'a lot dearer than any price': settlement(
    { multiplier: (1n << 40n) - 1n, maxPrice: (1n << 48n) - 1n },
    { average: { averageSum: 2_047n * LARGEST, averageSeconds: 2_047n } },
  ),
  'a put of the highest strike, of a lot worth nothing': settlement(
    { kind: 'put', strike: LARGEST, multiplier: 1n, maxPrice: (1n << 48n) - 1n },
    { average: NO_WINDOW, index: 1n },
  ),
}

/** The inputs of SettlementPriceProbe. */
export function settlementInput({ average, index, market: { kind, ...numbers } }: Settlement): CircuitInput {
  const isPut = kind === 'put'
  return { ...average, index, isOption: isPut || kind === 'call' ? 1n : 0n, isPut: isPut ? 1n : 0n, ...numbers }
}

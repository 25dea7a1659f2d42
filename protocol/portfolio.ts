import type { Account } from './account.ts'
import { assertUint } from './numbers.ts'
import { BITS } from './parameters.ts'
import type { VenueShape } from './shape.ts'

/** What a FLAG publishes of its account (protocol.md#cash-words): all that anybody needs who would take it over. */
export interface Portfolio {
  /** Lots of each asset; of cash below 0 what is owed. */
  readonly collateral: readonly bigint[]
  /** One per market. */
  readonly positions: readonly { readonly size: bigint; readonly fundingIndex: bigint }[]
}

/** Bits of a position in its word: size and funding index, each with a sign; and of an asset's lots. */
const POSITION_BITS = BITS.position + 1 + (BITS.fundingIndex + 1)
const LOTS_BITS = BITS.collateral + 1
const POSITIONS_PER_WORD = 2
const LOTS_PER_WORD = 3

type Sizes = Pick<VenueShape, 'markets' | 'collaterals'>

/** How many words a portfolio has. */
export function portfolioLength({ markets, collaterals }: Sizes): number {
  return Math.ceil(markets / POSITIONS_PER_WORD) + Math.ceil(collaterals / LOTS_PER_WORD)
}

export function portfolioOf({ collateral, positions }: Account): Portfolio {
  return { collateral, positions: positions.map(({ size, fundingIndex }) => ({ size, fundingIndex })) }
}

/**
 * The words of a portfolio: two positions in each, size above funding index, then three assets' lots in each, the first
 * lowest. Throws INPUT_INVALID, naming the number that does not fit.
 */
export function packPortfolio({ collateral, positions }: Portfolio): bigint[] {
  const entries = positions.map(({ size, fundingIndex }, m) => {
    const above = withSign(size, BITS.position, `portfolio.positions[${m}].size`)
    const below = withSign(fundingIndex, BITS.fundingIndex, `portfolio.positions[${m}].fundingIndex`)
    return (above << BigInt(BITS.fundingIndex + 1)) | below
  })
  const lots = collateral.map((amount, k) => withSign(amount, BITS.collateral, `portfolio.collateral[${k}]`))
  return [...inWords(entries, POSITION_BITS, POSITIONS_PER_WORD), ...inWords(lots, LOTS_BITS, LOTS_PER_WORD)]
}

/** The inverse, for words that {@link packPortfolio} gives; of others, something that packs to other words. */
export function unpackPortfolio(words: readonly bigint[], { markets, collaterals }: Sizes): Portfolio {
  const first = Math.ceil(markets / POSITIONS_PER_WORD)
  const entries = fromWords(words.slice(0, first), POSITION_BITS, POSITIONS_PER_WORD).slice(0, markets)
  const lots = fromWords(words.slice(first), LOTS_BITS, LOTS_PER_WORD).slice(0, collaterals)
  const bits = BigInt(BITS.fundingIndex + 1)
  return {
    collateral: lots.map((amount) => amount - (1n << BigInt(BITS.collateral))),
    positions: entries.map((entry) => ({
      size: (entry >> bits) - (1n << BigInt(BITS.position)),
      fundingIndex: (entry & ((1n << bits) - 1n)) - (1n << BigInt(BITS.fundingIndex)),
    })),
  }
}

/** A signed number of that many bits as one without sign, of a bit more. */
function withSign(value: bigint, bits: number, path: string): bigint {
  return assertUint(value + (1n << BigInt(bits)), bits + 1, path)
}

function inWords(values: readonly bigint[], bits: number, perWord: number): bigint[] {
  const words = new Array<bigint>(Math.ceil(values.length / perWord)).fill(0n)
  for (const [i, value] of values.entries()) {
    words[Math.floor(i / perWord)]! |= value << BigInt(bits * (i % perWord))
  }
  return words
}

function fromWords(words: readonly bigint[], bits: number, perWord: number): bigint[] {
  const mask = (1n << BigInt(bits)) - 1n
  return words.flatMap((word) => Array.from({ length: perWord }, (_, i) => (word >> BigInt(bits * i)) & mask))
}

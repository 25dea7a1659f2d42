import { assertUint } from '../numbers.ts'
import { BITS, PHASES } from '../parameters.ts'
import type { Portfolio } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'
import { withdrawn } from './withdrawal.ts'

/** At what a market is settled, for ever (protocol.md#expire). */
export interface Settlement {
  readonly market: number
  /** Quanta per lot: the mark, and the price in every scenario. */
  readonly price: bigint
  readonly fundingIndex: bigint
}

/** That of a market at the table; undefined where it is not settled, or where there is no such market or no table. */
export function settlementOf(market: number, table: RiskTable | undefined): Settlement | undefined {
  const record = table?.markets[market]
  if (record?.phase !== PHASES.SETTLED) return undefined
  return { market, price: record.mark, fundingIndex: record.fundingIndex }
}

/** The account with its position in that market paid out, funding included; open lots and all else stay. */
export function expired<Holder extends Portfolio>(
  account: Holder,
  { market, price, fundingIndex }: Settlement,
): Holder {
  const position = account.positions[market]!
  const worth = position.size * (price + position.fundingIndex - fundingIndex)
  return {
    ...withdrawn(account, 0, -worth),
    positions: account.positions.with(market, { ...position, size: 0n, fundingIndex }),
  }
}

/** market | price | fundingIndex + 2^64, as one word. Throws INPUT_INVALID for a number that does not fit. */
export function packSettlement({ market, price, fundingIndex }: Settlement): bigint {
  const above = assertUint(BigInt(market), BITS.market, 'market')
  const middle = (above << BigInt(BITS.price)) | assertUint(price, BITS.price, 'price')
  const below = assertUint(fundingIndex + OFFSET, BITS.fundingIndex + 1, 'fundingIndex')
  return (middle << BigInt(BITS.fundingIndex + 1)) | below
}

/** The inverse of {@link packSettlement}, without its checks. */
export function unpackSettlement(word: bigint): Settlement {
  const bits = BigInt(BITS.fundingIndex + 1)
  const head = word >> bits
  return {
    market: Number(head >> BigInt(BITS.price)),
    price: head & ((1n << BigInt(BITS.price)) - 1n),
    fundingIndex: (word & ((1n << bits) - 1n)) - OFFSET,
  }
}

const OFFSET = 1n << BigInt(BITS.fundingIndex)

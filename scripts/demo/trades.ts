import type { RiskTable } from '../../protocol/risk-table.ts'
import type { Intent } from '../../venue/index.ts'

/** What an account comes to hold; sold where below 0. */
export interface Holding {
  readonly account: number
  readonly market: number
  readonly size: bigint
}

/** Orders by which accounts come to hold that, at the marks of the table: sellers first, good for ten minutes. */
export function tradesAtMark({ asOf, markets }: RiskTable, name: string, holdings: readonly Holding[]): Intent[] {
  return holdings
    .filter(({ size }) => size !== 0n)
    .toSorted((one, other) => Number(one.size - other.size))
    .map(({ account, market, size }) => ({
      kind: 'order',
      id: `${name}-${account}`,
      time: asOf,
      ...{ market, account, side: size < 0n ? 'sell' : 'buy', price: markets[market]!.mark },
      size: size < 0n ? -size : size,
      ...{ timeInForce: 'GTC', reduceOnly: false, expiry: asOf + 600n },
    }))
}

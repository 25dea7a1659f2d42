import type { Account } from '../account.ts'
import { min } from '../numbers.ts'
import { BASIS_POINTS, PHASES } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'
import { fairPrice, leastPrice } from '../takeover/auction.ts'

/** What the account owes beyond all that it has, in quanta, where no haircut is made; not above 0 if it has more than it owes. */
export function deficitOf(account: Account, table: RiskTable): bigint {
  return -fairPrice(account, table)
}

/**
 * The worth of its positions at the marks, long or short, in quanta, but for those in settled markets: nobody can close against them, and
 * anybody can have them paid out, which must not change the price.
 */
export function notionalOf({ positions }: Account, { markets }: RiskTable): bigint {
  return markets.reduce((sum, { mark, phase }, m) => {
    return phase === PHASES.SETTLED ? sum : sum + lotsOf(positions[m]!.size) * mark
  }, 0n)
}

/**
 * What a bidder may ask of the house for the account, `elapsed` seconds after its auction opened, in quanta: what it owes beyond all that it
 * has, and of its risk as much as the auction has come to (protocol.md#auction).
 */
export function askedOf(account: Account, table: RiskTable, elapsed: bigint): bigint {
  return -leastPrice(account, table, elapsed)
}

export function lotsOf(size: bigint): bigint {
  return size < 0n ? -size : size
}

/**
 * What whoever closes `lots` against the bankrupt account pays it beyond the mark, in quanta: the share of its deficit that those lots
 * are of all that it holds in markets that are not settled, rounded down, no more than their worth, and no more than what an order of them
 * reserves on the counterparty's side (protocol.md#deleverage-price).
 *
 * @param bankrupt its positions there are worth something
 */
export function surchargeOf(bankrupt: Account, table: RiskTable, market: number, lots: bigint): bigint {
  const { mark, longRisk, shortRisk } = table.markets[market]!
  const notional = notionalOf(bankrupt, table)
  const share = (lots * mark * min(deficitOf(bankrupt, table), notional)) / notional
  return min(share, lots * (bankrupt.positions[market]!.size < 0n ? longRisk : shortRisk))
}

/**
 * How much the account has at stake in the market for what it has in all, in basis points, rounded down: who is closed against first, if
 * the venue goes by it (protocol.md#deleverage-score).
 *
 * @param account it is worth something
 */
export function leverageScore(account: Account, table: RiskTable, market: number): bigint {
  const stake = lotsOf(account.positions[market]!.size) * table.markets[market]!.mark
  return (stake * BASIS_POINTS) / fairPrice(account, table)
}

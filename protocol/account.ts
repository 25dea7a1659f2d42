import { hashWords, poseidon } from './hash.ts'

/** Holdings of one account in one market; sizes in lots, signed: positive is long. */
export interface Position {
  /** |size| < 2^56 */
  readonly size: bigint
  /** The market's funding index (quanta per lot, signed, |f| < 2^64) at which funding was last realised. */
  readonly fundingIndex: bigint
  /** Lots of the account's own resting bids and of its buy order in hand; < 2^56. */
  readonly openBuy: bigint
  /** Likewise for asks and the sell order in hand. */
  readonly openSell: bigint
}

/** A point of the BabyJubJub curve, in the prime-order subgroup: public key of EdDSA-Poseidon. */
export interface TradingKey {
  readonly x: bigint
  readonly y: bigint
}

export interface Account {
  readonly tradingKey: TradingKey
  /** Poseidon(OWNER; ownerSecret): proves ownership without the trading key. */
  readonly ownerCommitment: bigint
  /** The highest nonce of any message included so far; 64 bits. */
  readonly nonce: bigint
  /** Lots of each collateral asset, |c| < 2^80; [0] is the quote asset in quanta ("cash"), the only one below 0. */
  readonly collateral: readonly bigint[]
  /** One per market. */
  readonly positions: readonly Position[]
}

/** Positions hashed together, so that a change in one market re-hashes one group only. */
const POSITIONS_PER_GROUP = 4

export const EMPTY_POSITION: Position = { size: 0n, fundingIndex: 0n, openBuy: 0n, openSell: 0n }

export function ownerCommitment(ownerSecret: bigint): bigint {
  return poseidon('OWNER', [ownerSecret])
}

function positionWords(position: Position): bigint[] {
  return [position.size, position.fundingIndex, position.openBuy, position.openSell]
}

/** Leaf of the account tree (protocol.md#account). */
export function hashAccount(account: Account): bigint {
  const groups: bigint[] = []
  for (let start = 0; start < account.positions.length; start += POSITIONS_PER_GROUP) {
    const group = account.positions.slice(start, start + POSITIONS_PER_GROUP)
    groups.push(hashWords('POSITIONS', group.flatMap(positionWords)))
  }
  return hashWords('ACCOUNT', [
    account.tradingKey.x,
    account.tradingKey.y,
    account.ownerCommitment,
    account.nonce,
    ...account.collateral,
    ...groups,
  ])
}

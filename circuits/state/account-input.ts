import { type Account, EMPTY_POSITION, hashAccount, statusWord } from '../../protocol/account.ts'
import { toField } from '../../protocol/numbers.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { Tree } from '../../protocol/tree.ts'
import type { CircuitInput } from '../types.ts'

/** The signals that open an account. */
export function accountInput(account: Account) {
  const { tradingKey, positions } = account
  return {
    keyX: tradingKey.x,
    keyY: tradingKey.y,
    ownerCommitment: account.ownerCommitment,
    viewKey: account.viewKey,
    status: statusWord(account),
    nonce: account.nonce,
    collateral: account.collateral.map(toField),
    size: positions.map(({ size }) => toField(size)),
    fundingIndex: positions.map(({ fundingIndex }) => toField(fundingIndex)),
    openBuy: positions.map(({ openBuy }) => toField(openBuy)),
    openSell: positions.map(({ openSell }) => toField(openSell)),
  } as const
}

/** The same of one account after another, signal by signal; of one at least. */
export function accountsInput(accounts: readonly Account[]): CircuitInput {
  const rows = accounts.map(accountInput)
  const names = Object.keys(rows[0]!) as (keyof ReturnType<typeof accountInput>)[]
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]))
}

/** What a slot opens that is not used: zeros. */
export function unusedAccount({ markets, collaterals }: VenueShape): Account {
  return {
    tradingKey: { x: 0n, y: 1n },
    ownerCommitment: 0n,
    viewKey: 0n,
    flaggedAt: 0n,
    suspended: false,
    nonce: 0n,
    collateral: new Array<bigint>(collaterals).fill(0n),
    positions: new Array(markets).fill(EMPTY_POSITION),
  }
}

/** The path of leaf 0 in a tree of its own, which no root is compared with. */
export function ownTree(account: Account, { accountLevels }: VenueShape): readonly (readonly bigint[])[] {
  return new Tree(accountLevels, hashAccount).set(0, account).path(0).children
}

const UNUSED_PATHS = new Map<string, readonly (readonly bigint[])[]>()

/** The same of an account that is not used: it hangs on the shape alone, and each batch has it. */
export function unusedPath(shape: VenueShape): readonly (readonly bigint[])[] {
  const { markets, collaterals, accountLevels } = shape
  const name = `${markets} ${collaterals} ${accountLevels}`
  const known = UNUSED_PATHS.get(name)
  if (known !== undefined) return known
  const path = ownTree(unusedAccount(shape), shape)
  UNUSED_PATHS.set(name, path)
  return path
}

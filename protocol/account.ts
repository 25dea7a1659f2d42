import { hashWordsAll, poseidon } from './hash.ts'
import { isUint } from './numbers.ts'
import { BITS } from './parameters.ts'

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
  /**
   * A secret of the owner that the venue shares: it hides the account behind the hash of its leaf, which is public, and
   * encrypts what batches publish of the account. 0 until it is set, once; trade batches ask for it.
   */
  readonly viewKey: bigint
  /** Unix seconds at which the account was flagged for liquidation; 0 if it is not. 40 bits. */
  readonly flaggedAt: bigint
  /** The owner, on chain, put an end to all its orders. */
  readonly suspended: boolean
  /** The highest nonce of any message included so far; 64 bits. */
  readonly nonce: bigint
  /** Lots of each collateral asset, |c| < 2^80; [0] is the quote asset in quanta ("cash"), the only one below 0. */
  readonly collateral: readonly bigint[]
  /** One per market. */
  readonly positions: readonly Position[]
}

/** Positions hashed together, so that a change in one market re-hashes one group only. */
export const POSITIONS_PER_GROUP = 4

export const EMPTY_POSITION: Position = { size: 0n, fundingIndex: 0n, openBuy: 0n, openSell: 0n }

export function ownerCommitment(ownerSecret: bigint): bigint {
  return poseidon('OWNER', [ownerSecret])
}

/** What is public of a view key: Poseidon(VIEW; viewKey). */
export function viewCommitment(viewKey: bigint): bigint {
  return poseidon('VIEW', [viewKey])
}

/** Whether the account's orders are dead (protocol.md#barred): it is flagged or suspended. */
export function isBarred(account: Account): boolean {
  return isFlagged(account) || account.suspended
}

export function isFlagged({ flaggedAt }: Account): boolean {
  return flaggedAt !== 0n
}

/** Whether that many lots of the asset are in range: [0, 2^80), and for cash, which may be owed, [-2^80, 2^80). */
export function isCollateral(asset: number, lots: bigint): boolean {
  return asset === 0
    ? isUint(lots + (1n << BigInt(BITS.collateral)), BITS.collateral + 1)
    : isUint(lots, BITS.collateral)
}

/** Whether an order of the account may rest or be in hand in any market. */
export function hasOpenLots({ positions }: Account): boolean {
  return positions.some(({ openBuy, openSell }) => openBuy !== 0n || openSell !== 0n)
}

/** Whether no price matters to the account's positions: it has none, and no order that could make one. */
export function isFlat(account: Account): boolean {
  return account.positions.every(({ size }) => size === 0n) && (account.suspended || !hasOpenLots(account))
}

/** flaggedAt (40) | suspended: 0 for an account that is not barred. */
export function statusWord({ flaggedAt, suspended }: Account): bigint {
  return 2n * flaggedAt + (suspended ? 1n : 0n)
}

function positionWords(position: Position): bigint[] {
  return [position.size, position.fundingIndex, position.openBuy, position.openSell]
}

/** The digests of the account's positions, four by four. */
export function positionDigests(account: Account): bigint[] {
  return groupDigests([account])[0]!
}

/** Leaf of the account tree (protocol.md#account). */
export function hashAccount(account: Account): bigint {
  return hashAccounts([account])[0]!
}

hashAccount.all = hashAccounts

/** The leaves of accounts, remembered: an account, which never changes, is hashed once. */
const leaves = new WeakMap<Account, bigint>()

/** {@link hashAccount} of each, worked out together. */
function hashAccounts(accounts: readonly Account[]): bigint[] {
  const missing = accounts.filter((account) => !leaves.has(account))
  const groups = groupDigests(missing)
  const words = missing.map((account, i) => [
    account.tradingKey.x,
    account.tradingKey.y,
    account.ownerCommitment,
    account.viewKey,
    statusWord(account),
    account.nonce,
    ...account.collateral,
    ...groups[i]!,
  ])
  for (const [i, digest] of hashWordsAll('ACCOUNT', words).entries()) leaves.set(missing[i]!, digest)
  return accounts.map((account) => leaves.get(account)!)
}

/** The last digest of a group, by one of its positions: what a batch does in one market leaves the other groups as they are. */
const groupsOf = new WeakMap<Position, { readonly group: readonly Position[]; readonly digest: bigint }>()

/** Accounts whose groups are remembered: what a batch touches, but not a whole state while it is loaded. */
const REMEMBERED = 256

/** By which position a group is remembered: the empty one, which is in many, stands for the group of none other. */
const nameOf = (group: readonly Position[]) => group.find((position) => position !== EMPTY_POSITION) ?? EMPTY_POSITION

function knownDigest(group: readonly Position[]): bigint | undefined {
  const known = groupsOf.get(nameOf(group))
  const isSame = known?.group.length === group.length && group.every((position, i) => position === known.group[i])
  return isSame ? known.digest : undefined
}

/** Of each account the digests of its positions, four by four. */
function groupDigests(accounts: readonly Account[]): bigint[][] {
  const all = accounts.map(({ positions }) =>
    Array.from({ length: Math.ceil(positions.length / POSITIONS_PER_GROUP) }, (_, i) => {
      return positions.slice(i * POSITIONS_PER_GROUP, (i + 1) * POSITIONS_PER_GROUP)
    }),
  )
  const missing = all.flat().filter((group) => knownDigest(group) === undefined)
  const digests = hashWordsAll(
    'POSITIONS',
    missing.map((group) => group.flatMap(positionWords)),
  )
  const fresh = new Map(missing.map((group, i) => [group, digests[i]!]))
  const found = all.map((groups) => groups.map((group) => fresh.get(group) ?? knownDigest(group)!))
  for (const [group, digest] of fresh) {
    const name = nameOf(group)
    if (name === EMPTY_POSITION || accounts.length <= REMEMBERED) groupsOf.set(name, { group, digest })
  }
  return found
}

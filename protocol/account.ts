import { type Hashing, hashingAll, hashLater, hashNow, hashWords, poseidon } from './hash.ts'
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

const POSITION_WORDS = 4

function positionWords(position: Position): bigint[] {
  return [position.size, position.fundingIndex, position.openBuy, position.openSell]
}

/** Whether nothing is held in the market. Positions that came from a file, or from another thread, are not {@link EMPTY_POSITION} itself. */
export function isEmptyPosition({ size, fundingIndex, openBuy, openSell }: Position): boolean {
  return size === 0n && fundingIndex === 0n && openBuy === 0n && openSell === 0n
}

/** The digests of the account's positions, four by four. */
export function positionDigests(account: Account): bigint[] {
  return hashNow(groupDigests([account]))[0]!
}

/** Leaf of the account tree (protocol.md#account). */
export function hashAccount(account: Account): bigint {
  return leaves.get(account) ?? hashNow(hashing([account]))[0]!
}

hashAccount.hashing = hashing

/** The leaves of accounts, remembered: an account, which never changes, is hashed once. */
const leaves = new WeakMap<Account, bigint>()

/** Works out the leaves of accounts while more of them are read, say: they are known when they are asked for. */
export async function hashAccountsAhead(accounts: readonly Account[]): Promise<void> {
  await hashLater(hashing(accounts))
}

function* hashing(accounts: readonly Account[]): Hashing<bigint[]> {
  const missing = accounts.filter((account) => !leaves.has(account))
  const groups = yield* groupDigests(missing)
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
  for (const [i, digest] of (yield* hashingAll('ACCOUNT', words)).entries()) leaves.set(missing[i]!, digest)
  return accounts.map((account) => leaves.get(account)!)
}

/** Of each account the digests of its positions, four by four. */
function* groupDigests(accounts: readonly Account[]): Hashing<bigint[][]> {
  const missing: (readonly Position[])[] = []
  const fill: [digests: bigint[], group: number][] = []
  const all = accounts.map(({ positions }) => {
    const digests: bigint[] = []
    for (let first = 0; first < positions.length; first += POSITIONS_PER_GROUP) {
      const group = positions.slice(first, first + POSITIONS_PER_GROUP)
      const known = group.every(isEmptyPosition) ? emptyDigest(group.length) : knownDigest(group)
      if (known === undefined) {
        missing.push(group)
        fill.push([digests, digests.length])
      }
      digests.push(known ?? 0n)
    }
    return digests
  })
  const fresh = yield* hashingAll(
    'POSITIONS',
    missing.map((group) => group.flatMap(positionWords)),
  )
  for (const [i, [digests, group]] of fill.entries()) digests[group] = fresh[i]!
  if (accounts.length <= REMEMBERED) {
    for (const [i, group] of missing.entries()) lastDigest.set(nameOf(group), { group, digest: fresh[i]! })
  }
  return all
}

/** Accounts whose groups are remembered: what a batch touches, but not a whole state while it is loaded. */
const REMEMBERED = 256

/**
 * The last digest of a group by its first position that is not empty, as empty ones are in many: what a batch does in one
 * market leaves the other groups of an account as they are.
 */
const lastDigest = new WeakMap<Position, { readonly group: readonly Position[]; readonly digest: bigint }>()

function nameOf(group: readonly Position[]): Position {
  return group.find((position) => !isEmptyPosition(position))!
}

function knownDigest(group: readonly Position[]): bigint | undefined {
  const last = lastDigest.get(nameOf(group))
  const isSame = last?.group.length === group.length && group.every((position, i) => position === last.group[i])
  return isSame ? last.digest : undefined
}

const EMPTY_DIGESTS: bigint[] = []

/** The digest of a group of so many empty positions. */
function emptyDigest(positions: number): bigint {
  EMPTY_DIGESTS[positions] ??= hashWords('POSITIONS', new Array(POSITION_WORDS * positions).fill(0n))
  return EMPTY_DIGESTS[positions]
}

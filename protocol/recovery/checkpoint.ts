import { type Account, hashAccount } from '../account.ts'
import { ZkclearError } from '../errors.ts'
import { poseidon } from '../hash.ts'
import { assertCanonical } from '../numbers.ts'
import type { VenueShape } from '../shape.ts'
import { Tree } from '../tree.ts'
import type { Followed } from './follow.ts'

/** The hash of a leaf, which is all that is public of an account. */
export interface PublishedLeaf {
  readonly digest: bigint
}

/** What is known after some batches. Immutable. */
export interface Knowledge {
  readonly batches: number
  readonly accounts: Tree<PublishedLeaf>
  readonly marketsRoot: bigint
  readonly stateRoot: bigint
  readonly riskRoot: bigint
  readonly account: Account | undefined
}

/** What a recovery knows, in a form that can be kept. Private if an account is followed. */
export interface RecoveryCheckpoint extends Omit<Knowledge, 'accounts'> {
  /** Hash of each account's leaf by index, up to the last account; 0 where none is. */
  readonly leaves: readonly bigint[]
}

export function checkpointOf({ accounts, ...known }: Knowledge): RecoveryCheckpoint {
  const leaves: bigint[] = []
  for (const [index, { digest }] of accounts.entries()) {
    while (leaves.length < index) leaves.push(0n)
    leaves.push(digest)
  }
  return { ...known, leaves }
}

/** The inverse. Throws INPUT_INVALID unless all of it fits together and it is of the account that is followed. */
export function knowledgeOf(
  { leaves, ...rest }: RecoveryCheckpoint,
  { shape, account: followed }: { readonly shape: VenueShape; readonly account?: Followed | undefined },
): Knowledge {
  let accounts = new Tree<PublishedLeaf>(shape.accountLevels, ({ digest }) => digest)
  if (leaves.length > accounts.capacity)
    refuse(`has ${leaves.length}; there is room for ${accounts.capacity}`, 'leaves')
  for (const [index, digest] of leaves.entries()) {
    if (digest !== 0n)
      accounts = accounts.set(index, { digest: assertCanonical(digest, `checkpoint.leaves[${index}]`) })
  }
  if (poseidon('STATE', [accounts.root, rest.marketsRoot]) !== rest.stateRoot) {
    refuse('is not that of the leaves and marketsRoot', 'stateRoot')
  }
  if (followed !== undefined) requireFollowed(rest.account, leaves[followed.index] ?? 0n, followed)
  return { ...rest, accounts }
}

function requireFollowed(account: Account | undefined, leaf: bigint, { index, viewKey }: Followed): void {
  if ((account === undefined ? 0n : hashAccount(account)) !== leaf) {
    refuse(`is not what stands at index ${index}; recover that one from the first batch`, 'account')
  }
  if (account === undefined || account.viewKey === 0n || account.viewKey === viewKey) return
  refuse(`has another view key than the one that is given`, 'account')
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path: `checkpoint.${path}` })
}

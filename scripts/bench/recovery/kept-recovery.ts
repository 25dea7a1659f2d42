import { encodeRecovery } from '../../../cli/recovery-file.ts'
import { hashAccount } from '../../../protocol/account.ts'
import { newcomer } from '../../../protocol/cash-batch/apply.ts'
import { poseidon } from '../../../protocol/hash.ts'
import { keyToRegister, tradingKey } from '../../../protocol/signature.ts'
import { emptyState, marketsRoot } from '../../../protocol/state.ts'
import { Tree } from '../../../protocol/tree.ts'
import { CHAIN_ID, FIRST_BLOCK, SETTLEMENT } from './event-node.ts'
import { OWN, SHAPE } from './published-venue.ts'

/** What `zkclear recover` would have kept of a venue with that many accounts, all of them read; and the state root. */
export function keptRecovery(accounts: number) {
  const key = keyToRegister(tradingKey(new Uint8Array(32).fill(7)))
  const account = newcomer({ key, ownerCommitment: 5n }, SHAPE)
  const leaves = Array.from({ length: accounts }, (_, i) => (i === OWN ? hashAccount(account) : BigInt(i + 1) ** 12n))
  let tree = new Tree<{ readonly digest: bigint }>(SHAPE.accountLevels, ({ digest }) => digest)
  for (const [i, digest] of leaves.entries()) tree = tree.set(i, { digest })
  const markets = marketsRoot(emptyState(SHAPE))
  const stateRoot = poseidon('STATE', [tree.root, markets])
  const chain = { chainId: CHAIN_ID, settlement: SETTLEMENT, block: FIRST_BLOCK }
  const checkpoint = { ...chain, batches: 0, stateRoot, marketsRoot: markets, riskRoot: 0n, account, leaves }
  return { stateRoot, document: encodeRecovery({ index: OWN, checkpoint }, 'standard') }
}

import type { Signer } from 'ethers'
import type { ContractAt } from './contract-at.ts'

const TYPES = {
  Batch: [
    { name: 'kind', type: 'uint256' },
    { name: 'batch', type: 'uint64' },
    { name: 'oldStateRoot', type: 'uint256' },
    { name: 'firstEntry', type: 'uint64' },
    { name: 'words', type: 'bytes32' },
    { name: 'anchor', type: 'bytes32' },
  ],
}

/** What is settled before a batch in one transaction: batches, and the entries of the queue that they consume. */
export interface Before {
  readonly place: number
  readonly entries: number
}

/**
 * The operator's EIP-712 signature that the batch be settled as the next one of this Settlement, as it stands now, or after what is
 * settled with it.
 */
export async function signBatch(
  { address, chainId, contract }: ContractAt,
  operator: Signer,
  { kind, words, anchor }: { readonly kind: number; readonly words: readonly bigint[]; readonly anchor: string },
  { place, entries }: Before = { place: 0, entries: 0 },
): Promise<string> {
  const { solidityPackedKeccak256 } = await import('ethers')
  const read = async (name: string) => (await contract.getFunction(name).staticCall()) as bigint
  const [count, stateRoot, front] = await Promise.all(['batchCount', 'stateRoot', 'queueFront'].map(read))
  const domain = { name: 'zkclear', version: '1', chainId, verifyingContract: address }
  const digest = solidityPackedKeccak256(['uint256[]'], [[...words]])
  const batch = {
    kind,
    batch: count! + 1n + BigInt(place),
    oldStateRoot: place === 0 ? stateRoot : words[OLD_STATE_ROOT],
    firstEntry: front! + BigInt(entries),
    words: digest,
    anchor,
  }
  return operator.signTypedData(domain, TYPES, batch)
}

/** The place of the root that a batch starts from among its words. */
const OLD_STATE_ROOT = 3

import type { Interface, Transaction } from 'ethers'
import { ABIS } from '../../settlement/abi.ts'

/** A signed transaction. Of one that settles nothing, batch, batches and root are 0. */
export interface StoredTransaction {
  readonly hash: string
  readonly nonce: bigint
  /** The first batch that it settles, and how many. */
  readonly batch: number
  readonly batches: number
  /** The root that the last of them leads to. */
  readonly root: bigint
  /** Signed, as it is sent. */
  readonly raw: string
  /** Wei for a unit of gas, as it was signed. */
  readonly maxFee: bigint
  readonly priorityFee: bigint
}

/** Who signs transactions, and for which contract. */
export interface SignedFor {
  readonly chainId: bigint
  /** Address of who signs and sends: the operator, or a gas key. */
  readonly sender: string
  /** Address of the Settlement. */
  readonly settlement: string
}

/** What stands beside a transaction where it is stored. Whoever writes there can write anything: none of it counts but what was signed. */
export type Claimed = Omit<StoredTransaction, 'maxFee' | 'priorityFee'>

/** The word of a batch that is the root it leads to (protocol.md#batch-words). */
const NEW_ROOT = 4
let settlement: Interface | undefined

/**
 * A stored transaction, with the fees that were signed; undefined unless that sender signed it as it is described, and it settles those
 * batches, or is a transfer of nothing to himself. The index of the first batch is not in it, and is believed: the root is.
 */
export async function signedTransaction(
  claimed: Claimed,
  { chainId, sender, settlement: at }: SignedFor,
): Promise<StoredTransaction | undefined> {
  const { Interface, Transaction } = await import('ethers')
  settlement ??= new Interface(ABIS.Settlement)
  const signed = parsed(() => Transaction.from(claimed.raw))
  if (signed === undefined || !isSame(signed.from, sender)) return undefined
  const { hash, nonce, to, type, value, maxFeePerGas, maxPriorityFeePerGas } = signed
  if (hash !== claimed.hash || BigInt(nonce) !== claimed.nonce || signed.chainId !== chainId) return undefined
  if (type !== 2 || value !== 0n || maxFeePerGas === null || maxPriorityFeePerGas === null) return undefined
  const isOurs = claimed.batch === 0 ? isNothing(signed, claimed, sender) : isSame(to, at) && settles(signed, claimed)
  return isOurs ? { ...claimed, maxFee: maxFeePerGas, priorityFee: maxPriorityFeePerGas } : undefined
}

function isNothing({ to, data }: Transaction, { batches, root }: Claimed, sender: string): boolean {
  return isSame(to, sender) && data === '0x' && batches === 0 && root === 0n
}

function settles({ data }: Transaction, { batches, root }: Claimed): boolean {
  const call = parsed(() => settlement!.parseTransaction({ data }))
  if (call?.name === 'settle') return batches === 1 && call.args[1].words[NEW_ROOT] === root
  if (call?.name !== 'settleMany') return false
  const { kinds, words } = call.args[0]
  return kinds.length === 2 + 2 * batches && [...words].includes(root)
}

function isSame(one: string | null, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase()
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}

import { Interface, Transaction, type TransactionLike, Wallet } from 'ethers'
import type { StoredTransaction } from '../../../service/settler/signed-transaction.ts'
import { ABIS } from '../../../settlement/abi.ts'
import { OPERATOR } from './test-keys.ts'

/** The Settlement of these transactions. */
export const SETTLEMENT = `0x${'5e'.repeat(20)}`
const CODEC = new Interface(ABIS.Settlement)
const PROOF = [
  [0, 0],
  [
    [0, 0],
    [0, 0],
  ],
  [0, 0],
]

/** The call that settles a batch that leads to that root. */
export function settleTo(root: bigint): string {
  const batch = [PROOF, 0, [0, 0, 0, 0, root, 0], [], `0x${'0'.repeat(64)}`, '0x']
  return CODEC.encodeFunctionData('settle', [0, batch])
}

/** The operator's settlement of a batch that leads to that root, on chain 1 with nonce 4, at 2 gwei; or what else is given. */
export async function signedSettlement(
  { batch, root }: { readonly batch: number; readonly root: bigint },
  { key = OPERATOR, ...given }: TransactionLike & { key?: string } = {},
): Promise<StoredTransaction> {
  const [maxFeePerGas, maxPriorityFeePerGas] = [2_000_000_000n, 1_000_000_000n]
  const fees = { type: 2, maxFeePerGas, maxPriorityFeePerGas, gasLimit: 500_000n }
  const call = { to: SETTLEMENT, data: settleTo(root), chainId: 1n, nonce: 4 }
  const raw = await new Wallet(key).signTransaction({ ...fees, ...call, ...given })
  const { hash, nonce, maxFeePerGas: maxFee, maxPriorityFeePerGas: priorityFee } = Transaction.from(raw)
  const of = { hash: hash!, nonce: BigInt(nonce), batch, batches: 1, root, raw }
  return { ...of, maxFee: maxFee ?? 0n, priorityFee: priorityFee ?? 0n }
}

import type { AnchorOnChain } from '../log/anchor-on-chain.ts'
import { connectReader } from '../settlement/connect.ts'
import { settledAnchors } from '../settlement/settled-anchors.ts'

/** Where the chain tells what settlements carry. */
export interface AnchorPlace {
  readonly rpc: string
  readonly settlement: string
  readonly fromBlock: bigint
  readonly signal: AbortSignal
}

/** What the settlements of a contract carry, by its events. Throws as `connectReader` and `settledAnchors` do. */
export async function anchorsOnChain({ rpc, settlement, fromBlock, signal }: AnchorPlace): Promise<AnchorOnChain[]> {
  using connection = await connectReader({ rpcUrl: rpc })
  const { provider, chainId } = connection
  const found = await settledAnchors({ provider, settlement, fromBlock: Number(fromBlock), signal })
  return found.map(({ batch, anchor, timestamp: time, transactionHash: transaction }) => {
    return { chainId, settlement: settlement.toLowerCase(), batch, transaction, time, anchor }
  })
}

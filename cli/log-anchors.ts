import type { AnchorOnChain } from '../log/anchor-on-chain.ts'
import { anchorsBetween } from '../service/outside/anchors-between.ts'
import { connectReader } from '../settlement/connect.ts'

/** Where the chain tells what settlements carry. */
export interface AnchorPlace {
  readonly rpc: string
  readonly settlement: string
  readonly fromBlock: bigint
  readonly signal: AbortSignal
}

/** What the settlements of a contract carry, by its events. Throws as `connectReader` and `anchorsBetween` do. */
export async function anchorsOnChain({ rpc, settlement, fromBlock, signal }: AnchorPlace): Promise<AnchorOnChain[]> {
  using connection = await connectReader({ rpcUrl: rpc })
  const { provider, chainId } = connection
  return await anchorsBetween({ provider, chainId, settlement, fromBlock: Number(fromBlock), signal })
}

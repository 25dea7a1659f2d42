import type { AnchorOnChain } from '../../log/anchor-on-chain.ts'
import { type SettledAnchorsOptions, settledAnchors } from '../../settlement/settled-anchors.ts'

/** What the settlements of a contract carry, by its events. Throws as `settledAnchors` does. */
export async function anchorsBetween({
  chainId,
  ...options
}: SettledAnchorsOptions & { readonly chainId: bigint }): Promise<AnchorOnChain[]> {
  const settlement = options.settlement.toLowerCase()
  const found = await settledAnchors(options)
  return found.map(({ batch, anchor, timestamp: time, transactionHash: transaction }) => {
    return { chainId, settlement, batch, transaction, time, anchor }
  })
}

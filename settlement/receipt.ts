import { setTimeout } from 'node:timers/promises'
import type { ContractTransactionReceipt, ContractTransactionResponse, Provider } from 'ethers'
import { abortable } from './abortable.ts'

/** How long a node may give no answer before waiting for it ends, and how often it is asked for one. */
interface Silence {
  readonly mostMs: number
  readonly intervalMs: number
}

const SILENCE: Silence = { mostMs: 30_000, intervalMs: 2_000 }

/**
 * The receipt of a transaction, once a block includes it. Throws the signal's reason; what ethers throws for a transaction that
 * failed; and for a node that has not answered for a while, which ethers would wait out for ever.
 */
export async function receiptOf(
  response: ContractTransactionResponse,
  signal: AbortSignal | undefined,
  silence: Silence = SILENCE,
): Promise<ContractTransactionReceipt> {
  const ended = new AbortController()
  try {
    const receipt = Promise.race([response.wait(), gone(response.provider, ended.signal, silence)])
    return (await abortable(receipt, signal)) as ContractTransactionReceipt
  } finally {
    ended.abort()
  }
}

/** Rejects once the node has been silent for too long; stops asking it when `ended` fires. */
async function gone(provider: Provider, ended: AbortSignal, { mostMs, intervalMs }: Silence): Promise<never> {
  let heard = Date.now()
  for (;;) {
    await setTimeout(intervalMs, undefined, { signal: ended })
    try {
      await provider.getBlockNumber()
      heard = Date.now()
    } catch (cause) {
      if (Date.now() - heard >= mostMs) throw cause
    }
  }
}

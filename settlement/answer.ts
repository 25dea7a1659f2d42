import { setTimeout } from 'node:timers/promises'
import type { Provider } from 'ethers'
import { abortable } from './abortable.ts'

interface Silence {
  readonly mostMs: number
  readonly intervalMs: number
}

/** How long a node may give no answer before waiting for it ends, and how often it is asked for one. */
const SILENCE: Silence = { mostMs: 30_000, intervalMs: 2_000 }

/**
 * What comes of a promise that ethers keeps open for as long as it takes: for a transaction to be seen by the node, or in a
 * block. Throws the signal's reason when that fires, and what the node's connection throws once it has not answered for a while.
 */
export async function answerOf<T>(
  promise: Promise<T>,
  provider: Provider,
  signal: AbortSignal | undefined,
  silence = SILENCE,
): Promise<T> {
  const ended = new AbortController()
  try {
    return await abortable(Promise.race([promise, silenceOf(provider, ended.signal, silence)]), signal)
  } finally {
    ended.abort()
  }
}

/** Rejects once the node has been silent for too long; stops asking it when `ended` fires. */
async function silenceOf(provider: Provider, ended: AbortSignal, { mostMs, intervalMs }: Silence): Promise<never> {
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

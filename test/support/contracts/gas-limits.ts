import type { Interface } from 'ethers'

/** A prime, so that the limits tried do not fall into step with any price. */
const STRIDE = 397

/** Sends a call under a gas limit and returns what it returned. */
export type LimitedCall = (gasLimit: number) => Promise<string>

/**
 * Every outcome of a call from a limit that pays for hardly more than its calldata to one that is ample, with the number of
 * limits that led to it: what it returned, the name of its error, or 'out of gas' if it reverted without one.
 */
export async function outcomesByGas(call: LimitedCall, errors: Interface, ample = 500_000) {
  const seen = new Map<string, number>()
  for (let limit = 40_000; limit < ample; limit += STRIDE) {
    const outcome = await call(limit).catch(({ data }: { data?: unknown }) =>
      typeof data === 'string' && data.length >= 10 ? errors.parseError(data)?.name : 'out of gas',
    )
    seen.set(outcome ?? 'an unknown error', (seen.get(outcome ?? 'an unknown error') ?? 0) + 1)
  }
  return seen
}

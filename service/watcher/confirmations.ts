import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { chainError } from '../../settlement/chain-error.ts'
import { GRACE } from './rewind-due.ts'

/** Over so many blocks the time between two is measured. */
const MEASURED = 100

/**
 * Requires that a table counts, after so many confirmations, before the one in front of it is out of force: else every batch is made anew
 * without end. Throws INPUT_INVALID with how many are allowed by the time between the chain's last blocks; CHAIN_UNREACHABLE.
 */
export async function requireFresh({
  provider,
  confirmations,
}: {
  readonly provider: Provider
  readonly confirmations: number
}): Promise<void> {
  if (confirmations === 0) return
  const newest = await blockOf(provider, 'latest')
  const count = Math.min(MEASURED, newest.number)
  if (count === 0) return
  const earlier = await blockOf(provider, newest.number - count)
  const seconds = (newest.timestamp - earlier.timestamp) / count
  if (confirmations * seconds <= Number(GRACE)) return
  const message = `are ${confirmations}, and a block takes ${seconds.toFixed(1)} s: a risk table would count after ${Math.round(confirmations * seconds)} s, and has to within ${GRACE} s; give ${Math.floor(Number(GRACE) / seconds)} at most`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'confirmations' })
}

async function blockOf(provider: Provider, tag: number | 'latest'): Promise<{ number: number; timestamp: number }> {
  const block = await provider.getBlock(tag).catch((cause) => {
    throw chainError(cause, 'the node does not tell its blocks')
  })
  if (block === null) throw chainError({ code: 'SERVER_ERROR' }, `the node has no block ${tag}`)
  return block
}

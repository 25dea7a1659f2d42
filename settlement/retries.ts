import type { ContractAt } from './contract-at.ts'
import { view } from './view.ts'

/** The bit of `pendingOf` that says of an account that its cure may be tried again (protocol.md#cure-again). */
const PENDING_RETRY = 1n << 19n

/** Those of the accounts whose cure may be tried again now. */
export async function retriesOf(at: ContractAt, accounts: Iterable<number>): Promise<number[]> {
  const asked = [...new Set(accounts)]
  const pending = await Promise.all(asked.map((account) => view<bigint>(at, 'pendingOf', account)))
  return asked.filter((_, i) => (pending[i]! & PENDING_RETRY) !== 0n)
}

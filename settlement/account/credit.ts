import type { ContractAt } from '../contract-at.ts'
import { view } from '../view.ts'

/** What an address may have sent to it of one asset, in lots. */
export interface Credit {
  readonly all: bigint
  /** What the outflow limit lets go now. */
  readonly free: bigint
}

/** Throws as {@link view}. */
export async function creditOf(at: ContractAt, owner: string, asset: number): Promise<Credit> {
  const { all, free } = await view<Credit>(at, 'creditOf', owner, asset)
  return { all, free }
}

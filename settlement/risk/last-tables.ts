import type { ContractAt } from '../contract-at.ts'
import { view } from '../view.ts'

/** A table that the contract still knows. */
export interface LastTable {
  readonly number: bigint
  readonly root: bigint
  /** The table's time, and that of its block, in unix seconds. */
  readonly asOf: bigint
  readonly postedAt: bigint
  /** The number of the last table, up to this one, that relisted a market. */
  readonly relisting: bigint
}

/** So many tables the contract keeps. Not asked for: a node may say any number. */
export const RING = 8

/** The last tables, the newest first and `most` of them, at that block. Throws as {@link view} does. */
export async function lastTables(
  at: ContractAt,
  blockTag: number | 'latest' = 'latest',
  most = RING,
): Promise<readonly LastTable[]> {
  const count = await view(at, 'tableCount', { blockTag })
  const length = Math.min(most, RING, Number(count))
  const numbers = Array.from({ length }, (_, i) => count - BigInt(i))
  return Promise.all(
    numbers.map(async (number) => {
      const table = await view<Omit<LastTable, 'number'>>(at, 'tableAt', number, { blockTag })
      const { root, asOf, postedAt, relisting } = table
      return { number, root, asOf, postedAt, relisting }
    }),
  )
}

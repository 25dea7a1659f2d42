import { min } from '../../protocol/numbers.ts'
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

/** The last tables, the newest first, at that block. Throws as {@link view} does. */
export async function lastTables(
  at: ContractAt,
  blockTag: number | 'latest' = 'latest',
): Promise<readonly LastTable[]> {
  const [count, ring] = await Promise.all(['tableCount', 'RING'].map((name) => view(at, name, { blockTag })))
  const numbers = Array.from({ length: Number([ring!, count!].reduce(min)) }, (_, i) => count! - BigInt(i))
  return Promise.all(
    numbers.map(async (number) => {
      const table = await view<Omit<LastTable, 'number'>>(at, 'tableAt', number, { blockTag })
      const { root, asOf, postedAt, relisting } = table
      return { number, root, asOf, postedAt, relisting }
    }),
  )
}

import type { System } from '../circom/system.ts'

/** Rows that are looked at: a wire that is in more of them says little. */
const MOST_LOOKED_AT = 4096

/** Some rows of a wire, as indices: linear ones first, which say most of it, as a wire may be a factor in a thousand others. */
export function rowsNear({ rows, rowsOf }: System, wire: number, most: number): ArrayLike<number> & Iterable<number> {
  const all = rowsOf(wire)
  if (all.length <= most) return all
  const near = all.subarray(0, MOST_LOOKED_AT)
  const linear = near.filter((index) => rows[index]!.kind === 'linear').subarray(0, most)
  if (linear.length === most) return linear
  const products = near.filter((index) => rows[index]!.kind === 'product').subarray(0, most - linear.length)
  return [...linear, ...products]
}

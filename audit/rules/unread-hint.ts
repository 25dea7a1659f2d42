import type { Row } from '../../circom/system.ts'
import type { Facts } from '../facts.ts'

/**
 * The hint of a row hint * x = rest that no other row reads, all else in the row being known: the inverse in a test for zero,
 * a quotient. Where x is 0 any value will do, and none changes anything else.
 */
export function unreadHint(facts: Facts, row: Row): number | undefined {
  if (row.kind === 'linear') return undefined
  const [hint, ...others] = facts.unknownOf(row)
  if (hint === undefined || others.length > 0 || facts.system.rowsOf(hint).length !== 1) return undefined
  const parts = [row.a, row.b, row.c].filter(({ wires }) => wires.includes(hint))
  const isAloneInFactor = parts.length === 1 && parts[0] !== row.c && parts[0]!.wires.length === 1
  return isAloneInFactor ? hint : undefined
}

import { isFlagged } from '../../protocol/account.ts'
import type { CashSlot } from '../../protocol/cash-batch/slot.ts'
import { isExposed } from '../../protocol/cash-batch/withdrawal.ts'
import { scenarioLoss, worstLoss } from '../../protocol/margin.ts'
import { max } from '../../protocol/numbers.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'

/** What saves the circuit a search in one slot. */
export interface SlotHints {
  readonly worstLoss: bigint
  /** One in which the account would miss the margin that it is said to miss; 0 where none is. */
  readonly scenario: bigint
}

export function hintsOf(slot: CashSlot, table: RiskTable | undefined): SlotHints {
  if (table === undefined) return { worstLoss: 0n, scenario: 0n }
  const { after } = slot
  const losses = table.markets[0]!.scenarioPrices.map((_, s) => scenarioLoss(after, table, s))
  const worst = losses.indexOf(losses.reduce(max))
  return { worstLoss: worstLoss(after, table), scenario: missesMargin(slot, table) ? BigInt(worst) : 0n }
}

/** Whether the slot shows that the account misses margin: a flag; a cure that fails, or a withdrawal cut short, by nothing else. */
function missesMargin({ operation, after, paid, available }: CashSlot, table: RiskTable): boolean {
  if ('message' in operation) return false
  if (operation.kind === 'FLAG') return true
  if (operation.kind === 'DEPOSIT' || operation.kind === 'CURE') return isFlagged(after) && !isExposed(after, table)
  if (operation.kind !== 'FORCED') return false
  const isAll = paid === operation.requested || paid === available || after.collateral[operation.asset]! <= 0n
  return !isAll && !isFlagged(after)
}

import { isFlagged } from '../../protocol/account.ts'
import type { CashSlot } from '../../protocol/cash-batch/slot.ts'
import { scenarioLoss, worstLoss } from '../../protocol/margin.ts'
import { max } from '../../protocol/numbers.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'

/** What saves the circuit a search in one slot. */
export interface SlotHints {
  readonly worstLoss: bigint
  /** One in which the account would miss initial margin with one lot less; 0 where that need not be shown. */
  readonly scenario: bigint
}

export function hintsOf(slot: CashSlot, table: RiskTable | undefined): SlotHints {
  if (table === undefined) return { worstLoss: 0n, scenario: 0n }
  const { after } = slot
  const losses = table.markets[0]!.scenarioPrices.map((_, s) => scenarioLoss(after, table, s))
  const worst = losses.indexOf(losses.reduce(max))
  return { worstLoss: worstLoss(after, table), scenario: missesMargin(slot) ? BigInt(worst) : 0n }
}

/** Whether a forced withdrawal was cut short by nothing but margin. */
function missesMargin({ operation, after, paid, available }: CashSlot): boolean {
  if ('message' in operation || operation.kind !== 'FORCED') return false
  const isAll = paid === operation.requested || paid === available || after.collateral[operation.asset]! <= 0n
  return !isAll && !isFlagged(after)
}

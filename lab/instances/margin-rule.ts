import type { CircuitInput } from '../../circuits/types.ts'
import type { Account } from '../../protocol/account.ts'
import { overLots, worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { riskTableWords } from '../../protocol/risk-table.ts'
import type { MarginBatch } from '../../protocol/trade-batch/margin-rule.ts'
import { SMALL } from './model.ts'

const { markets: M, collaterals: K, scenarios: S } = SMALL

/** Template arguments of MarginRuleProbe, the margin rule for one account. */
export const MARGIN_RULE_ARGUMENTS = [M, K, S] as const

/** What a prover may choose in the margin rule. */
export interface Hints {
  readonly closing: bigint
  readonly scenario: bigint
  /** Default: the honest bit. */
  readonly wasLarge?: bigint
}

/** The rule's inputs for an account that a batch changed, with `cash` from trades. */
export function marginRuleInput(
  before: Account,
  after: Account,
  { table, market, leavesOrder }: MarginBatch,
  cash: bigint,
  hints: Hints,
): CircuitInput {
  const column = (pick: (p: Account['positions'][number]) => bigint) => after.positions.map((p) => toField(pick(p)))
  return {
    ordered: 1n,
    suspended: after.suspended ? 1n : 0n,
    ordersLeft: leavesOrder ? 1n : 0n,
    market: BigInt(market),
    riskWords: riskTableWords(table).map(toField),
    collateral: after.collateral.map(toField),
    size: column((p) => p.size),
    fundingIndex: column((p) => p.fundingIndex),
    openBuy: column((p) => p.openBuy),
    openSell: column((p) => p.openSell),
    oldSize: toField(before.positions[market]!.size),
    cashChange: toField(cash),
    wasLarge: overLots(before.positions[market]!.size, table.markets[market]!) > 0n ? 1n : 0n,
    ...hints,
    worstLoss: toField(worstLoss(after, table)),
  }
}

import type { CircuitInput, InputShape } from '../../circuits/types.ts'
import type { Account } from '../../protocol/account.ts'
import { worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { type RiskTable, riskTableWords } from '../../protocol/risk-table.ts'
import { SMALL } from './model.ts'

const { markets: M, collaterals: K, scenarios: S } = SMALL

/** Template arguments and inputs of MarginRuleProbe, the margin rule for one account. */
export const MARGIN_RULE_ARGUMENTS = [M, K, S] as const
export const MARGIN_RULE_SHAPES: Readonly<Record<string, InputShape>> = {
  loaded: [],
  market: [],
  riskWords: [M * (8 + S) + 5 + 2 * (K - 1)],
  collateral: [K],
  size: [M],
  fundingIndex: [M],
  openBuy: [M],
  openSell: [M],
  oldSize: [],
  oldFundingIndex: [],
  oldOpenBuy: [],
  oldOpenSell: [],
  cashChange: [],
  maintenance: [],
  scenario: [],
  notFallen: [],
  worstLoss: [],
}

/** What a prover may choose in the margin rule. */
export interface Hints {
  readonly maintenance: bigint
  readonly scenario: bigint
  readonly notFallen: bigint
}

/** The rule's inputs for an account that a batch changed in one market, with `cash` from trades. */
export function marginRuleInput(
  before: Account,
  after: Account,
  market: number,
  cash: bigint,
  table: RiskTable,
  hints: Hints,
): CircuitInput {
  const old = before.positions[market]!
  const column = (pick: (p: Account['positions'][number]) => bigint) => after.positions.map((p) => toField(pick(p)))
  return {
    loaded: 1n,
    market: BigInt(market),
    riskWords: riskTableWords(table).map(toField),
    collateral: after.collateral.map(toField),
    size: column((p) => p.size),
    fundingIndex: column((p) => p.fundingIndex),
    openBuy: column((p) => p.openBuy),
    openSell: column((p) => p.openSell),
    oldSize: toField(old.size),
    oldFundingIndex: toField(old.fundingIndex),
    oldOpenBuy: old.openBuy,
    oldOpenSell: old.openSell,
    cashChange: toField(cash),
    ...hints,
    worstLoss: toField(worstLoss(after, table)),
  }
}

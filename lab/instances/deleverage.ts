import { deleverageInput, deleverageShapes } from '../../circuits/deleverage/input.ts'
import { deleverageStatement } from '../../circuits/deleverage/statement.ts'
import { shapeArgument } from '../../circuits/state/shape.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { type Closing, closeAgainst, type Deleveraging } from '../../protocol/deleverage/close.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import { PHASES } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import type { TestCircuit } from '../circuits/harness.ts'
import { type AccountOptions, DOMAIN, makeAccount, makeState, makeTable, NOW } from './model.ts'

/** A venue so small that its deleveragings compile and are audited quickly. */
export const DELEVERAGE_VENUE: VenueShape = {
  name: 'test',
  markets: 3,
  collaterals: 2,
  scenarios: 3,
  accountLevels: 2,
  window: 2,
  underlyings: 1,
  oracles: 1,
}

export const DELEVERAGE_CIRCUIT: TestCircuit = {
  name: `deleverage-${DELEVERAGE_VENUE.name}`,
  template: 'Deleverage',
  source: 'deleverage/deleverage.circom',
  templateArguments: () => [shapeArgument(DELEVERAGE_VENUE)],
  publicSignals: ['dataCommitment', 'dataChallenge', 'dataValue'],
  inputShapes: () => deleverageShapes(DELEVERAGE_VENUE),
}

export const [VICTIM, COUNTERPARTY] = [5, 2]

/** The auction opens 100 seconds after the flag, for 200. */
export const DELEVERAGE_TABLE = makeTable(DELEVERAGE_VENUE)
export const FLAGGED_AT = NOW + 50n
export const OPENS = FLAGGED_AT + DELEVERAGE_TABLE.grace

/** What is out of the usual: of ten lots long at 1,000 with 12,000 owed, four are closed against twenty short; the house has 1,500. */
export interface DeleverageSetting {
  readonly victim?: AccountOptions
  readonly counterparty?: AccountOptions
  readonly house?: AccountOptions
  readonly table?: RiskTable
  readonly timestamp?: bigint
  readonly resumedAt?: bigint
  readonly closing?: Partial<Closing>
}

/** The deleveraging, as the model makes it. */
export function makeDeleveraging(setting: DeleverageSetting = {}): Deleveraging {
  return applyDeleveraging(...settingOf(setting))
}

/** What a venue would prove that asks no rule. */
export function lawlessDeleveraging(setting: DeleverageSetting): Deleveraging {
  return closeAgainst(...settingOf(setting))
}

function settingOf(setting: DeleverageSetting): Parameters<typeof applyDeleveraging> {
  const { victim, counterparty, house, table = DELEVERAGE_TABLE, timestamp = OPENS, resumedAt = 0n, closing } = setting
  const bankrupt: AccountOptions = {
    cash: -12_000n,
    flaggedAt: FLAGGED_AT,
    positions: { 0: { size: 10n, openBuy: 3n } },
  }
  const state = makeState(DELEVERAGE_VENUE, {
    0: makeAccount(DELEVERAGE_VENUE, { cash: 1_500n, ...house }),
    [VICTIM!]: makeAccount(DELEVERAGE_VENUE, { ...bankrupt, ...victim }),
    [COUNTERPARTY!]: makeAccount(DELEVERAGE_VENUE, {
      cash: 50_000n,
      positions: { 0: { size: -20n } },
      ...counterparty,
    }),
  })
  return [
    state,
    { victim: VICTIM!, counterparty: COUNTERPARTY!, market: 0, lots: 4n, ...closing },
    { timestamp, domain: DOMAIN, riskTable: table, resumedAt },
  ]
}

export function deleverageInputs(made: Deleveraging): CircuitInput {
  return deleverageInput(deleverageStatement(made), made)
}

/** The table with other numbers in the record of a market. */
export function withMarket(market: number, fields: Partial<RiskTable['markets'][number]>): RiskTable {
  const { markets } = DELEVERAGE_TABLE
  return { ...DELEVERAGE_TABLE, markets: markets.with(market, { ...markets[market]!, ...fields }) }
}

/** Ten lots that can be closed and ninety of a settled market, all at 1,000, with 102,000 owed. */
export const PARTLY_SETTLED: DeleverageSetting = {
  table: withMarket(1, { phase: PHASES.SETTLED, scenarioPrices: [1_000n, 1_000n, 1_000n] }),
  victim: { cash: -102_000n, positions: { 0: { size: 10n }, 1: { size: 90n } } },
}

const MOVED: RiskTable = {
  ...DELEVERAGE_TABLE,
  markets: DELEVERAGE_TABLE.markets.map((m, i) => ({ ...m, fundingIndex: BigInt(4 - 3 * i) })),
}

/**
 * Plain; of a short one in another market, with funding, collateral and orders, after a pause, at the last second; of one that owes
 * more than its positions are worth; where the house could pay; where it has the cash and not the margin, for a loss, for funding or for
 * what it is short; where a quantum of cash is missing though it is rich, and a market is sheltered in which nobody holds anything;
 * where the house holds something there, and nothing is said of it; of a victim most of whose positions are settled;
 * where the house could pay what is missing and a part of what is asked for the risk and for haircuts; of one
 * that can lose nothing more; of one that owes more than orders of its lots reserve, long and short.
 */
export const DELEVERAGINGS: readonly (() => Deleveraging)[] = [
  () => makeDeleveraging(),
  () =>
    makeDeleveraging({
      table: MOVED,
      victim: {
        cash: 8_000n,
        others: [8n],
        positions: { 0: { size: -3n, openSell: 2n }, 1: { size: -7n, fundingIndex: -5n }, 2: { size: 1n } },
        nonce: 4n,
      },
      counterparty: {
        cash: 3_000n,
        others: [900n],
        positions: { 1: { size: 5n, fundingIndex: 11n, openBuy: 1n }, 2: { size: -1n, openSell: 2n } },
        suspended: true,
      },
      house: { cash: 900n },
      resumedAt: FLAGGED_AT + 7n,
      timestamp: OPENS + 207n,
      closing: { market: 1, lots: 5n },
    }),
  () =>
    makeDeleveraging({
      table: withMarket(0, { shortRisk: 2_000n }),
      victim: { cash: -31_000n },
      closing: { lots: 10n },
    }),
  () => makeDeleveraging({ house: { cash: 1_000_000n, positions: { 2: { size: 3n } } } }),
  () => makeDeleveraging({ house: { cash: 2_100n, positions: { 1: { size: 1n, fundingIndex: -1_000n } } } }),
  () =>
    makeDeleveraging({
      table: withMarket(1, { scenarioPrices: [1_000n, 1_000n, 1_000n] }),
      house: { cash: 2_100n, positions: { 1: { size: 1n, fundingIndex: -5_000n } } },
    }),
  () =>
    makeDeleveraging({
      table: withMarket(1, { shortOptionMinimum: 300n }),
      house: { cash: 3_500n, positions: { 1: { size: -1n } } },
    }),
  () =>
    makeDeleveraging({ table: withMarket(2, { phase: PHASES.SHELTERED }), house: { cash: 1_999n, others: [1_000n] } }),
  () =>
    makeDeleveraging({
      table: withMarket(2, { phase: PHASES.SHELTERED }),
      house: { cash: 0n, positions: { 2: { size: -1n } } },
    }),
  () => makeDeleveraging(PARTLY_SETTLED),
  () =>
    makeDeleveraging({
      timestamp: OPENS + 100n,
      victim: { cash: -12_030n, others: [10n], positions: { 0: { size: 10n, openBuy: 3n } } },
      house: { cash: 3_000n },
    }),
  () => makeDeleveraging({ table: withMarket(0, { scenarioPrices: [1_000n, 1_000n, 1_000n] }) }),
  () => makeDeleveraging({ victim: { cash: -31_000n }, closing: { lots: 10n } }),
  () =>
    makeDeleveraging({
      table: withMarket(0, { longRisk: 50n }),
      victim: { cash: 9_000n, positions: { 0: { size: -10n } } },
      counterparty: { cash: 0n, positions: { 0: { size: 7n } } },
      closing: { lots: 7n },
    }),
]

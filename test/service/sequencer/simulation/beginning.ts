import { makeTable, NOW, SMALL } from '../../../../lab/instances/model.ts'
import type { RiskTable } from '../../../../protocol/risk-table.ts'
import { emptyState, type State } from '../../../../protocol/state.ts'
import { type SequencerConfig, startSequencer } from '../../../../service/sequencer/state.ts'
import { DOMAIN, newTrader, TRADERS } from './traders.ts'

export const CONFIG: SequencerConfig = {
  profile: 'small',
  domain: DOMAIN,
  sizes: {
    trade: { name: 'small', messages: 3, signatures: 2, steps: 3, accounts: 2, lightAccounts: 1 },
    cash: { name: 'small', slots: 3 },
  },
  tickSeconds: 1n,
  cutMilliseconds: 500n,
  cashMilliseconds: 2_000n,
}

/** Of each trader, in lots of the quote asset. */
const CASH = 2_000n
export const GENESIS: State = beginning()
export const VAULT = [CASH * BigInt(TRADERS.length + 1), 50n * BigInt(TRADERS.length + 1)]
export const START = startSequencer({ config: CONFIG, state: GENESIS, vault: VAULT })

function beginning(): State {
  const state = emptyState(SMALL)
  return { ...state, accounts: state.accounts.setAll([0, ...TRADERS].map((index) => [index, newTrader(CASH)])) }
}

/** The last one is of old prices: nobody trades at it, and some entries of the queue wait. */
export const TABLES: readonly RiskTable[] = [1000n, 990n, 1020n, 1001n].map((mark, i) =>
  tableOf(mark, i === 3 ? 1n : 10_000n),
)
/** At which those who are long cannot bear what they hold, and at which they owe more than they have. */
export const SHOCKS: readonly RiskTable[] = [860n, 600n].map((mark) => tableOf(mark, 10_000n))

function tableOf(mark: bigint, maxAge: bigint): RiskTable {
  const liquidation = { grace: 1n, auction: 20n, firstDiscountBps: 0n, lastDiscountBps: 9_000n }
  const head = { takerFeeBps: 5n, makerFeeBps: 2n, asOf: NOW - 10n, maxAge, ...liquidation }
  return makeTable(SMALL, head, { mark, band: 50n })
}

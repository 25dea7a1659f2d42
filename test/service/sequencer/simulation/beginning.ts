import { makeTable, NOW, SMALL } from '../../../../lab/instances/model.ts'
import { emptyState, type State } from '../../../../protocol/state.ts'
import type { RecordOf, SequencerRecord } from '../../../../service/sequencer/record.ts'
import { type SequencerConfig, startSequencer } from '../../../../service/sequencer/state.ts'
import { ADDRESS, DOMAIN, newTrader, TRADERS } from './traders.ts'

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

/** Records of tables. The last one is of old prices: nobody trades at it, and some entries of the queue wait. */
export const TABLES = [1000n, 990n, 1020n, 1001n].map((mark, i) => tableOf(mark, i === 3 ? 1n : 10_000n))
/** At which those who are long cannot bear what they hold, and at which they owe more than they have. */
export const SHOCKS = [860n, 600n].map((mark) => tableOf(mark, 10_000n))
/** What a venue has to know before anybody trades. */
export const OPENING: readonly SequencerRecord[] = [
  { kind: 'tick', clock: NOW * 1000n },
  TABLES[0]!,
  { kind: 'book-salt', secret: 4242n },
  ...TRADERS.map((account) => ({ kind: 'owner', account, owner: ADDRESS }) as const),
]

function tableOf(mark: bigint, maxAge: bigint): RecordOf<'table'> {
  const liquidation = { grace: 1n, auction: 20n, firstDiscountBps: 0n, lastDiscountBps: 9_000n }
  const head = { takerFeeBps: 5n, makerFeeBps: 2n, asOf: NOW - 10n, maxAge, ...liquidation }
  return { kind: 'table', table: makeTable(SMALL, head, { mark, band: 50n }), relisted: 0n }
}

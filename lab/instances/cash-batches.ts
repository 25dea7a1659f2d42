import { accountInput, unusedAccount } from '../../circuits/state/account-input.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { type CashBatch, HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { PHASES } from '../../protocol/parameters.ts'
import { keyToRegister } from '../../protocol/signature.ts'
import type { State } from '../../protocol/state.ts'
import { childrenBelowTop } from '../../protocol/tree.ts'
import { CASH_VENUE, cashBatchOf, cashInput, cashMessage } from './cash.ts'
import { crowdedTree, makeAccount, makeState, makeTable, NOW, TRADING_KEY } from './model.ts'

/**
 * The house; accounts that initial margin lets withdraw a part of their cash (1) and of the other asset (9), flat (2), suspended
 * with open lots (3) and without (4), with open lots (6), in debt (7), and short of one lot (8). Flagged ones that meet maintenance
 * (10), miss it (11) and are flat (12), and one whose flag has lapsed (13).
 */
const STATE = makeState(
  CASH_VENUE,
  {
    0: makeAccount(CASH_VENUE, { cash: 3n }),
    1: makeAccount(CASH_VENUE, { cash: 13_000n, others: [50n], positions: { 0: { size: -10n } } }),
    2: makeAccount(CASH_VENUE, { cash: 100n, others: [50n], viewKey: 0n, nonce: 7n }),
    3: makeAccount(CASH_VENUE, { cash: 100n, suspended: true, positions: { 1: { openBuy: 4n } } }),
    4: makeAccount(CASH_VENUE, { cash: 100n, suspended: true }),
    6: makeAccount(CASH_VENUE, { cash: 2_000n, positions: { 1: { openSell: 4n } } }),
    7: makeAccount(CASH_VENUE, { cash: -5n, others: [50n] }),
    8: makeAccount(CASH_VENUE, { cash: 1_100n, positions: { 0: { size: -1n } } }),
    9: makeAccount(CASH_VENUE, { cash: 12_300n, others: [50n], positions: { 0: { size: -10n } } }),
    10: makeAccount(CASH_VENUE, { cash: 12_000n, flaggedAt: NOW - 1n, positions: { 0: { size: -10n } } }),
    11: makeAccount(CASH_VENUE, { cash: 11_990n, flaggedAt: 1n, positions: { 0: { size: -10n } } }),
    12: makeAccount(CASH_VENUE, { cash: 7n, flaggedAt: NOW }),
    13: makeAccount(CASH_VENUE, {
      ...{ cash: -3n, others: [5n], flaggedAt: NOW - 301n },
      positions: { 0: { size: -10n, fundingIndex: -4n, openBuy: 2n }, 1: { size: 3n, openSell: 2n } },
    }),
  },
  { 0: { fees: 5n }, 1: { fees: 9n, salt: 11n } },
)

const key = keyToRegister(TRADING_KEY)
const register = { kind: 'REGISTER', account: 5, key, ownerCommitment: 4n } as const
const deposit = { kind: 'DEPOSIT', account: 2, asset: 1, amount: 7n } as const
const enough = { kind: 'DEPOSIT', account: 11, asset: 0, amount: 10n } as const
const cure = (account: number) => ({ kind: 'CURE', account }) as const
const expire = (account: number) => ({ kind: 'EXPIRE', account, market: 1 }) as const
const flag = (account: number) => ({ kind: 'FLAG', account }) as const
const view = { kind: 'VIEW', account: 2, viewKey: 12n } as const
const forced = (account: number, asset = 0) => ({ kind: 'FORCED', account, asset, requested: 1n << 79n }) as const
const transfer = cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2 })
const withdrawal = cashMessage({ account: 2, nonce: 8n, asset: 1 })

/** At which account 8 with a lot less misses initial margin by the smallest part of a quantum. */
const EXACT = makeTable(CASH_VENUE, { initialMarginBps: 10_001n }, { scenarioPrices: [1000n, 999n, 1001n] })

/** Market 1 is settled. */
const OPEN = makeTable(CASH_VENUE, {}, { fundingIndex: 7n })
const SETTLED = {
  ...OPEN,
  markets: OPEN.markets.with(1, { ...OPEN.markets[1]!, phase: PHASES.SETTLED, lastTradeTime: 0n }),
}

/** Market 0, in which whoever is short holds, is sheltered. */
const SHELTERED = {
  ...OPEN,
  markets: OPEN.markets.with(0, { ...OPEN.markets[0]!, phase: PHASES.SHELTERED }),
}

/** Nothing is held any more, and both markets are settled. */
const OVER = makeState(
  CASH_VENUE,
  { 0: makeAccount(CASH_VENUE, { cash: 3n }), 2: makeAccount(CASH_VENUE, { cash: 100n }) },
  { 0: { fees: 5n }, 1: { fees: 9n, salt: 11n } },
)
const ALL_SETTLED = { ...SETTLED, markets: SETTLED.markets.with(0, { ...SETTLED.markets[1]!, fundingIndex: 0n }) }

interface Example {
  readonly state?: State
  readonly operations: readonly CashOperation[]
  readonly context?: Partial<CashBatchContext>
  readonly sweep?: number
}

/** Each kind of operation in the last slot once, others before it; then sweeps, an empty batch, and one without prices. */
const EXAMPLES: readonly Example[] = [
  { operations: [deposit, { kind: 'SUSPEND', account: 1 }, forced(1)] },
  { operations: [forced(2), deposit, cashMessage()] },
  { operations: [withdrawal, transfer] },
  { operations: [forced(1), { kind: 'ROTATE', account: 2, key }, { kind: 'RESUME', account: 4 }] },
  { operations: [withdrawal, { kind: 'RESUME', account: 3 }, register] },
  { operations: [register, forced(2, 1), view] },
  { operations: [view, { kind: 'SUSPEND', account: 2 }, { kind: 'ROTATE', account: 1, key }] },
  { operations: [register, { kind: 'RESUME', account: 3 }, deposit] },
  { operations: [forced(2), deposit, { kind: 'SUSPEND', account: 4 }] },
  { operations: [deposit], sweep: 1 },
  { operations: [], sweep: 0 },
  { operations: [] },
  { operations: [deposit, forced(2)], context: { riskTable: undefined } },
  { operations: [forced(2), forced(1)], context: { vault: [40n, 0n] } },
  { operations: [{ ...forced(2), requested: 30n }, forced(9, 1), forced(7)] },
  { operations: [forced(6)] },
  { operations: [forced(3)], context: { riskTable: undefined } },
  { operations: [forced(8)], context: { riskTable: EXACT } },
  { operations: [flag(13), enough, cure(10)] },
  { operations: [flag(13), { ...enough, amount: 9n }, cure(11)] },
  { operations: [expire(13), deposit, expire(6)], context: { riskTable: SETTLED } },
  { operations: [flag(13), expire(13), expire(13)], context: { riskTable: SETTLED } },
  { operations: [cure(12), cure(2), { ...enough, account: 12 }], context: { riskTable: undefined } },
  { state: OVER, operations: [], sweep: 1, context: { riskTable: SETTLED } },
  { state: OVER, operations: [], sweep: 1, context: { riskTable: ALL_SETTLED } },
  { state: OVER, operations: [deposit], context: { riskTable: ALL_SETTLED } },
  { state: OVER, operations: [deposit] },
  { operations: [{ kind: 'SUSPEND', account: 13 }] },
  { operations: [cure(11), enough, cure(10)], context: { riskTable: SHELTERED } },
]

/** Honest batches of a small venue in which every kind of operation stands in every place that matters. */
export const CASH_BATCHES: readonly (() => CashBatch)[] = EXAMPLES.map(
  ({ state = STATE, operations, context, sweep }) =>
    () =>
      cashBatchOf(state, operations, context, sweep),
)

/** Inputs of a batch in which what nothing reads is not what the model fills in: of no public word is that seen. */
export function unreadInput(): CircuitInput {
  const batch = cashBatchOf(STATE, [deposit, { kind: 'SUSPEND', account: 1 }])
  const elsewhere = makeState(CASH_VENUE, {}, { 0: { fees: 77n } })
  const children = childrenBelowTop(batch.after.accounts.path(HOUSE).children)
  const house = accountInput(batch.after.accounts.get(HOUSE)!)
  const input = cashInput(batch)
  const third = (name: string, value: InputValue) => (input[name] as readonly InputValue[]).with(2, value)
  return {
    ...input,
    ...Object.fromEntries(Object.entries(house).map(([name, value]) => [name, third(name, value)])),
    accountChildren: third('accountChildren', children),
    ...{ pointX: [5n, 6n, 7n], pointY: [5n, 6n, 7n], newViewKey: [8n, 9n, 10n] },
    ...{ messageNonce: [1n, 2n, 3n], expiry: [1n, 2n, 3n] },
    ...{ fees: 77n, bookChildren: elsewhere.books.path(0).children },
  }
}

/** Sweeps of markets that cannot be retired, each for one reason: it is not settled; lots are held in it. */
export const KEPT_MARKETS: readonly (() => CashBatch)[] = [
  () => cashBatchOf(OVER, [], {}, 1),
  () => cashBatchOf(STATE, [], { riskTable: SETTLED }, 1),
]

/** Inputs of a batch without a sweep, whose house stands at every place of its tree. */
export function crowdedInput(): CircuitInput {
  const input = cashInput(cashBatchOf(STATE, [deposit]))
  return { ...input, houseChildren: childrenBelowTop(crowdedTree(unusedAccount(CASH_VENUE), CASH_VENUE)) }
}

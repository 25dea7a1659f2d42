import type { CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { keyToRegister } from '../../protocol/signature.ts'
import { CASH_VENUE, cashBatchOf, cashMessage } from './cash.ts'
import { makeAccount, makeState, TRADING_KEY } from './model.ts'

/** The house, one account that initial margin lets withdraw a part, a flat one, and one that is suspended with open lots. */
const STATE = makeState(
  CASH_VENUE,
  {
    0: makeAccount(CASH_VENUE, { cash: 3n }),
    1: makeAccount(CASH_VENUE, { cash: 13_000n, others: [50n], positions: { 0: { size: -10n } } }),
    2: makeAccount(CASH_VENUE, { cash: 100n, others: [50n], viewKey: 0n, nonce: 7n }),
    3: makeAccount(CASH_VENUE, { cash: 100n, suspended: true, positions: { 1: { openBuy: 4n } } }),
    4: makeAccount(CASH_VENUE, { cash: 100n, suspended: true }),
  },
  { 0: { fees: 5n }, 1: { fees: 9n, salt: 11n } },
)

const key = keyToRegister(TRADING_KEY)
const register = { kind: 'REGISTER', account: 5, key, ownerCommitment: 4n } as const
const deposit = { kind: 'DEPOSIT', account: 2, asset: 1, amount: 7n } as const
const view = { kind: 'VIEW', account: 2, viewKey: 12n } as const
const forced = (account: number, asset = 0) => ({ kind: 'FORCED', account, asset, requested: 1n << 79n }) as const
const transfer = cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2 })
const withdrawal = cashMessage({ account: 2, nonce: 8n, asset: 1 })

interface Example {
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
]

/** Honest batches of a small venue in which every kind of operation stands in every place that matters. */
export const CASH_BATCHES: readonly (() => CashBatch)[] = EXAMPLES.map(
  ({ operations, context, sweep }) =>
    () =>
      cashBatchOf(STATE, operations, context, sweep),
)

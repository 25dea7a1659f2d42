import { type CashSizes, cashBatchInput } from '../../circuits/cash-batch/input.ts'
import { cashArguments, cashBatchShapes } from '../../circuits/cash-batch/shapes.ts'
import { cashBatchStatement } from '../../circuits/cash-batch/statement.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashMessage, CashOperation, SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import type { CashBatchContext, CashSlot } from '../../protocol/cash-batch/slot.ts'
import { isExposed, withdrawn } from '../../protocol/cash-batch/withdrawal.ts'
import type { State } from '../../protocol/state.ts'
import type { TestCircuit } from '../circuits/harness.ts'
import { makeTable, NOW, PRIVATE_KEY } from './model.ts'

/** A venue so small that a cash batch of three slots compiles and is audited quickly. */
export const CASH_VENUE: CashSizes = {
  name: 'test',
  markets: 2,
  collaterals: 2,
  scenarios: 3,
  accountLevels: 3,
  window: 2,
  underlyings: 1,
  oracles: 1,
  slots: 3,
}

const DOMAIN = 7n

/** CashBatch of given sizes as a circuit. */
export function cashCircuit(sizes: CashSizes): TestCircuit {
  return {
    name: `cash-batch-${sizes.name}`,
    template: 'CashBatch',
    source: 'cash-batch/cash-batch.circom',
    templateArguments: () => cashArguments(sizes),
    publicSignals: ['dataCommitment', 'dataChallenge', 'dataValue'],
    inputShapes: () => cashBatchShapes(sizes),
  }
}

export function cashInput(transition: CashBatch): CircuitInput {
  return cashBatchInput(cashBatchStatement(transition), transition, CASH_VENUE)
}

/** A context in which the table is fresh and the vault full. */
function cashContext(overrides: Partial<CashBatchContext> = {}): CashBatchContext {
  const plenty = [1n << 78n, 1n << 78n]
  const riskTable = makeTable(CASH_VENUE)
  return { sizes: CASH_VENUE, timestamp: NOW, domain: DOMAIN, riskTable, vault: plenty, ...overrides }
}

/** A withdrawal of 10 quanta by account 1, signed, but for what is given. */
export function cashMessage(
  overrides: Partial<CashMessage> = {},
  { domain = DOMAIN, key = PRIVATE_KEY }: { domain?: bigint; key?: Uint8Array } = {},
): SignedCashMessage {
  const plain = {
    kind: 'WITHDRAW',
    account: 1,
    counterAccount: 0,
    asset: 0,
    amount: 10n,
    nonce: 1n,
    expiry: NOW,
  } as const
  return signCashMessage({ ...plain, ...overrides }, domain, key)
}

export function cashBatchOf(
  state: State,
  operations: readonly CashOperation[],
  overrides: Partial<CashBatchContext> = {},
  sweepMarket?: number,
): CashBatch {
  return applyCashBatch(state, operations, cashContext(overrides), sweepMarket)
}

/** A batch of slots as they are given, whether or not the rules allow them. */
export function unlawful(
  state: State,
  slots: readonly CashSlot[],
  overrides: Partial<CashBatchContext> = {},
): CashBatch {
  const context = cashContext(overrides)
  const accounts = slots.reduce((tree, { account, after }) => tree.set(account, after), state.accounts)
  return {
    context,
    before: state,
    after: { ...state, accounts },
    touched: [],
    slots,
    sweep: undefined,
    vault: context.vault,
  }
}

/** A withdrawal, signed or forced, that pays what it is told to. */
export function payment(
  state: State,
  operation: SignedCashMessage | Extract<CashOperation, { kind: 'FORCED' }>,
  paid: bigint,
  overrides: Partial<CashBatchContext> = {},
): CashBatch {
  const signed = 'message' in operation ? operation.message : undefined
  const { account, asset } = 'message' in operation ? operation.message : operation
  const before = state.accounts.get(account)!
  const after = { ...withdrawn(before, asset, paid), ...(signed && { nonce: signed.nonce }) }
  const { vault, riskTable } = cashContext(overrides)
  const kind = 'message' in operation ? operation.message.kind : operation.kind
  const exposed = kind === 'FORCED' && riskTable !== undefined && isExposed(before, riskTable)
  const slot = { operation, kind, account, before, after, paid, cured: false, available: vault[asset]!, exposed }
  return unlawful(state, [slot], overrides)
}

/** A deposit or a request of account 1, said to cure it or not. */
export function decision(
  state: State,
  operation: Extract<CashOperation, { kind: 'DEPOSIT' | 'CURE' }>,
  cured: boolean,
  overrides: Partial<CashBatchContext> = {},
): CashBatch {
  const { account, kind } = operation
  const before = state.accounts.get(account)!
  const richer = operation.kind === 'DEPOSIT' ? withdrawn(before, operation.asset, -operation.amount) : before
  const after = cured ? { ...richer, flaggedAt: 0n } : richer
  return unlawful(
    state,
    [{ operation, kind, account, before, after, paid: 0n, cured, available: 0n, exposed: false }],
    overrides,
  )
}

/** A batch that flags that account, whether or not it may be. */
export function flagging(state: State, account: number, overrides: Partial<CashBatchContext> = {}): CashBatch {
  const before = state.accounts.get(account)!
  const after = { ...before, flaggedAt: cashContext(overrides).timestamp }
  const operation = { kind: 'FLAG', account } as const
  const slot = {
    operation,
    kind: 'FLAG',
    account,
    before,
    after,
    paid: 0n,
    cured: false,
    available: 0n,
    exposed: false,
  } as const
  return unlawful(state, [slot], overrides)
}

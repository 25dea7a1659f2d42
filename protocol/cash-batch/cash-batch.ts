import { type Account, isCollateral } from '../account.ts'
import type { Book } from '../book.ts'
import { ZkclearError } from '../errors.ts'
import { isUint } from '../numbers.ts'
import { BITS, PHASES } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'
import { accountAt, type State } from '../state.ts'
import type { TouchedAccount, Transition } from '../transition.ts'
import { applyOperation } from './apply.ts'
import { HOUSE } from './house.ts'
import type { CashOperation } from './operation.ts'
import type { CashBatchContext, CashSlot } from './slot.ts'

/** The fees of a market that went to the house. */
export interface Sweep {
  readonly market: number
  /** Quanta. */
  readonly amount: bigint
  /** The market is settled, and nothing is left in it (protocol.md#retiring). */
  readonly retires: boolean
}

export { HOUSE } from './house.ts'

/** Everything that a cash batch did: what a circuit's inputs and receipts are made from. */
export interface CashBatch extends Transition {
  readonly context: CashBatchContext
  readonly slots: readonly CashSlot[]
  readonly sweep: Sweep | undefined
  /** Lots of each asset that the accounts own together after the batch. */
  readonly vault: readonly bigint[]
}

/** What was asked of the batch: a transfer once, though it takes two slots. */
export function operationsOf({ slots }: Pick<CashBatch, 'slots'>): CashOperation[] {
  return slots.filter(({ kind }) => kind !== 'TRANSFER_IN').map(({ operation }) => operation)
}

/**
 * Applies a cash batch (protocol.md#cash-batch): the operations one after another, then the sweep of a market's fees.
 * Throws BATCH_UNPROVABLE, with the reason and the operation's place in its details, for whatever no batch can prove.
 */
export function applyCashBatch(
  state: State,
  operations: readonly CashOperation[],
  context: CashBatchContext,
  sweepMarket?: number,
): CashBatch {
  const slots: CashSlot[] = []
  const vault = [...context.vault]
  let { accounts, openInterest } = state
  const put = (slot: CashSlot) => {
    const wide = slot.after.collateral.findIndex((lots, asset) => !isCollateral(asset, lots))
    if (wide !== -1) unprovable('WIDTH', `account ${slot.account}'s collateral ${wide} leaves its width`)
    accounts = accounts.set(slot.account, slot.after)
    openInterest = openInterest.map((lots, m) => lots - heldIn(slot.before, m) + heldIn(slot.after, m))
    slots.push(slot)
  }
  for (const [place, operation] of operations.entries()) {
    for (const slot of applyOperation({ ...state, accounts }, operation, { ...context, vault, place })) put(slot)
    move(vault, operation, slots.at(-1)!.paid)
  }
  if (slots.length > context.sizes.slots) {
    unprovable('SLOTS', `${slots.length} slots; a cash batch has ${context.sizes.slots}`)
  }
  const unswept = { ...state, accounts, openInterest }
  const [after, sweep] = sweepMarket === undefined ? [unswept, undefined] : sweepFees(unswept, sweepMarket, context)
  const indices = slots.map(({ account }) => account)
  const touched = touchedAccounts(state, after, sweep === undefined ? indices : [...indices, HOUSE])
  return { context, before: state, after, touched, slots, sweep, vault }
}

/** Lots that the account holds in a market, either way. */
function heldIn(account: Account | undefined, market: number): bigint {
  const size = account === undefined ? 0n : account.positions[market]!.size
  return size < 0n ? -size : size
}

function touchedAccounts(before: State, after: State, indices: readonly number[]): TouchedAccount[] {
  return [...new Set(indices)]
    .sort((a, b) => a - b)
    .map((index) => ({ index, before: accountAt(before, index), after: accountAt(after, index)! }))
}

/** Deposits enter the vault and payments leave it; transfers stay inside. */
function move(vault: bigint[], operation: CashOperation, paid: bigint): void {
  if ('message' in operation) {
    const { kind, asset } = operation.message
    if (kind === 'WITHDRAW') vault[asset] = vault[asset]! - paid
  } else if (operation.kind === 'DEPOSIT') {
    vault[operation.asset] = vault[operation.asset]! + operation.amount
  } else if (operation.kind === 'FORCED') {
    vault[operation.asset] = vault[operation.asset]! - paid
  }
}

/** Whether the market is settled at the batch's table, nobody holds a lot in it, and no order is in its book or in hand. */
export function mayRetire(
  { openInterest }: State,
  market: number,
  { bids, asks, hand }: Book,
  table?: RiskTable,
): boolean {
  const isEmpty = bids.length === 0 && asks.length === 0 && hand === undefined
  return table?.markets[market]?.phase === PHASES.SETTLED && isEmpty && openInterest[market] === 0n
}

function sweepFees(state: State, market: number, { riskTable }: CashBatchContext): [State, Sweep] {
  const house = accountAt(state, HOUSE)
  const book = market < state.shape.markets ? state.books.get(market) : undefined
  if (house === undefined) unprovable('UNKNOWN_ACCOUNT', 'the house is not registered yet')
  if (book === undefined) {
    throw new ZkclearError('INPUT_INVALID', `no market ${market}; there are ${state.shape.markets}`)
  }
  const richer = { ...house, collateral: house.collateral.with(0, house.collateral[0]! + book.fees) }
  if (!isUint(book.fees, BITS.fees) || !isCollateral(0, richer.collateral[0]!)) {
    unprovable('WIDTH', `the fees of market ${market}, or the house's cash with them, leave their width`)
  }
  const swept = {
    ...state,
    accounts: state.accounts.set(HOUSE, richer),
    books: state.books.set(market, { ...book, fees: 0n }),
  }
  return [swept, { market, amount: book.fees, retires: mayRetire(state, market, book, riskTable) }]
}

function unprovable(reason: string, message: string): never {
  throw new ZkclearError('BATCH_UNPROVABLE', message, { details: { reason } })
}

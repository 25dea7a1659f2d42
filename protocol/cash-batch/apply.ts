import { type Account, EMPTY_POSITION, hasOpenLots, isFlagged } from '../account.ts'
import { ZkclearError } from '../errors.ts'
import { isUint } from '../numbers.ts'
import { BITS } from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import { isSignedBy, registeredKey } from '../signature.ts'
import { accountAt, type State } from '../state.ts'
import { expired, settlementOf } from './expire.ts'
import { type FlagRefusal, flagRefusal, isToBeCured } from './maintenance.ts'
import { type CashOperation, type Forced, hashCashMessage, type Register, type SignedCashMessage } from './operation.ts'
import type { CashBatchContext, CashSlot } from './slot.ts'
import {
  isExposed,
  isFresh,
  largestWithdrawal,
  mayWithdraw,
  needsNoPrices,
  type Prices,
  withdrawn,
} from './withdrawal.ts'

/** What an operation is applied under: vault is what is left at its slot. */
export interface OperationContext extends CashBatchContext {
  /** Of the operation in its batch. */
  readonly place: number
}

/** What most slots do not do. */
const NOTHING = { paid: 0n, cured: false, available: 0n, exposed: false } as const

/** What the operation does in this state: one slot, or the two of a transfer (protocol.md#cash-kinds). */
export function applyOperation(state: State, operation: CashOperation, context: OperationContext): CashSlot[] {
  if ('message' in operation) return applySigned(state, operation, context)
  const { account } = operation
  const slot = (before: Account | undefined, after: Account, done: Partial<CashSlot> = {}): CashSlot[] => [
    { ...{ operation, kind: operation.kind, account, before, after }, ...NOTHING, ...done },
  ]
  const curing = (before: Account, after: Account): CashSlot[] => {
    const cured = isCured(after, context)
    const exposed = isFlagged(before) && hasShelter(before, context)
    return slot(before, cured ? { ...after, flaggedAt: 0n } : after, { cured, exposed })
  }
  if (operation.kind === 'REGISTER') return slot(undefined, register(state, operation, context))
  const before = requireAccount(state, account, context)
  switch (operation.kind) {
    case 'DEPOSIT':
      return curing(before, withdrawn(before, asset(operation.asset, state, context), -lots(operation.amount, context)))
    case 'ROTATE':
      return slot(before, { ...before, tradingKey: registeredKey(operation.key) })
    case 'SUSPEND':
      return slot(before, { ...before, suspended: true })
    case 'RESUME':
      return slot(before, { ...before, suspended: before.suspended && hasOpenLots(before) })
    case 'CURE':
      return curing(before, before)
    case 'FLAG':
      return slot(before, flagged(account, before, context))
    case 'EXPIRE': {
      const settlement = settlementOf(operation.market, context.riskTable)
      if (settlement === undefined) unprovable(context, 'NOT_SETTLED', `market ${operation.market} is not settled`)
      return slot(before, expired(before, settlement), { settlement })
    }
    case 'VIEW': {
      if (before.viewKey !== 0n) unprovable(context, 'VIEW_KEY', `account ${account} has a view key already`)
      if (operation.viewKey === 0n) unprovable(context, 'VIEW_KEY', 'the view key must not be 0')
      return slot(before, { ...before, viewKey: operation.viewKey })
    }
    case 'FORCED': {
      const available = context.vault[asset(operation.asset, state, context)]!
      lots(operation.requested, context)
      const paid = forced(before, operation, available, context)
      const exposed = hasShelter(before, context)
      return slot(before, withdrawn(before, operation.asset, paid), { paid, available, exposed })
    }
  }
}

function register(state: State, { account, key, ownerCommitment }: Register, context: OperationContext): Account {
  if (accountAt(state, account) !== undefined) unprovable(context, 'TAKEN', `account ${account} is registered already`)
  return newcomer({ key, ownerCommitment }, state.shape)
}

/** An account as its registration makes it. */
export function newcomer(
  { key, ownerCommitment }: Pick<Register, 'key' | 'ownerCommitment'>,
  shape: VenueShape,
): Account {
  return {
    tradingKey: registeredKey(key),
    ownerCommitment,
    viewKey: 0n,
    flaggedAt: 0n,
    suspended: false,
    nonce: 0n,
    collateral: new Array<bigint>(shape.collaterals).fill(0n),
    positions: new Array(shape.markets).fill(EMPTY_POSITION),
  }
}

/** Whether a flagged account is flagged no longer: it meets maintenance, at prices that no shelter says may be false. */
function isCured(account: Account, context: OperationContext): boolean {
  if (!isFlagged(account)) return false
  const cures = isToBeCured(account, pricesOf(context))
  return cures ?? unprovable(context, 'STALE', 'without fresh prices nobody knows whether the account is to be cured')
}

function flagged(index: number, account: Account, context: OperationContext): Account {
  if (context.place !== 0) unprovable(context, 'PLACE', 'an account is flagged by the first operation of a batch')
  const refusal = flagRefusal(index, account, pricesOf(context))
  if (refusal !== undefined) unprovable(context, refusal, `account ${index} ${WHY_NOT_FLAGGED[refusal]}`)
  return { ...account, flaggedAt: context.timestamp }
}

const WHY_NOT_FLAGGED: Readonly<Record<FlagRefusal, string>> = {
  HOUSE: 'is the house, which is never flagged',
  STALE: 'is flagged at fresh prices alone',
  FLAGGED: 'is flagged already, and the flag has not lapsed',
  SHELTERED: 'has a position in a sheltered market',
  MARGIN: 'meets maintenance',
}

/** What is paid of a forced withdrawal: the largest amount that was asked for, that is there and that may be withdrawn. */
function forced(account: Account, { asset, requested }: Forced, available: bigint, context: OperationContext): bigint {
  const prices = pricesOf(context)
  if (!needsNoPrices(account) && !isFresh(prices)) {
    unprovable(context, 'STALE', 'a venue without fresh prices cannot turn down a request')
  }
  return largestWithdrawal(account, asset, requested < available ? requested : available, prices)
}

function applySigned(state: State, signed: SignedCashMessage, context: OperationContext): CashSlot[] {
  const { message } = signed
  const { account, counterAccount, amount, nonce, expiry, kind } = message
  const before = requireAccount(state, account, context)
  const k = asset(message.asset, state, context)
  const isWithdrawal = kind === 'WITHDRAW'
  if (isWithdrawal && counterAccount !== 0) unprovable(context, 'COUNTER_ACCOUNT', 'a withdrawal names another account')
  if (nonce <= before.nonce) unprovable(context, 'OLD_NONCE', `nonce ${nonce} is not above the account's`)
  if (context.timestamp > expiry) unprovable(context, 'EXPIRED', 'the message has expired')
  if (!isSignedBy(hashCashMessage(message, context.domain), signed.signature, before.tradingKey)) {
    unprovable(context, 'BAD_SIGNATURE', `the signature is not that of account ${account}`)
  }
  const available = isWithdrawal ? context.vault[k]! : 0n
  if (isWithdrawal && amount > available) unprovable(context, 'AVAILABLE', `the vault has ${available} lots of it`)
  if (hasShelter(before, context)) {
    unprovable(context, 'SHELTERED', `account ${account} has a position in a sheltered market`)
  }
  if (!mayWithdraw(before, k, amount, pricesOf(context))) {
    unprovable(context, 'MARGIN', `account ${account} may not withdraw that much`)
  }
  const after = { ...withdrawn(before, k, amount), nonce }
  const payer: CashSlot = { ...NOTHING, operation: signed, kind, account, before, after, paid: amount, available }
  if (isWithdrawal) return [payer]
  const received = requireAccount({ ...state, accounts: state.accounts.set(account, after) }, counterAccount, context)
  const richer = withdrawn(received, k, -amount)
  const payee = { account: counterAccount, before: received, after: richer }
  return [payer, { ...NOTHING, operation: signed, kind: 'TRANSFER_IN', ...payee }]
}

function hasShelter(account: Account, { riskTable }: OperationContext): boolean {
  return riskTable !== undefined && isExposed(account, riskTable)
}

function pricesOf({ riskTable, timestamp }: OperationContext): Prices {
  return { table: riskTable, timestamp }
}

function requireAccount(state: State, index: number, context: OperationContext): Account {
  return accountAt(state, index) ?? unprovable(context, 'UNKNOWN_ACCOUNT', `no account ${index}`)
}

function asset(index: number, { shape }: State, context: OperationContext): number {
  if (isUint(BigInt(index), BITS.asset) && index < shape.collaterals) return index
  return unprovable(context, 'ASSET', `no asset ${index}; there are ${shape.collaterals}`)
}

function lots(amount: bigint, context: OperationContext): bigint {
  return isUint(amount, BITS.collateral) ? amount : unprovable(context, 'AMOUNT', 'its amount has more than 80 bits')
}

function unprovable({ place }: OperationContext, reason: string, message: string): never {
  throw new ZkclearError('BATCH_UNPROVABLE', `operation ${place}: ${message}`, {
    details: { reason, operation: place },
  })
}

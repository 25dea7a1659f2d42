import { viewCommitment } from '../account.ts'
import { ZkclearError } from '../errors.ts'
import { assertUint, isUint } from '../numbers.ts'
import { BITS, type CashKind } from '../parameters.ts'
import { packSettlement } from './expire.ts'
import type { CashSlot } from './slot.ts'

/** The words of one slot; a, b and c hold what its kind needs (protocol.md#cash-words). */
export interface CashSlotData {
  readonly kind: CashKind
  readonly account: number
  /** The other account of a transfer; else 0. */
  readonly counterAccount: number
  readonly asset: number
  readonly a: bigint
  readonly b: bigint
  readonly c: bigint
  /** The account's leaf afterwards; 0 of a slot that is not used. */
  readonly leaf: bigint
}

/** Three amounts of lots in one word: requested | paid | available. */
export interface CashAmounts {
  readonly requested: bigint
  readonly paid: bigint
  /** What the vault had of the asset, where it pays; else 0. */
  readonly available: bigint
}

/** Throws INPUT_INVALID for an amount of more than 80 bits. */
export function packAmounts(amounts: CashAmounts): bigint {
  const names = ['requested', 'paid', 'available'] as const
  return names.reduce(
    (word, name) => (word << BigInt(BITS.collateral)) | assertUint(amounts[name], BITS.collateral, name),
    0n,
  )
}

/** The inverse of {@link packAmounts}. Throws INPUT_INVALID for a wider word. */
export function unpackAmounts(word: bigint): CashAmounts {
  const bits = BigInt(BITS.collateral)
  const mask = (1n << bits) - 1n
  if (!isUint(word, 3 * BITS.collateral)) {
    throw new ZkclearError('INPUT_INVALID', `must be in [0, 2^${3 * BITS.collateral})`, { path: 'amounts' })
  }
  return { requested: word >> (2n * bits), paid: (word >> bits) & mask, available: word & mask }
}

/** What a slot's words say beside the leaf: its kind, the accounts, and what the kind needs (protocol.md#cash-words). */
export function operandsOf(slot: CashSlot): Omit<CashSlotData, 'leaf'> {
  const { operation, kind, account, paid, available, exposed, settlement } = slot
  const plain = { kind, account, counterAccount: 0, asset: 0, a: 0n, b: 0n, c: 0n }
  if ('message' in operation) {
    const { asset, amount, nonce, counterAccount, account: payer } = operation.message
    const moved = { ...plain, asset, a: packAmounts({ requested: amount, paid, available }) }
    return kind === 'TRANSFER_IN' ? { ...moved, counterAccount: payer } : { ...moved, counterAccount, b: nonce }
  }
  switch (operation.kind) {
    case 'REGISTER':
      return { ...plain, a: operation.key.x, b: operation.key.y, c: operation.ownerCommitment }
    case 'ROTATE':
      return { ...plain, a: operation.key.x, b: operation.key.y }
    case 'VIEW':
      return { ...plain, a: viewCommitment(operation.viewKey) }
    case 'DEPOSIT':
      return {
        ...{ ...plain, asset: operation.asset, b: outcome(slot) },
        a: packAmounts({ requested: operation.amount, paid, available }),
      }
    case 'EXPIRE':
      return { ...plain, a: packSettlement(settlement!) }
    case 'CURE':
      return { ...plain, b: outcome(slot) }
    case 'FORCED':
      return {
        ...{ ...plain, asset: operation.asset, b: exposed ? 1n : 0n },
        a: packAmounts({ requested: operation.requested, paid, available }),
      }
    case 'SUSPEND':
    case 'RESUME':
    case 'FLAG':
      return plain
  }
}

/** What the word b says of a deposit to a flagged account, or of a cure of one, that shelter kept from being decided. */
export const DEFERRED = 2n

/** The word that says what DEPOSIT and CURE did about a flag: 0 nothing, 1 they took it away, or that it was not decided. */
function outcome({ cured, exposed }: CashSlot): bigint {
  if (cured) return 1n
  return exposed ? DEFERRED : 0n
}

import type { TradingKey } from '../account.ts'
import { poseidon } from '../hash.ts'
import type { Signature } from '../message.ts'
import { assertUint } from '../numbers.ts'
import { BITS, CASH_KINDS, type CashKind } from '../parameters.ts'

interface OnAccount {
  /** Account index, 24 bits. */
  readonly account: number
}

interface OfAsset {
  /** Collateral asset; 0 is cash. */
  readonly asset: number
}

/** A registration on chain: the account begins to be. Its trading key is 8 * key, so it is of prime order whatever the key. */
export interface Register extends OnAccount {
  readonly kind: 'REGISTER'
  /** A point of the curve that is none of the eight of small order: the contract checks it. */
  readonly key: TradingKey
  readonly ownerCommitment: bigint
}

export interface Deposit extends OnAccount, OfAsset {
  readonly kind: 'DEPOSIT'
  /** Lots; the contract counts what arrived. */
  readonly amount: bigint
}

/** Another trading key, 8 * key; nothing else changes. */
export interface Rotate extends OnAccount {
  readonly kind: 'ROTATE'
  readonly key: TradingKey
}

/** SUSPEND makes all orders of the account dead at once; RESUME ends that, unless the account has open lots. */
export interface SuspendOrResume extends OnAccount {
  readonly kind: 'SUSPEND' | 'RESUME'
}

/** The owner asks that the flag be taken away, as the account meets maintenance again; without effect if it does not, or is exposed. */
export interface Cure extends OnAccount {
  readonly kind: 'CURE'
}

/** The account is below maintenance; the first operation of its batch, which publishes the account's portfolio. */
export interface Flag extends OnAccount {
  readonly kind: 'FLAG'
}

/** The position in a settled market is paid out at its price. */
export interface Expire extends OnAccount {
  readonly kind: 'EXPIRE'
  readonly market: number
}

/** A withdrawal that the owner asked the contract for: as much is paid as the account may withdraw. */
export interface Forced extends OnAccount, OfAsset {
  readonly kind: 'FORCED'
  /** Lots, in [1, 2^80). */
  readonly requested: bigint
}

/** The venue enters the view key whose commitment the owner registered. */
export interface View extends OnAccount {
  readonly kind: 'VIEW'
  readonly viewKey: bigint
}

/** What a trader signs to move money, of their own account alone. */
export interface CashMessage extends OnAccount, OfAsset {
  readonly kind: 'WITHDRAW' | 'TRANSFER_OUT'
  /** Who receives a transfer; 0 in a withdrawal, which pays the owner on chain. */
  readonly counterAccount: number
  /** Lots, in [1, 2^80). */
  readonly amount: bigint
  /** As in an order. */
  readonly nonce: bigint
  readonly expiry: bigint
}

export interface SignedCashMessage {
  readonly message: CashMessage
  readonly signature: Signature
}

/** One operation of a cash batch (protocol.md#cash-kinds). A transfer takes two slots, one for each account. */
export type CashOperation =
  | Register
  | Deposit
  | Rotate
  | SuspendOrResume
  | Forced
  | View
  | Cure
  | Flag
  | Expire
  | SignedCashMessage

/** What the operation does. */
export function kindOf(operation: CashOperation): CashKind {
  return 'message' in operation ? operation.message.kind : operation.kind
}

/** Those that the contract's queue holds; a batch takes them from its front, in order. */
export type QueueOperation = Register | Deposit | Rotate | SuspendOrResume | Forced | Cure

/** Their kinds. */
export const QUEUED_KINDS: readonly CashKind[] = [
  'REGISTER',
  'DEPOSIT',
  'ROTATE',
  'SUSPEND',
  'RESUME',
  'FORCED',
  'CURE',
]

/** Those that the venue makes because of what an account is worth, or of how a market stands: nobody asks for them. */
export type VenueOperation = Flag | Expire

/** Fields of a cash message's word, most significant first (protocol.md#cash-message). */
const CASH_MESSAGE_LAYOUT = [
  ['kind', BITS.cashKind],
  ['account', BITS.account],
  ['counterAccount', BITS.account],
  ['asset', BITS.asset],
  ['amount', BITS.collateral],
  ['nonce', BITS.nonce],
  ['expiry', BITS.time],
] as const

/** The message as one word of 244 bits. Throws INPUT_INVALID, naming the field that does not fit. */
export function packCashMessage(message: CashMessage): bigint {
  const fields = {
    kind: BigInt(CASH_KINDS[message.kind]),
    account: BigInt(message.account),
    counterAccount: BigInt(message.counterAccount),
    asset: BigInt(message.asset),
    amount: message.amount,
    nonce: message.nonce,
    expiry: message.expiry,
  }
  return CASH_MESSAGE_LAYOUT.reduce(
    (word, [name, bits]) => (word << BigInt(bits)) | assertUint(fields[name], bits, `message.${name}`),
    0n,
  )
}

/** What the payer signs: Poseidon(CASH; domain, word). */
export function hashCashMessage(message: CashMessage, domain: bigint): bigint {
  return poseidon('CASH', [domain, packCashMessage(message)])
}

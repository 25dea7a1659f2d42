import type { SignedBundle } from '../protocol/bundle.ts'
import type { CashMessage, SignedCashMessage } from '../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../protocol/cash-batch/sign.ts'
import type { Cancel, CancelAll, LimitOrder, Message } from '../protocol/message.ts'
import { signBundle } from '../protocol/signature.ts'
import { type Bid, type SignedBid, signBid } from '../protocol/takeover/bid.ts'
import type { Credentials } from './session.ts'

/** A message as its trader says it: without the account, which is his. */
type Own<Kind> = Kind extends Message ? Omit<Kind, 'account'> : never

/** An order; good until it is cancelled, and not only for reducing, unless that is said. */
export type OrderTerms = Omit<LimitOrder, 'kind' | 'account' | 'timeInForce' | 'reduceOnly'> &
  Partial<Pick<LimitOrder, 'timeInForce' | 'reduceOnly'>>

/** Lots of an asset that leave the account. */
export type Payment = Pick<CashMessage, 'asset' | 'amount' | 'nonce' | 'expiry'>

/**
 * Signs what a trader says, with his account's trading key, for one venue. Nonces are his to give: each above all before it, as
 * `nextNonce` of his account says. All throw INPUT_INVALID for what is malformed.
 */
export interface Signer {
  readonly account: number
  order(terms: OrderTerms): SignedBundle
  /** Takes back a resting order; with its side, price and sequence number. */
  cancel(order: Omit<Cancel, 'kind' | 'account'>): SignedBundle
  /** Takes back all resting orders of a market, on one side or both. */
  cancelAll(orders: Omit<CancelAll, 'kind' | 'account'>): SignedBundle
  /** 1 to 8 messages for one market under one signature, included together or not at all. */
  bundle(messages: readonly Own<Message>[]): SignedBundle
  /** Pays the account's owner on the chain. */
  withdraw(payment: Payment): SignedCashMessage
  /** Pays another account of the same owner. */
  transfer(payment: Payment & { readonly to: number }): SignedCashMessage
  /** Offers to take over a flagged account. */
  bid(bid: Omit<Bid, 'bidder'>): SignedBid
}

/**
 * A signer with the key of an account; the key stays in it.
 *
 * @example
 * const trader = signerOf({ account: 7, privateKey, domain })
 * const order = trader.order({ market: 0, side: 'buy', price: 3_000_000n, size: 10n, expiry: 1_700_000_600n, nonce: 1n })
 * await venue.send([{ ...order, clientOrderId: 'first' }])
 */
export function signerOf({ account, privateKey, domain }: Credentials): Signer {
  const bundle: Signer['bundle'] = (messages) =>
    signBundle(
      messages.map((message) => ({ ...message, account }) as Message),
      domain,
      privateKey,
    )
  const pay = (kind: CashMessage['kind'], counterAccount: number, { asset, amount, nonce, expiry }: Payment) =>
    signCashMessage({ kind, account, counterAccount, asset, amount, nonce, expiry }, domain, privateKey)
  return {
    ...{ account, bundle },
    order: (terms) => bundle([{ kind: 'order', timeInForce: 'GTC', reduceOnly: false, ...terms }]),
    cancel: (order) => bundle([{ kind: 'cancel', ...order }]),
    cancelAll: (orders) => bundle([{ kind: 'cancel-all', ...orders }]),
    withdraw: (payment) => pay('WITHDRAW', 0, payment),
    transfer: ({ to, ...payment }) => pay('TRANSFER_OUT', to, payment),
    bid: (bid) => signBid({ ...bid, bidder: account }, domain, privateKey),
  }
}

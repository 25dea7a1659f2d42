import { SMALL } from '../../../../lab/instances/model.ts'
import { type Account, ownerCommitment, viewCommitment } from '../../../../protocol/account.ts'
import type { SignedBundle } from '../../../../protocol/bundle.ts'
import { type CashMessage, packCashMessage, type SignedCashMessage } from '../../../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../../../protocol/cash-batch/sign.ts'
import { type Message, packMessage } from '../../../../protocol/message.ts'
import { isSignatureValid, keyToRegister, signBundle, tradingKey } from '../../../../protocol/signature.ts'
import { type Bid, type SignedBid, signBid } from '../../../../protocol/takeover/bid.ts'

export const DOMAIN = 77n
/** The house, four who trade from the start, and those that the queue registers. */
export const TRADERS = [1, 2, 3, 4] as const
export const NEWCOMERS = [5, 6] as const

/** Two keys of all accounts: the one that they begin with, and the one that they rotate to and from. */
const SECRETS = [7, 8].map((fill) => new Uint8Array(32).fill(fill))
export const KEYS = SECRETS.map(tradingKey)
export const POINTS = KEYS.map(keyToRegister)
export const OWNER = ownerCommitment(99n)
export const ADDRESS = `0x${'11'.repeat(20)}`

export const viewKeyOf = (account: number) => BigInt(1000 + account)
export const commitmentOf = (account: number) => viewCommitment(viewKeyOf(account))

export function newTrader(cash: bigint): Account {
  return {
    ...{ tradingKey: KEYS[0]!, ownerCommitment: OWNER, viewKey: 1n, flaggedAt: 0n, suspended: false, nonce: 0n },
    collateral: [cash, 50n],
    positions: Array.from({ length: SMALL.markets }, () => ({ size: 0n, fundingIndex: 0n, openBuy: 0n, openSell: 0n })),
  }
}

const bids = new Map<string, SignedBid>()
const bundles = new Map<string, SignedBundle>()
const cash = new Map<string, SignedCashMessage>()
const held = new Map<string, boolean>()

/** Signed with that of the two keys. Signing costs most of a schedule, so what was signed before is taken again. */
export function signedWith(key: number, messages: readonly Message[]): SignedBundle {
  const name = `${key}:${messages.map(packMessage).join()}`
  const known = bundles.get(name) ?? signBundle(messages, DOMAIN, SECRETS[key]!)
  bundles.set(name, known)
  return known
}

export function cashSignedWith(key: number, message: CashMessage): SignedCashMessage {
  const name = `${key}:${packCashMessage(message)}`
  const known = cash.get(name) ?? signCashMessage(message, DOMAIN, SECRETS[key]!)
  cash.set(name, known)
  return known
}

/** Signed with the first of the two keys, unless another is given. */
export function bidOf(bid: Bid, key = 0): SignedBid {
  const name = [key, ...Object.values(bid)].join()
  const known = bids.get(name) ?? signBid(bid, DOMAIN, SECRETS[key]!)
  bids.set(name, known)
  return known
}

/** Whether the signature holds under the key: the whole check, but once for each. */
export function holds(bundle: SignedBundle, key: Account['tradingKey']): boolean {
  const name = `${key.x}:${bundle.signature.S}:${bundle.signature.R8x}:${bundle.messages.map(packMessage).join()}`
  const known = held.get(name) ?? isSignatureValid(bundle, DOMAIN, key)
  held.set(name, known)
  return known
}

import { SMALL } from '../../../../lab/instances/model.ts'
import { type Account, ownerCommitment, viewCommitment } from '../../../../protocol/account.ts'
import { hashBundle, type SignedBundle } from '../../../../protocol/bundle.ts'
import { type CashMessage, hashCashMessage, type SignedCashMessage } from '../../../../protocol/cash-batch/operation.ts'
import type { Message } from '../../../../protocol/message.ts'
import { isSignatureValid, keyToRegister } from '../../../../protocol/signature.ts'
import { type Bid, hashBid, type SignedBid } from '../../../../protocol/takeover/bid.ts'
import { QuickKey } from './quick-key.ts'

export const DOMAIN = 77n
/** The house, four who trade from the start, and those that the queue registers. */
export const TRADERS = [1, 2, 3, 4] as const
export const NEWCOMERS = [5, 6] as const

/** Two keys of all accounts: the one that they begin with, and the one that they rotate to and from. */
const PAIRS = [7n, 8n].map((seed) => new QuickKey(seed << 240n))
export const KEYS = PAIRS.map(({ point }) => point)
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

/** Signed with that of the two keys. */
export function signedWith(key: number, messages: readonly Message[]): SignedBundle {
  return { messages, signature: PAIRS[key]!.sign(hashBundle(messages, DOMAIN)) }
}

export function cashSignedWith(key: number, message: CashMessage): SignedCashMessage {
  return { message, signature: PAIRS[key]!.sign(hashCashMessage(message, DOMAIN)) }
}

/** Signed with the first of the two keys, unless another is given. */
export function bidOf(bid: Bid, key = 0): SignedBid {
  return { bid, signature: PAIRS[key]!.sign(hashBid(bid, DOMAIN)) }
}

const held = new WeakMap<SignedBundle, Map<bigint, boolean>>()

/** Whether the signature holds under the key: the whole check, but once for each. */
export function holds(bundle: SignedBundle, key: Account['tradingKey']): boolean {
  const known = held.get(bundle) ?? new Map<bigint, boolean>()
  held.set(bundle, known)
  const answer = known.get(key.x) ?? isSignatureValid(bundle, DOMAIN, key)
  known.set(key.x, answer)
  return answer
}

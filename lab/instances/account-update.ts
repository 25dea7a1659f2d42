import type { CircuitInput } from '../../circuits/types.ts'
import type { AccountUpdate } from '../../protocol/account-update.ts'
import { toField } from '../../protocol/numbers.ts'

export const UPDATE_SHAPES = {
  enabled: [],
  viewKey: [],
  leaf: [],
  market: [],
  nonce: [],
  cash: [],
  position: [4],
} as const
export const VIEW_KEY = 0x9e3779b97f4a7c15f39cc0605cedc834n
/** A leaf as good as any: the circuit takes what it is given. */
export const LEAF = 1234567890123456789n

/** The input of a circuit that encrypts the update of one slot. */
export function updateInput(update: AccountUpdate, { leaf = LEAF, enabled = 1n } = {}): CircuitInput {
  const { market, nonce, cash, position } = update
  const { size, fundingIndex, openBuy, openSell } = position
  return {
    ...{ enabled, viewKey: VIEW_KEY, leaf, market: BigInt(market), nonce, cash: toField(cash) },
    position: [size, fundingIndex, openBuy, openSell].map(toField),
  }
}

/** Updates at the ends of every field, by what is at its end. */
export function extremeUpdates(): Readonly<Record<string, AccountUpdate>> {
  const position = { size: 0n, fundingIndex: 0n, openBuy: 0n, openSell: 0n }
  const none: AccountUpdate = { market: 0, nonce: 0n, cash: 0n, position }
  const of = (change: Partial<AccountUpdate['position']>) => ({ ...none, position: { ...position, ...change } })
  const lots = 1n << 56n
  const funding = 1n << 64n
  const cash = 1n << 80n
  const least = { size: -lots, fundingIndex: -funding, openBuy: 0n, openSell: 0n }
  const most = { size: lots - 1n, fundingIndex: funding - 1n, openBuy: lots - 1n, openSell: lots - 1n }
  return {
    nothing: none,
    'the last market': { ...none, market: 255 },
    'the last nonce': { ...none, nonce: (1n << 64n) - 1n },
    'least cash': { ...none, cash: -cash },
    'most cash': { ...none, cash: cash - 1n },
    'the largest short position': of({ size: 1n - lots }),
    'the largest long position': of({ size: lots - 1n }),
    'least funding': of({ fundingIndex: 1n - funding }),
    'most funding': of({ fundingIndex: funding - 1n }),
    'most open bids': of({ openBuy: lots - 1n }),
    'most open asks': of({ openSell: lots - 1n }),
    'the least of all': { market: 0, nonce: 0n, cash: -cash, position: least },
    'the most of all': { market: 255, nonce: (1n << 64n) - 1n, cash: cash - 1n, position: most },
  }
}

import { type Account, hashAccount, hasOpenLots, viewCommitment } from '../account.ts'
import { newcomer } from '../cash-batch/apply.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { expired, unpackSettlement } from '../cash-batch/expire.ts'
import { type CashSlotData, unpackAmounts } from '../cash-batch/slot-words.ts'
import { withdrawn } from '../cash-batch/withdrawal.ts'
import type { CashData } from '../cash-batch/words.ts'
import { bankruptAfter, counterpartyAfter } from '../deleverage/close.ts'
import type { DeleveragingData } from '../deleverage/words.ts'
import { decryptUpdate } from '../encryption.ts'
import { ZkclearError } from '../errors.ts'
import { type Portfolio, packPortfolio, portfolioOf } from '../portfolio.ts'
import type { VenueShape } from '../shape.ts'
import { registeredKey } from '../signature.ts'
import { bidderAfter, houseAfter, victimAfter, withFunding } from '../takeover/pass.ts'
import type { TakeoverData } from '../takeover/words.ts'
import type { TradeData } from '../trade-batch/words.ts'

/** An account that is followed, by those who have its view key. */
export interface Followed {
  readonly index: number
  readonly viewKey: bigint
}

/**
 * The account after a trade batch; undefined while it is not registered. Throws INPUT_INVALID if it does not come out as
 * published.
 */
export function followTrade(
  before: Account | undefined,
  { accounts }: TradeData,
  { index, viewKey }: Followed,
): Account | undefined {
  const published = accounts.find((one) => one.index === index)
  if (published === undefined) return before
  return decryptUpdate(viewKey, registered(before), published.leaf, published.update).account
}

/** The account after a cash batch, likewise. */
export function followCash(
  before: Account | undefined,
  { slots, portfolio, sweep, timestamp }: CashData,
  followed: Followed,
  shape: VenueShape,
): Account | undefined {
  const { index } = followed
  let account = before
  for (const slot of slots) {
    if (slot.kind === 'NONE' || slot.account !== index) continue
    account =
      slot.kind === 'REGISTER'
        ? registration(slot, account, shape)
        : afterSlot(registered(account), slot, followed, timestamp)
    atLeaf(account, slot.leaf)
    if (slot.kind === 'FLAG') requirePortfolio(account, portfolio, 'its flag')
  }
  if (sweep === undefined || index !== HOUSE) return account
  return atLeaf(withdrawn(registered(account), 0, -sweep.amount), sweep.houseLeaf)
}

/** The account after a takeover, likewise: that of the victim, the bidder, or the house where it paid. */
export function followTakeover(
  before: Account | undefined,
  { victim, bidder, nonce, price, portfolio, victimLeaf, bidderLeaf, houseLeaf }: TakeoverData,
  { index }: Followed,
): Account | undefined {
  if (index === victim) {
    const indices = portfolio.positions.map(({ fundingIndex }) => fundingIndex)
    requirePortfolio(withFunding(registered(before), indices), portfolio, 'its takeover')
    return atLeaf(victimAfter(registered(before), portfolio, price), victimLeaf)
  }
  if (index === bidder) return atLeaf(bidderAfter(registered(before), portfolio, { price, nonce }), bidderLeaf)
  if (index === HOUSE && houseLeaf !== 0n) return atLeaf(houseAfter(registered(before), price), houseLeaf)
  return before
}

/** The account after a deleveraging, likewise: that of the victim or the counterparty. */
export function followDeleveraging(
  before: Account | undefined,
  { victim, counterparty, victimLeaf, counterpartyLeaf, ...terms }: DeleveragingData,
  { index }: Followed,
): Account | undefined {
  if (index === victim) return atLeaf(bankruptAfter(registered(before), terms), victimLeaf)
  if (index === counterparty) return atLeaf(counterpartyAfter(registered(before), terms), counterpartyLeaf)
  return before
}

function registration({ a, b, c }: CashSlotData, before: Account | undefined, shape: VenueShape): Account {
  if (before !== undefined) refuse('it is registered a second time')
  return newcomer({ key: { x: a, y: b }, ownerCommitment: c }, shape)
}

/** What a slot makes of its account, from its words alone (protocol.md#cash-words). */
function afterSlot(
  account: Account,
  { kind, asset, a, b }: CashSlotData,
  { viewKey }: Followed,
  timestamp: bigint,
): Account {
  const cured = b === 1n ? { ...account, flaggedAt: 0n } : account
  switch (kind) {
    case 'ROTATE':
      return { ...account, tradingKey: registeredKey({ x: a, y: b }) }
    case 'SUSPEND':
      return { ...account, suspended: true }
    case 'RESUME':
      return { ...account, suspended: account.suspended && hasOpenLots(account) }
    case 'VIEW': {
      if (viewCommitment(viewKey) === a) return { ...account, viewKey }
      return refuse('the view key is not the one that its owner registered', 'VIEW_KEY')
    }
    case 'CURE':
      return cured
    case 'FLAG':
      return { ...account, flaggedAt: timestamp }
    case 'EXPIRE':
      return expired(account, unpackSettlement(a))
    case 'DEPOSIT':
      return withdrawn(cured, asset, -unpackAmounts(a).requested)
    case 'TRANSFER_IN':
      return withdrawn(account, asset, -unpackAmounts(a).requested)
    case 'FORCED':
      return withdrawn(account, asset, unpackAmounts(a).paid)
    case 'WITHDRAW':
    case 'TRANSFER_OUT':
      return { ...withdrawn(account, asset, unpackAmounts(a).paid), nonce: b }
    case 'REGISTER':
    case 'NONE':
      throw new Error(`${kind} changes no account that is there`)
  }
}

function registered(account: Account | undefined): Account {
  return account ?? refuse('no batch before this one registered it')
}

function requirePortfolio(account: Account, published: Portfolio | undefined, by: string): void {
  const own = packPortfolio(portfolioOf(account))
  if (published === undefined || packPortfolio(published).some((word, i) => word !== own[i])) {
    refuse(`what ${by} publishes is not what it holds`)
  }
}

function atLeaf(account: Account, leaf: bigint): Account {
  if (hashAccount(account) !== leaf) refuse('its leaf is another than what the words make of it')
  return account
}

function refuse(message: string, reason?: string): never {
  throw new ZkclearError('INPUT_INVALID', message, reason === undefined ? {} : { details: { reason } })
}

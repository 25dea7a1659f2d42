import { positionDigests, statusWord } from '../../protocol/account.ts'
import { packHand } from '../../protocol/book.ts'
import { type CashBatch, HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashBatchSizes, CashSlot } from '../../protocol/cash-batch/slot.ts'
import { unpackAmounts } from '../../protocol/cash-batch/slot-words.ts'
import { cashData } from '../../protocol/cash-batch/words.ts'
import { isScalar } from '../../protocol/crypto/eddsa.ts'
import { toField } from '../../protocol/numbers.ts'
import { CASH_KINDS, TOP_LEVELS } from '../../protocol/parameters.ts'
import { riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { EMPTY_SLOT } from '../../protocol/slot.ts'
import { childrenBelowTop } from '../../protocol/tree.ts'
import { windowsOf } from '../lib/fixed-base-windows.ts'
import { accountsInput, unusedAccount, unusedPath } from '../state/account-input.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput } from '../types.ts'
import { hintsOf } from './hints.ts'
import { type CashBatchStatement, cashBatchCodec } from './statement.ts'

/** The venue's shape and the batch's sizes together: what CashBatch's arguments are made of. */
export type CashSizes = VenueShape & CashBatchSizes

/** All inputs of CashBatch for a transition; the statement is the one that the transition proves, or a forged one. */
export function cashBatchInput(statement: CashBatchStatement, transition: CashBatch, sizes: CashSizes): CircuitInput {
  const { domain, timestamp, riskRoot } = statement
  const { riskTable } = transition.context
  const words = riskTable && riskTableWords(riskTable).map(toField)
  return {
    ...signalInputs(cashBatchCodec, statement),
    ...{ domain, timestamp, riskRoot },
    riskWords: words ?? new Array<bigint>(riskTableLength(sizes)).fill(0n),
    ...operationInputs(transition),
    ...accountInputs(transition, sizes),
    ...sweepInputs(transition, sizes),
  }
}

function operationInputs(transition: CashBatch): CircuitInput {
  const slots = cashData(transition).slots.map((data, n) => ({ data, done: transition.slots[n] }))
  const amounts = slots.map(({ data, done }) => unpackAmounts(done !== undefined && movesLots(done) ? data.a : 0n))
  // Windows of any scalar do where nothing is signed, and for a signature that does not hold.
  const signatures = slots.map(({ done }) => signedIn(done)?.signature ?? { R8x: 0n, R8y: 0n, S: 1n })
  const points = slots.map(({ done }) => pointOf(done))
  return {
    kind: slots.map(({ data }) => BigInt(CASH_KINDS[data.kind])),
    account: slots.map(({ data }) => BigInt(data.account)),
    asset: slots.map(({ data }) => BigInt(data.asset)),
    requested: amounts.map(({ requested }) => requested),
    paid: amounts.map(({ paid }) => paid),
    available: amounts.map(({ available }) => available),
    messageNonce: slots.map(({ done }) => signedIn(done)?.message.nonce ?? 0n),
    expiry: slots.map(({ done }) => signedIn(done)?.message.expiry ?? 0n),
    signatureR8x: signatures.map(({ R8x }) => R8x),
    signatureR8y: signatures.map(({ R8y }) => R8y),
    signatureWindow: signatures.map(({ S }) => windowsOf(isScalar(S) ? S : 1n)),
    pointX: points.map(({ x }) => x),
    pointY: points.map(({ y }) => y),
    newViewKey: slots.map(({ done }) => viewKeyOf(done)),
    expiring: slots.map(({ done }) => marketOf(done)),
    cured: slots.map(({ done }) => (done?.cured ? 1n : 0n)),
  }
}

function movesLots({ operation }: CashSlot): boolean {
  return 'message' in operation || operation.kind === 'DEPOSIT' || operation.kind === 'FORCED'
}

/** What the account of the slot signed. */
function signedIn(slot: CashSlot | undefined) {
  if (slot === undefined || slot.kind === 'TRANSFER_IN') return undefined
  return 'message' in slot.operation ? slot.operation : undefined
}

function pointOf(slot: CashSlot | undefined) {
  return slot !== undefined && 'key' in slot.operation ? slot.operation.key : { x: 0n, y: 1n }
}

function marketOf(slot: CashSlot | undefined): bigint {
  return slot !== undefined && 'market' in slot.operation ? BigInt(slot.operation.market) : 0n
}

function viewKeyOf(slot: CashSlot | undefined): bigint {
  return slot !== undefined && 'viewKey' in slot.operation ? slot.operation.viewKey : 0n
}

function accountInputs(transition: CashBatch, sizes: CashSizes): CircuitInput {
  const { before, slots, context } = transition
  let tree = before.accounts
  const opened = slots.map((slot) => {
    const account = slot.before ?? { ...unusedAccount(sizes), ownerCommitment: slot.after.ownerCommitment }
    const children = tree.path(slot.account, TOP_LEVELS).children
    tree = tree.set(slot.account, slot.after)
    return { account, children, hints: hintsOf(slot, context.riskTable) }
  })
  const unused = unusedAccount(sizes)
  const filler = {
    account: unused,
    children: childrenBelowTop(unusedPath(sizes)),
    hints: { worstLoss: 0n, scenario: 0n },
  }
  const entries = [...opened, ...new Array<typeof filler>(sizes.slots - opened.length).fill(filler)]
  return {
    accountNodes: before.accounts.row(TOP_LEVELS),
    ...accountsInput(entries.map(({ account }) => account)),
    accountChildren: entries.map(({ children }) => children),
    worstLoss: entries.map(({ hints }) => toField(hints.worstLoss)),
    scenario: entries.map(({ hints }) => hints.scenario),
  }
}

/** What the sweep opens; where there is none, the first market's book, and a house in a tree of its own. */
function sweepInputs({ before, slots, sweep }: CashBatch, sizes: CashSizes): CircuitInput {
  const market = sweep?.market ?? 0
  const book = before.books.get(market)!
  const pad = (window: readonly bigint[]) => [
    ...window,
    ...new Array<bigint>(sizes.window - window.length).fill(EMPTY_SLOT),
  ]
  const accounts = slots.reduce((tree, { account, after }) => tree.set(account, after), before.accounts)
  const house = sweep === undefined ? unusedAccount(sizes) : accounts.get(HOUSE)!
  return {
    openInterest: before.openInterest,
    booksRoot: before.books.root,
    sweeps: sweep === undefined ? 0n : 1n,
    retires: sweep?.retires ? 1n : 0n,
    market: BigInt(market),
    bids: pad(book.bids),
    asks: pad(book.asks),
    nextSequence: book.nextSequence,
    fees: book.fees,
    messageChain: book.messageChain,
    hand: packHand(book.hand),
    salt: book.salt,
    bookChildren: before.books.path(market).children,
    houseKeyX: house.tradingKey.x,
    houseKeyY: house.tradingKey.y,
    houseOwnerCommitment: house.ownerCommitment,
    houseViewKey: house.viewKey,
    houseStatus: statusWord(house),
    houseNonce: house.nonce,
    houseCollateral: house.collateral.map(toField),
    houseGroups: positionDigests(house),
    houseChildren: childrenBelowTop(sweep === undefined ? unusedPath(sizes) : accounts.path(HOUSE).children),
  }
}

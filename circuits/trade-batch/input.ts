import type { Account } from '../../protocol/account.ts'
import { packHand } from '../../protocol/book.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { isScalar } from '../../protocol/crypto/eddsa.ts'
import { overLots, worstLoss } from '../../protocol/margin.ts'
import { packMessage } from '../../protocol/message.ts'
import { toField } from '../../protocol/numbers.ts'
import { riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { EMPTY_SLOT } from '../../protocol/slot.ts'
import { bookLevels } from '../../protocol/state.ts'
import type { TradeBatch, TradeBatchContext, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { WINDOWS, windowsOf } from '../lib/fixed-base-windows.ts'
import { accountsInput, ownTree, unusedAccount } from '../state/account-input.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { type TradeBatchStatement, tradeBatchCodec } from './statement.ts'

/** The venue's shape and the batch's sizes together: what TradeBatch's arguments are made of. */
type Sizes = VenueShape & TradeBatchSizes

/** Shapes of TradeBatch's inputs. */
export function tradeBatchShapes(sizes: Sizes): Record<string, InputShape> {
  const { markets: M, collaterals: K, accountLevels, window: W, messages: N, steps, accounts: T } = sizes
  return {
    dataCommitment: [],
    dataChallenge: [],
    dataValue: [],
    domain: [],
    timestamp: [],
    riskRoot: [],
    closingOnly: [],
    riskWords: [riskTableLength(sizes)],
    market: [],
    bids: [W],
    asks: [W],
    nextSequence: [],
    fees: [],
    messageChain: [],
    hand: [],
    salt: [],
    newSalt: [],
    bookChildren: [bookLevels(sizes), 4],
    openInterest: [M],
    messageWord: [N],
    signatureR8x: [N],
    signatureR8y: [N],
    signatureWindow: [N, WINDOWS + 1, 2],
    signer: [N],
    accountsRoot: [],
    index: [T],
    keyX: [T],
    keyY: [T],
    ownerCommitment: [T],
    viewKey: [T],
    status: [T],
    nonce: [T],
    collateral: [T, K],
    size: [T, M],
    fundingIndex: [T, M],
    openBuy: [T, M],
    openSell: [T, M],
    accountChildren: [T, accountLevels, 4],
    idle: [steps],
    place: [steps],
    actor: [steps],
    victim: [steps],
    closing: [T],
    scenario: [T],
    wasLarge: [T],
    worstLoss: [T],
  }
}

/** All inputs of TradeBatch for a transition; the statement is the one that the transition proves, or a forged one. */
export function tradeBatchInput(statement: TradeBatchStatement, transition: TradeBatch, sizes: Sizes): CircuitInput {
  const { context, before } = transition
  const book = before.books.get(context.market)!
  const pad = (window: readonly bigint[]) => fill(window, sizes.window, EMPTY_SLOT)
  const { domain, timestamp, riskRoot } = statement
  return {
    ...signalInputs(tradeBatchCodec, statement),
    ...{ domain, timestamp, riskRoot },
    closingOnly: context.closingOnly ? 1n : 0n,
    riskWords: riskTableWords(context.riskTable).map(toField),
    market: BigInt(context.market),
    bids: pad(book.bids),
    asks: pad(book.asks),
    nextSequence: book.nextSequence,
    fees: book.fees,
    messageChain: book.messageChain,
    hand: packHand(book.hand),
    salt: book.salt,
    newSalt: transition.after.books.get(context.market)!.salt,
    bookChildren: before.books.path(context.market).children,
    openInterest: before.openInterest,
    accountsRoot: before.accounts.root,
    ...messageInputs(transition, sizes),
    ...accountInputs(transition, sizes),
    ...stepInputs(transition, sizes),
  }
}

function messageInputs({ bundles, touched }: TradeBatch, { messages: N }: Sizes): CircuitInput {
  return {
    messageWord: fill(messagesOf({ bundles }).map(packMessage), N, 0n),
    signatureR8x: fill(
      bundles.map(({ signature }) => signature.R8x),
      N,
      0n,
    ),
    signatureR8y: fill(
      bundles.map(({ signature }) => signature.R8y),
      N,
      0n,
    ),
    // windows of any scalar do for an unused slot, and for a signature that does not hold
    signatureWindow: fill(
      bundles.map(({ signature }) => windowsOf(isScalar(signature.S) ? signature.S : 1n)),
      N,
      windowsOf(1n),
    ),
    signer: fill(
      bundles.map(({ messages }) => slotOf(touched, messages[0]!.account)),
      N,
      0n,
    ),
  }
}

function accountInputs({ before, touched, context }: TradeBatch, sizes: Sizes): CircuitInput {
  let tree = before.accounts
  const opened = touched.map(({ index, before: account, after, margin }) => {
    const entry = { index, account, after, margin, children: tree.path(index).children }
    tree = tree.set(index, after)
    return entry
  })
  const unused = unusedAccount(sizes)
  const unusedEntry = {
    index: 0,
    account: unused,
    after: unused,
    margin: undefined,
    children: ownTree(unused, sizes),
  }
  const entries = fill(opened, sizes.accounts, unusedEntry)
  return {
    index: entries.map(({ index }) => BigInt(index)),
    ...accountsInput(entries.map(({ account }) => account)),
    accountChildren: entries.map(({ children }) => children),
    closing: entries.map(({ margin }) => (margin?.rule === 'closing' ? 1n : 0n)),
    scenario: entries.map(({ margin }) => (margin?.rule === 'closing' ? BigInt(margin.scenario) : 0n)),
    wasLarge: entries.map(({ account }) => (isLarge(account, context) ? 1n : 0n)),
    worstLoss: entries.map(({ after }) => toField(worstLoss(after, context.riskTable))),
  }
}

/** Whether the account's position in the batch's market is beyond its largeLots. */
function isLarge({ positions }: Account, { market, riskTable }: TradeBatchContext): boolean {
  return overLots(positions[market]!.size, riskTable.markets[market]!) > 0n
}

function stepInputs({ steps, touched }: TradeBatch, sizes: Sizes): CircuitInput {
  return {
    idle: fill(
      steps.map(() => 0n),
      sizes.steps,
      1n,
    ),
    place: fill(
      steps.map(({ place }) => BigInt(place)),
      sizes.steps,
      0n,
    ),
    actor: fill(
      steps.map(({ actor }) => slotOf(touched, actor.account)),
      sizes.steps,
      0n,
    ),
    victim: fill(
      steps.map(({ victim }) => (victim === undefined ? 0n : slotOf(touched, victim.account))),
      sizes.steps,
      0n,
    ),
  }
}

/** Which of the batch's account slots an account has. */
function slotOf(touched: TradeBatch['touched'], account: number): bigint {
  return BigInt(touched.findIndex(({ index }) => index === account))
}

function fill<T>(values: readonly T[], length: number, filler: T): T[] {
  return [...values, ...new Array<T>(length - values.length).fill(filler)]
}

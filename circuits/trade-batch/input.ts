import { type Account, POSITIONS_PER_GROUP, type Position, positionDigests } from '../../protocol/account.ts'
import { packHand } from '../../protocol/book.ts'
import { messagesOf, needsNoSignature } from '../../protocol/bundle.ts'
import { isScalar } from '../../protocol/crypto/eddsa.ts'
import { overLots, worstLoss } from '../../protocol/margin.ts'
import { packMessage } from '../../protocol/message.ts'
import { toField } from '../../protocol/numbers.ts'
import { BITS, TOP_LEVELS } from '../../protocol/parameters.ts'
import { riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { EMPTY_SLOT } from '../../protocol/slot.ts'
import { bookLevels } from '../../protocol/state.ts'
import { accountSlots, inSlots } from '../../protocol/trade-batch/account-slots.ts'
import type { TradeBatch, TradeBatchContext, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { childrenBelowTop, TOP_NODES } from '../../protocol/tree.ts'
import { WINDOWS, windowsOf } from '../lib/fixed-base-windows.ts'
import { accountsInput, unusedAccount, unusedPath } from '../state/account-input.ts'
import { shapeArgument } from '../state/shape.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { type TradeBatchStatement, tradeBatchCodec } from './statement.ts'

/** The venue's shape and the batch's sizes together: what TradeBatch's arguments are made of. */
type Sizes = VenueShape & TradeBatchSizes

/** TradeBatch's arguments. */
export function tradeBatchArguments(sizes: Sizes) {
  const { messages, signatures, steps, accounts, lightAccounts } = sizes
  return [shapeArgument(sizes), [messages, signatures, steps, accounts, lightAccounts]]
}

/** Shapes of TradeBatch's inputs. */
export function tradeBatchShapes(sizes: Sizes): Record<string, InputShape> {
  const { markets: M, collaterals: K, accountLevels, window: W, messages: N, signatures: G, steps } = sizes
  const { accounts: F, lightAccounts } = sizes
  const T = accountSlots(sizes)
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
    bundleEnd: [G],
    signatureR8x: [G],
    signatureR8y: [G],
    signatureWindow: [G, WINDOWS + 1, 2],
    signer: [G],
    accountNodes: [TOP_NODES],
    index: [T],
    keyX: [T],
    keyY: [T],
    ownerCommitment: [T],
    viewKey: [T],
    status: [T],
    nonce: [T],
    collateral: [T, K],
    size: [F, M],
    fundingIndex: [F, M],
    openBuy: [F, M],
    openSell: [F, M],
    lightSize: [lightAccounts, groupLength(M)],
    lightFundingIndex: [lightAccounts, groupLength(M)],
    lightOpenBuy: [lightAccounts, groupLength(M)],
    lightOpenSell: [lightAccounts, groupLength(M)],
    lightDigests: [lightAccounts, Math.ceil(M / groupLength(M))],
    accountChildren: [T, accountLevels - TOP_LEVELS, 4],
    idle: [steps],
    place: [steps],
    actor: [steps],
    victim: [steps],
    closing: [F],
    scenario: [F],
    wasLarge: [F],
    worstLoss: [F],
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
    accountNodes: before.accounts.row(TOP_LEVELS),
    ...messageInputs(transition, sizes),
    ...accountInputs(transition, sizes),
    ...stepInputs(transition, sizes),
  }
}

function messageInputs(batch: TradeBatch, { messages: N, signatures: G }: Sizes): CircuitInput {
  let past = 0
  const signed = batch.bundles
    .map((bundle) => {
      past += bundle.messages.length
      return { ...bundle, end: BigInt(past - 1), account: bundle.messages[0]!.account }
    })
    .filter((bundle) => !needsNoSignature(bundle))
  const fillSignatures = <T>(of: (bundle: (typeof signed)[number]) => T, filler: T) => fill(signed.map(of), G, filler)
  return {
    messageWord: fill(messagesOf(batch).map(packMessage), N, 0n),
    bundleEnd: fillSignatures(({ end }) => end, BigInt(N)),
    signatureR8x: fillSignatures(({ signature }) => signature.R8x, 0n),
    signatureR8y: fillSignatures(({ signature }) => signature.R8y, 0n),
    // windows of any scalar do for an unused slot, and for a signature that does not hold
    signatureWindow: fillSignatures(({ signature: { S } }) => windowsOf(isScalar(S) ? S : 1n), windowsOf(1n)),
    signer: fillSignatures(({ account }) => slotOf(batch, account), 0n),
  }
}

function accountInputs(batch: TradeBatch, sizes: Sizes): CircuitInput {
  const { before, context } = batch
  let tree = before.accounts
  const opened = inSlots(batch).map(({ index, before: account, after, margin }) => {
    const entry = { index, account, after, margin, children: tree.path(index, TOP_LEVELS).children }
    tree = tree.set(index, after)
    return entry
  })
  const unused = unusedAccount(sizes)
  const unusedEntry = {
    index: 0,
    account: unused,
    after: unused,
    margin: undefined,
    children: childrenBelowTop(unusedPath(sizes)),
  }
  const entries = fill(opened, accountSlots(sizes), unusedEntry)
  const full = entries.slice(0, sizes.accounts)
  const { size, fundingIndex, openBuy, openSell, ...leaves } = accountsInput(entries.map(({ account }) => account))
  const ofFull = (rows: CircuitInput[string]) => (rows as readonly CircuitInput[string][]).slice(0, sizes.accounts)
  return {
    index: entries.map(({ index }) => BigInt(index)),
    ...leaves,
    ...{ size: ofFull(size!), fundingIndex: ofFull(fundingIndex!) },
    ...{ openBuy: ofFull(openBuy!), openSell: ofFull(openSell!) },
    ...lightInputs(
      entries.slice(sizes.accounts).map(({ account }) => account),
      context.market,
    ),
    accountChildren: entries.map(({ children }) => children),
    closing: full.map(({ margin }) => (margin?.rule === 'closing' ? 1n : 0n)),
    scenario: full.map(({ margin }) => (margin?.rule === 'closing' ? BigInt(margin.scenario) : 0n)),
    wasLarge: full.map(({ account }) => (isLarge(account, context) ? 1n : 0n)),
    worstLoss: full.map(({ after }) => comparableLoss(worstLoss(after, context.riskTable))),
  }
}

/** A worst loss that does not fit is asked of nobody: an account that has it loaded no order with effect (protocol.md#loss-spread). */
function comparableLoss(worst: bigint): bigint {
  return worst < 1n << BigInt(BITS.lossSpread) ? worst : 0n
}

/** What light slots open of positions: those of the market's group, and the digests of all groups. */
function lightInputs(accounts: readonly Account[], market: number): CircuitInput {
  const groups = accounts.map(({ positions }) => {
    const length = groupLength(positions.length)
    const start = market - (market % length)
    return positions.slice(start, start + length)
  })
  const numbers = (name: keyof Position) => groups.map((group) => group.map((position) => toField(position[name])))
  return {
    lightSize: numbers('size'),
    lightFundingIndex: numbers('fundingIndex'),
    lightOpenBuy: numbers('openBuy'),
    lightOpenSell: numbers('openSell'),
    lightDigests: accounts.map(positionDigests),
  }
}

/** Positions that are hashed together, in a venue of so many markets. */
function groupLength(markets: number): number {
  return Math.min(markets, POSITIONS_PER_GROUP)
}

/** Whether the account's position in the batch's market is beyond its largeLots. */
function isLarge({ positions }: Account, { market, riskTable }: TradeBatchContext): boolean {
  return overLots(positions[market]!.size, riskTable.markets[market]!) > 0n
}

function stepInputs(batch: TradeBatch, sizes: Sizes): CircuitInput {
  const { steps } = batch
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
      steps.map(({ actor }) => slotOf(batch, actor.account)),
      sizes.steps,
      0n,
    ),
    victim: fill(
      steps.map(({ victim }) => (victim === undefined ? 0n : slotOf(batch, victim.account))),
      sizes.steps,
      0n,
    ),
  }
}

/** Which of the batch's account slots an account has. */
function slotOf(batch: TradeBatch, account: number): bigint {
  return BigInt(inSlots(batch).findIndex(({ index }) => index === account))
}

function fill<T>(values: readonly T[], length: number, filler: T): T[] {
  return [...values, ...new Array<T>(length - values.length).fill(filler)]
}

import { type Account, isBarred, isCollateral, type TradingKey } from '../account.ts'
import { type Book, isOrderInHand } from '../book.ts'
import { messagesOf, needsNoSignature, type SignedBundle } from '../bundle.ts'
import { ZkclearError } from '../errors.ts'
import { poseidon } from '../hash.ts'
import { isUnsigned, type Message, packMessage } from '../message.ts'
import { isSignatureValid } from '../signature.ts'
import { accountAt, type State } from '../state.ts'
import { fitSlots } from './account-slots.ts'
import { closingBreaches, lossesAreComparable, type MarginEvidence, marginEvidence } from './margin-rule.ts'
import { type AccountDelta, forcedStep, type StepEffect, type StepKind } from './matching.ts'
import { refusal } from './refusal.ts'
import type { TradeBatch, TradeBatchAccount, TradeBatchContext } from './trade-batch.ts'

/** What stands for the position of an account that is not known. */
const FLAT = { size: 0n, openBuy: 0n, openSell: 0n }

/** What loading a message can come to that protocol.md#rule-margin does not ask about. */
const ASKS_NO_MARGIN: ReadonlySet<StepKind> = new Set(['no-effect', 'cancelled', 'cancel-missed'])

/** Checks that a caller may leave out when it has made them already, or when it only studies matching. */
export interface TradeBatchUnchecked {
  /** false: signatures are not looked at. */
  readonly signatures: boolean
  /** false: messageChain stays as it is, so that no hash is computed. */
  readonly messageChain: boolean
}

/**
 * Applies a trade batch (protocol.md#trade-batch): bundles of messages for one market, in order, and as many forced steps as its
 * sizes allow. The state is not changed; the result holds the new one. Throws MESSAGE_REFUSED for a bundle that no batch may
 * include now, BATCH_UNPROVABLE where the bundles do not fit its sizes or an account lacks margin.
 *
 * @example
 * const context = { sizes: TRADE_BATCH_SIZES.small, market: 0, timestamp: 1_700_000_000n, domain, riskTable }
 * const { after } = applyTradeBatch(state, [bundle], context)
 */
export function applyTradeBatch(
  state: State,
  bundles: readonly SignedBundle[],
  context: TradeBatchContext,
): TradeBatch {
  return applyTradeBatchUnchecked(state, bundles, context, { signatures: true, messageChain: true })
}

/** {@link applyTradeBatch} without some of its checks. */
export function applyTradeBatchUnchecked(
  state: State,
  bundles: readonly SignedBundle[],
  context: TradeBatchContext,
  options: TradeBatchUnchecked,
): TradeBatch {
  let batch = TradeBatchInProgress.begin(state, context, options)
  for (const bundle of bundles) batch = batch.with(bundle)
  return batch.finish()
}

/** Working copy of an account that the batch touched. */
interface Entry {
  readonly before: Account
  after: Account
  /** A message of it was loaded, or its order was in hand while a step ran. */
  acted: boolean
  /** It loaded an order with effect. */
  ordered: boolean
  /** An order of it came to rest. */
  rested: boolean
  /** What {@link TradeBatchInProgress} has of it among its accounts. */
  written: Account
  /** What it showed when the batch was looked at last, and of what that is the evidence: most accounts stay as they are meanwhile. */
  shown?: { readonly after: Account; readonly leavesOrder: boolean; readonly evidence: MarginEvidence }
}

/**
 * A batch that more bundles may join: what {@link applyTradeBatch} goes through, bundle by bundle. {@link with} gives another
 * and leaves this one as it is, so that a bundle which does not fit as a whole costs nothing.
 */
export class TradeBatchInProgress {
  readonly #state: State
  readonly #context: TradeBatchContext
  readonly #options: TradeBatchUnchecked
  readonly #bundles: SignedBundle[] = []
  readonly #steps: StepEffect[] = []
  readonly #touched = new Map<number, Entry>()
  readonly #oldBook: Book
  #book: Book
  #openInterest: bigint
  /** Those of the state, with what touched ones were when the batch was looked at last: most stay as they are meanwhile. */
  #accounts: State['accounts']

  private constructor(state: State, context: TradeBatchContext, options: TradeBatchUnchecked) {
    this.#state = state
    this.#context = context
    this.#options = options
    const book = context.market < state.shape.markets ? state.books.get(context.market) : undefined
    if (book === undefined) {
      throw new ZkclearError('INPUT_INVALID', `no market ${context.market}; there are ${state.shape.markets}`)
    }
    this.#oldBook = book
    this.#book = book
    this.#openInterest = state.openInterest[context.market]!
    this.#accounts = state.accounts
  }

  /** A batch without bundles: it goes on with the order in hand, if the book has one. */
  static begin(state: State, context: TradeBatchContext, options: TradeBatchUnchecked): TradeBatchInProgress {
    const batch = new TradeBatchInProgress(state, context, options)
    batch.#run(undefined)
    return batch
  }

  /**
   * Loads the messages of a bundle, each when no order is in hand any more, and works on the last one's until none is or the
   * batch's bounds end it. Throws MESSAGE_REFUSED or BATCH_UNPROVABLE.
   */
  with(bundle: SignedBundle): TradeBatchInProgress {
    const next = new TradeBatchInProgress(this.#state, this.#context, this.#options)
    next.#bundles.push(...this.#bundles)
    next.#steps.push(...this.#steps)
    for (const [index, entry] of this.#touched) next.#touched.set(index, { ...entry })
    next.#book = this.#book
    next.#openInterest = this.#openInterest
    next.#accounts = this.#accounts
    next.#offer(bundle)
    return next
  }

  #offer(bundle: SignedBundle): void {
    const account = bundle.messages.length === 0 ? undefined : this.#account(bundle.messages[0]!.account)
    const { domain } = this.#context
    const isSignedBy = this.#options.signatures ? (key: TradingKey) => isSignatureValid(bundle, domain, key) : undefined
    const reason = refusal(bundle, account, { ...this.#context, book: this.#book }, isSignedBy)
    if (reason !== undefined) {
      throw new ZkclearError('MESSAGE_REFUSED', `bundle ${this.#bundles.length} cannot be included: ${reason}`, {
        details: { reason, bundle: this.#bundles.length },
      })
    }
    this.#bundles.push(bundle)
    this.#fit()
    for (const message of bundle.messages) {
      if (this.#book.hand !== undefined) unprovable('STEPS', 'an earlier order is still in hand when the batch ends')
      if (!this.#run(message)) unprovable('STEPS', 'no step or account slot is left for the message')
    }
  }

  #fit(): void {
    const { messages: most, signatures } = this.#context.sizes
    const messages = messagesOf({ bundles: this.#bundles }).length
    const signed = this.#bundles.filter((bundle) => !needsNoSignature(bundle)).length
    if (messages > most) unprovable('MESSAGES', `${messages} messages; a batch has ${most}`)
    if (signed > signatures) unprovable('SIGNATURES', `${signed} signed bundles; a batch has ${signatures}`)
  }

  finish(): TradeBatch {
    const { market } = this.#context
    const { hand } = this.#book
    if (hand !== undefined && isOrderInHand(hand) && isBarred(this.#owner(hand.account))) {
      unprovable('STEPS', 'an order of a barred account is still in hand when the batch ends')
    }
    const touched: TradeBatchAccount[] = []
    for (const [index, entry] of [...this.#touched].sort(([a], [b]) => a - b)) {
      const { before, after, acted } = entry
      const margin = entry.ordered ? this.#margin(index, entry) : undefined
      if (!isCollateral(0, after.collateral[0]!)) unprovable('CASH_WIDTH', `account ${index}'s cash leaves its width`)
      touched.push({ index, before, after, acted, margin })
    }
    const books = this.#book === this.#oldBook ? this.#state.books : this.#state.books.set(market, this.#salted())
    return {
      context: this.#context,
      before: this.#state,
      after: {
        ...this.#state,
        accounts: this.#written(),
        books,
        openInterest: this.#state.openInterest.with(market, this.#openInterest),
      },
      bundles: this.#bundles,
      steps: this.#steps,
      touched,
    }
  }

  #written(): State['accounts'] {
    const changed = [...this.#touched].filter(([, { after, written }]) => after !== written)
    this.#accounts = this.#accounts.setAll(changed.map(([index, { after }]) => [index, after]))
    for (const [, entry] of changed) entry.written = entry.after
    return this.#accounts
  }

  #salted(): Book {
    const { newSalt } = this.#context
    return this.#book.salt === 0n && newSalt !== undefined ? { ...this.#book, salt: newSalt } : this.#book
  }

  /** protocol.md#rule-margin: what an account shows that loaded an order with effect. */
  #margin(index: number, entry: Entry): MarginEvidence {
    const { before, after, rested, shown } = entry
    const { riskTable: table, market } = this.#context
    const { hand } = this.#book
    const inHand = hand !== undefined && isOrderInHand(hand) && hand.account === index
    const leavesOrder = rested || inHand
    if (shown?.after === after && shown.leavesOrder === leavesOrder) return shown.evidence
    const batch = { table, market, leavesOrder }
    const evidence = marginEvidence(before, after, batch)
    if (evidence !== undefined) {
      entry.shown = { after, leavesOrder, evidence }
      return evidence
    }
    if (!lossesAreComparable(after, table)) {
      unprovable('LOSS_SPREAD', `account ${index} would lose in one scenario 2^72 quanta or more than in another`)
    }
    const breaches = closingBreaches(before, after, batch)
    const told = `account ${index} lacks initial margin, and does more than close: ${breaches.join(', ')}`
    throw new ZkclearError('BATCH_UNPROVABLE', told, { details: { reason: 'MARGIN', account: index, breaches } })
  }

  /** Steps until nothing is forced any more or a bound is met. Returns whether the message was loaded. */
  #run(message: Message | undefined): boolean {
    let waiting = message
    const known = (account: number) => this.#known(account, waiting)
    while (this.#steps.length < this.#context.sizes.steps) {
      const effect = forcedStep({
        timestamp: this.#context.timestamp,
        table: this.#context.riskTable,
        record: this.#context.riskTable.markets[this.#context.market]!,
        places: this.#state.shape.window,
        windows: { buy: this.#book.bids, sell: this.#book.asks },
        nextSequence: this.#book.nextSequence,
        openInterest: this.#openInterest,
        hand: this.#book.hand,
        carried: this.#steps.length === 0 && this.#book.hand !== undefined,
        message: waiting,
        position: (account) => known(account)?.positions[this.#context.market] ?? FLAT,
        isBarred: (account) => known(account) !== undefined && isBarred(known(account)!),
        closingOnly: this.#context.closingOnly ?? false,
      })
      if (effect === undefined || !this.#hasRoomFor(effect)) break
      if (effect.loaded) {
        this.#load(waiting!)
        waiting = undefined
      }
      this.#apply(effect)
    }
    return waiting === undefined
  }

  #hasRoomFor({ actor, victim }: StepEffect): boolean {
    return this.#canTouch(actor.account, victim?.account)
  }

  /** Nothing is known of an account that no slot is left for, and it does not matter: the step that needs it waits. */
  #known(account: number, message: Message | undefined): Account | undefined {
    const actor = this.#book.hand?.account ?? message!.account
    return this.#canTouch(actor, account) ? this.#owner(account) : undefined
  }

  /** Whether a step may work for the one account, on an order of the other. */
  #canTouch(actor: number, victim: number | undefined): boolean {
    const isNew = (account: number) => !this.#touched.has(account)
    let touched = this.#touched.size + (isNew(actor) ? 1 : 0)
    if (victim !== undefined && victim !== actor && isNew(victim)) touched++
    let acting = this.#touched.get(actor)?.acted ? 0 : 1
    for (const { acted } of this.#touched.values()) if (acted) acting++
    return fitSlots(touched, acting, this.#context.sizes)
  }

  #load(message: Message): void {
    const entry = this.#touch(message.account)
    if (!isUnsigned(message)) entry.after = { ...entry.after, nonce: message.nonce }
    if (!this.#options.messageChain) return
    const messageChain = poseidon('CHAIN', [this.#book.messageChain, packMessage(message)])
    this.#book = { ...this.#book, messageChain }
  }

  #apply(effect: StepEffect): void {
    this.#steps.push(effect)
    this.#add(effect.actor)
    const entry = this.#touch(effect.actor.account)
    entry.acted = true
    entry.ordered ||= effect.loaded && !ASKS_NO_MARGIN.has(effect.kind)
    entry.rested ||= effect.kind === 'rested'
    if (effect.victim !== undefined) this.#add(effect.victim)
    const fees = effect.trade === undefined ? 0n : effect.trade.takerFee + effect.trade.makerFee
    // once held long, once short
    this.#openInterest += 2n * (effect.trade?.opened ?? 0n)
    this.#book = {
      ...this.#book,
      ...(effect.window?.side === 'buy' && { bids: effect.window.slots }),
      ...(effect.window?.side === 'sell' && { asks: effect.window.slots }),
      nextSequence: effect.nextSequence,
      fees: this.#book.fees + fees,
      hand: effect.hand,
    }
  }

  #add(delta: AccountDelta): void {
    const { market } = this.#context
    const entry = this.#touch(delta.account)
    const position = entry.after.positions[market]!
    entry.after = {
      ...entry.after,
      collateral: entry.after.collateral.with(0, entry.after.collateral[0]! + delta.cash),
      positions: entry.after.positions.with(market, {
        ...position,
        size: position.size + delta.size,
        openBuy: position.openBuy + delta.openBuy,
        openSell: position.openSell + delta.openSell,
      }),
    }
  }

  /** The account's working copy; the first touch realises its funding in this market. */
  #touch(index: number): Entry {
    const known = this.#touched.get(index)
    if (known !== undefined) return known
    const { market, riskTable } = this.#context
    const before = this.#owner(index)
    const position = before.positions[market]!
    const { fundingIndex } = riskTable.markets[market]!
    const funding = position.size * (position.fundingIndex - fundingIndex)
    const after: Account = {
      ...before,
      collateral: before.collateral.with(0, before.collateral[0]! + funding),
      positions: before.positions.with(market, { ...position, fundingIndex }),
    }
    const entry = { before, after, written: before, acted: false, ordered: false, rested: false }
    this.#touched.set(index, entry)
    return entry
  }

  /** Whose order stands in the book. No state that batches lead to has an order of nobody; one that is read from a file may. */
  #owner(index: number): Account {
    const account = this.#account(index)
    if (account !== undefined) return account
    throw new ZkclearError('INPUT_INVALID', `the book has an order of account ${index}, which does not exist`)
  }

  #account(index: number): Account | undefined {
    return this.#touched.get(index)?.after ?? accountAt(this.#state, index)
  }
}

function unprovable(reason: string, message: string): never {
  throw new ZkclearError('BATCH_UNPROVABLE', message, { details: { reason } })
}

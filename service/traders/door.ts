import type { TraderMessage } from '../../client/wire/messages.ts'
import type { Message } from '../../protocol/message.ts'
import { orderKey } from '../../protocol/slot.ts'
import { Refusal } from '../http/refusal.ts'
import { currentState, type SequencerState, unsettled } from '../sequencer/state.ts'
import type { DoorVerdict, Door as WritersDoor } from '../writer/door.ts'
import { accountOfMessage } from '../writer/message-id.ts'
import { Allowance } from './allowance.ts'
import type { Messages } from './messages.ts'
import { MessagesMade, sizeOf } from './messages-made.ts'
import { DOOR_RULES, type DoorRules, restingLimit } from './rules.ts'
import { restingOf, wouldAct } from './would-act.ts'

export interface DoorOptions {
  readonly rules?: Partial<DoorRules> | undefined
  /** Messages that may be accepted yet. */
  credit(): bigint
  /** Seconds, of a clock that goes on. */
  readonly now?: (() => number) | undefined
}

/**
 * Keeps out what leads to nothing, and keeps everybody to his share, so that nobody uses up what the venue can prove. A message that comes
 * here is its account's own: strangers spend nothing of anybody's. What is told is told to that trader alone.
 */
export class Door implements WritersDoor {
  readonly rules: DoorRules
  readonly #options: DoorOptions
  readonly #messages: Pick<Messages, 'same' | 'known'>
  readonly #rate: Allowance<number>
  readonly #cancels: Allowance<number>
  readonly #orders: Allowance<number>
  readonly #requests: Allowance<string>
  readonly #made = new MessagesMade()

  constructor(messages: Pick<Messages, 'same' | 'known'>, options: DoorOptions) {
    this.#messages = messages
    this.#options = options
    this.rules = { ...DOOR_RULES, ...options.rules }
    const { messagesPerSecond, messagesAtOnce, cancelsPerSecond, cancelsAtOnce, ordersPerHour } = this.rules
    this.#rate = new Allowance({ perSecond: messagesPerSecond, atOnce: messagesAtOnce })
    this.#cancels = new Allowance({ perSecond: cancelsPerSecond, atOnce: cancelsAtOnce })
    this.#orders = new Allowance({ perSecond: ordersPerHour / 3600, atOnce: ordersPerHour })
    this.#requests = new Allowance({ perSecond: this.rules.requestsPerSecond, atOnce: this.rules.requestsAtOnce })
  }

  /** Throws a Refusal for an address from which too many requests come. */
  admit(caller: string, requests = 1): void {
    const wait = this.#requests.spend(caller, requests, this.#now())
    if (wait > 0) throw new Refusal(429, 'REQUESTS_LIMITED', 'too many requests from this address', Math.ceil(wait))
  }

  /** The work of a request with so many messages, before it is done: each takes the check of a signature. */
  admitMessages(caller: string, count: number): void {
    this.admit(caller, Math.floor(count / this.rules.signaturesPerRequest))
  }

  /** Makes an address pay for what was checked in vain, before anything of its account's was spent: that can be sent without end. */
  chargeWasted(caller: string, verdicts: readonly string[]): void {
    const count = verdicts.filter((verdict) => WASTED.includes(verdict)).length
    if (count > 0) this.#requests.charge(caller, count * this.rules.requestsPerForgery, this.#now())
  }

  same(message: TraderMessage): number | undefined {
    return this.#messages.same(message)
  }

  known(message: TraderMessage): number | undefined {
    return this.#messages.known(message)
  }

  /**
   * The same for cancels that were left for when their trader falls silent: they come once for each time that they were left, so that his
   * share says nothing of them.
   */
  get forStanding(): WritersDoor {
    return {
      same: (message) => this.same(message),
      known: (message) => this.known(message),
      refusal: (state, message) => ('messages' in message && !wouldAct(state, message) ? 'NO_EFFECT' : undefined),
    }
  }

  refusal(state: SequencerState, message: TraderMessage): DoorVerdict | undefined {
    const account = accountOfMessage(message)
    const messages = 'messages' in message ? message.messages : []
    const orders = messages.filter(({ kind }) => kind === 'order').length
    if (messages.some((each) => this.#isOffTick(each))) return 'TICK'
    if ('messages' in message && !wouldAct(state, message)) return 'NO_EFFECT'
    if (this.#crowds(state, account, messages)) return 'RESTING_LIMIT'
    if (this.#isBeyondShare(state, account, Math.max(1, messages.length))) return 'CREDIT_SHARE'
    // Cancels alone have an allowance of their own: what rests can be taken back also by who sent too much.
    const rate = 'messages' in message && orders === 0 ? this.#cancels : this.#rate
    if (rate.spend(account, Math.max(1, messages.length), this.#now()) > 0) return 'RATE_LIMITED'
    if (orders > 0 && this.#orders.spend(account, orders, this.#now()) > 0) return 'ORDER_TO_FILL'
    return undefined
  }

  /** An order of the account was filled: it may send more. */
  filled(account: number): void {
    this.#orders.give(account, this.rules.ordersPerFill, this.#now())
  }

  #isOffTick(message: Message): boolean {
    return message.kind === 'order' && message.price % (this.rules.tickSizes.get(message.market) ?? 1n) !== 0n
  }

  /** Whether more of its orders would rest on a side than may, what waits of it and what the bundle takes back counted. */
  #crowds(state: SequencerState, account: number, messages: readonly Message[]): boolean {
    const limit = restingLimit(this.rules, currentState(state).shape.window)
    return (['buy', 'sell'] as const).some((side) => {
      const adds = (message: Message) =>
        message.kind === 'order' && message.side === side && message.timeInForce !== 'IOC'
      const [first] = messages.filter(adds)
      if (first === undefined) return false
      const waiting = state.waiting.filter(
        (item) => 'bundle' in item && item.account === account && item.market === first.market,
      )
      const sent = waiting.flatMap((item) => ('bundle' in item ? item.bundle.messages : []))
      const resting = new Set(restingOf(state, first, side))
      let added = sent.filter(adds).length
      for (const message of messages) {
        if (message.kind === 'cancel-all' && (message.side === side || message.side === 'both')) {
          resting.clear()
          added = 0
        } else if (message.kind === 'cancel' && message.side === side) {
          // One that names nothing of his makes no room.
          resting.delete(orderKey(side, message.price, message.sequence))
        } else if (adds(message)) added += 1
        if (resting.size + added > limit) return true
      }
      return false
    })
  }

  #isBeyondShare(state: SequencerState, account: number, adds: number): boolean {
    this.#made.follow(unsettled(state))
    let own = this.#made.of(account)
    let all = this.#made.all + Number(this.#options.credit())
    for (const item of [...state.open.items, ...state.waiting]) {
      const size = sizeOf(item)
      all += size
      if (item.account === account) own += size
    }
    return own + adds > Math.max(this.rules.creditLeast, Math.floor(all / this.rules.creditShare))
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now() / 1000
  }
}

/** What is said after the check of a signature and before the door: of forgeries, and of what an account signed that can never be taken. */
const WASTED: readonly string[] = ['BAD_SIGNATURE', 'OLD_NONCE', 'EXPIRED', 'VIEW_KEY_MISSING']

import type { z } from 'zod'
import type { LeftCancels, standingCancelsAnswer } from '../../client/wire/standing-cancels.ts'
import { needsNoSignature, type SignedBundle } from '../../protocol/bundle.ts'
import type { ZkclearError } from '../../protocol/errors.ts'
import { accountAt } from '../../protocol/state.ts'
import { Refusal } from '../http/refusal.ts'
import { acceptedNonce, judgeMessage } from '../sequencer/judge.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import type { Answer } from '../writer/writer.ts'
import type { StandingCancelStore } from './standing-cancel-store.ts'
import { wouldAct } from './would-act.ts'

export interface StandingCancelsParts {
  readonly store: Pick<StandingCancelStore, 'put' | 'begin' | 'delete' | 'all'>
  /** As far as it is on disk. */
  state(): SequencerState
  /** Takes them as if they were handed in now; throws a Refusal while nothing is taken. */
  take(bundles: readonly SignedBundle[]): Promise<readonly Answer[]>
  /** The record of the very same bundle, if it was accepted before and is still known. */
  recordOf(bundle: SignedBundle): number | undefined
  /** Accounts whose streams somebody reads. */
  read(): ReadonlySet<number>
  readonly warn: (message: string) => void
  /** Seconds, of a clock that goes on. */
  readonly now?: (() => number) | undefined
}

type View = z.output<typeof standingCancelsAnswer>

interface Standing {
  readonly account: number
  left: LeftCancels
  readonly stored: Buffer
  /** Whether it may be in the store yet. */
  isStored: boolean
  /** Whether the store says that they were begun to be handed in. */
  isBegun: boolean
  /** How many of them its trader was told to be void. */
  told: number
  /** Seconds of silence until they are due. */
  due: number
  state: 'ARMED' | 'FIRING' | 'FIRED' | 'VOID'
  records: readonly number[]
}

/** Most seconds that one turn lets pass: while the venue itself stood still, no heartbeat could be heard. */
const MOST_PASSED = 1
/** How many accounts' are handed in at once, and how many are looked through in a turn. */
const AT_ONCE = 64
const IN_A_TURN = 1_024
/** Verdicts that time may change. */
const PASSING = ['PAUSED', 'NOT_OPEN']

/**
 * Cancels that traders signed ahead, for the venue to hand in when it hears nothing of them any more. One set for each account: the last
 * that it left. After a restart they stand as before, each with all of its time.
 */
export class StandingCancels {
  readonly #parts: StandingCancelsParts
  readonly #all = new Map<number, Standing>()
  /** What is being written of each account: in the order in which it was asked for, or what is stored would not be what stands. */
  readonly #writes = new Map<number, Promise<unknown>>()
  #last: number
  /** Where the next turn begins among those that are due. */
  #next = 0

  constructor(parts: StandingCancelsParts) {
    this.#parts = parts
    this.#last = this.#now()
  }

  /**
   * Takes up what is stored. Where the venue began to hand them in, one was accepted and the others have nothing to do, they were fired by a
   * process that ended before it could forget them: they come once. What their trader handed in himself is none of that.
   */
  async load(): Promise<void> {
    const { store, recordOf, warn } = this.#parts
    const onBroken = (account: number) => warn(`the standing cancels of account ${account} cannot be read`)
    for (const { account, left, stored, isBegun } of await store.all(onBroken)) {
      const standing = this.#set(account, left, stored)
      standing.isBegun = isBegun
      if (!isBegun) continue
      standing.records = left.bundles.flatMap((bundle) => recordOf(bundle) ?? [])
      if (this.#isOver(standing)) end(standing, 'FIRED')
    }
  }

  /** Leaves cancels, in place of those before. Throws a Refusal for what is not the account's, no cancel, or could not be taken now. */
  async put(account: number, left: LeftCancels): Promise<View> {
    this.#requireGood(account, left.bundles)
    return await this.#inTurn(account, async () => {
      this.#set(account, left, await this.#parts.store.put(account, left))
      return this.view(account)
    })
  }

  /** The trader is there. What is being handed in is not held up any more. */
  heard(account: number): View {
    const standing = this.#all.get(account)
    if (standing !== undefined) standing.due = standing.left.seconds
    return this.view(account)
  }

  /** Takes the cancels back, unless they are being handed in. */
  async drop(account: number): Promise<View> {
    return await this.#inTurn(account, async () => {
      const standing = this.#all.get(account)
      if (standing !== undefined && standing.state !== 'FIRING') {
        this.#all.delete(account)
        try {
          await this.#parts.store.delete(account, standing.stored)
        } catch (error) {
          // As they do in the store.
          this.#all.set(account, standing)
          throw error
        }
      }
      return this.view(account)
    })
  }

  view(account: number): View {
    const standing = this.#all.get(account)
    if (standing === undefined) return { state: 'NONE', bundles: [], void: 0, records: [] }
    const { left, due } = standing
    const { seconds, watch } = left
    const good = standing.state === 'VOID' ? [] : this.#goodOf(standing)
    const bundles = good.map(({ messages: [first] }) => ({ market: first!.market, nonce: first!.nonce }))
    const told = { seconds, watch, bundles, void: left.bundles.length - good.length, records: [...standing.records] }
    if (standing.state === 'FIRED') return { state: 'FIRED', ...told }
    if (good.length === 0) return { state: 'VOID', ...told }
    return { state: 'ARMED', left: Math.max(0, Math.ceil(due)), ...told }
  }

  /** How many of the account's bundles cannot be taken any more now that a message of that nonce was, and could before. */
  voidedBy(account: number, nonce: bigint): number {
    const standing = this.#all.get(account)
    if (standing?.state !== 'ARMED') return 0
    const gone = standing.left.bundles.filter(({ messages: [first] }) => first!.nonce <= nonce).length
    const fresh = Math.max(0, gone - standing.told)
    standing.told += fresh
    return fresh
  }

  /** Lets time pass, and hands in what is due. Throws DATABASE_UNAVAILABLE. */
  async turn(): Promise<void> {
    const now = this.#now()
    const passed = Math.min(now - this.#last, MOST_PASSED)
    this.#last = now
    const read = this.#parts.read()
    for (const standing of this.#all.values()) {
      const { account, left } = standing
      if (left.watch === 'stream' && read.has(account)) standing.due = left.seconds
      else standing.due -= passed
    }
    const all = [...this.#all.values()]
    for (const standing of all.filter(isToForget)) await this.#forget(standing)
    const due = all.filter((one) => one.state === 'ARMED' && one.due <= 0)
    const from = this.#next < due.length ? this.#next : 0
    const looked = [...due.slice(from), ...due.slice(0, from)].slice(0, IN_A_TURN)
    this.#next = from + looked.length
    for (let at = 0; at < looked.length; at += AT_ONCE) {
      await Promise.all(looked.slice(at, at + AT_ONCE).map((one) => this.#fire(one)))
    }
  }

  /**
   * Hands in what would do something. Where nothing would, they go on to stand: an order that was on its way may come to rest yet. What the
   * venue does not take now it is asked for in another turn.
   */
  async #fire(standing: Standing): Promise<void> {
    standing.state = 'FIRING'
    try {
      for (const bundle of this.#goodOf(standing)) {
        if (!wouldAct(this.#parts.state(), bundle)) continue
        if (!(await this.#begin(standing))) break
        const [answer] = await this.#parts.take([bundle])
        const { verdict, record } = answer!
        if (PASSING.includes(verdict)) break
        if (verdict === 'ACCEPTED') standing.records = [...standing.records, record!]
        else if (verdict !== 'NO_EFFECT') leaveOut(standing, bundle)
      }
      if (this.#isOver(standing)) end(standing, 'FIRED')
      else if (this.#goodOf(standing).length === 0) end(standing, 'VOID')
      else standing.state = 'ARMED'
    } catch (error) {
      standing.state = 'ARMED'
      if (!(error instanceof Refusal)) throw error
    }
    if (isToForget(standing)) await this.#forget(standing)
  }

  /** Whether something came of them, and nothing more can. */
  #isOver(standing: Standing): boolean {
    if (standing.records.length === 0) return false
    return !this.#goodOf(standing).some((bundle) => wouldAct(this.#parts.state(), bundle))
  }

  /** In the store; whether that is so. A database that cannot be had is asked again with the next turn. */
  async #begin(standing: Standing): Promise<boolean> {
    standing.isBegun ||= await this.#write(() => this.#parts.store.begin(standing.account, standing.stored))
    return standing.isBegun
  }

  /** The same. */
  async #forget(standing: Standing): Promise<void> {
    if (await this.#write(() => this.#parts.store.delete(standing.account, standing.stored))) standing.isStored = false
  }

  async #write(write: () => Promise<void>): Promise<boolean> {
    try {
      await write()
      return true
    } catch (error) {
      if ((error as ZkclearError).code !== 'DATABASE_UNAVAILABLE') throw error
      return false
    }
  }

  /** When what was asked for before of that account is done. */
  async #inTurn<T>(account: number, work: () => Promise<T>): Promise<T> {
    const before = this.#writes.get(account) ?? Promise.resolve()
    const own = before.then(work)
    const last = own.catch(() => undefined)
    this.#writes.set(account, last)
    try {
      return await own
    } finally {
      if (this.#writes.get(account) === last) this.#writes.delete(account)
    }
  }

  #set(account: number, left: LeftCancels, stored: Buffer): Standing {
    const untouched = {
      isStored: true,
      isBegun: false,
      told: 0,
      due: left.seconds,
      state: 'ARMED',
      records: [],
    } as const
    const standing: Standing = { account, left, stored, ...untouched }
    standing.told = left.bundles.length - this.#goodOf(standing).length
    this.#all.set(account, standing)
    return standing
  }

  #goodOf({ account: index, left }: Standing): SignedBundle[] {
    const state = this.#parts.state()
    const account = accountAt(currentState(state), index)
    if (account === undefined) return []
    const nonce = acceptedNonce(state, index, account)
    return left.bundles.filter(({ messages: [first] }) => first!.nonce > nonce)
  }

  #requireGood(account: number, bundles: readonly SignedBundle[]): void {
    const state = this.#parts.state()
    let nonce = -1n
    const markets = new Set<number>()
    for (const [i, bundle] of bundles.entries()) {
      const why = this.#hindrance(state, account, bundle, nonce)
      const { market, nonce: own } = bundle.messages[0] ?? {}
      const again = markets.has(market!) ? `is the second one of market ${market}` : undefined
      if (why !== undefined || again !== undefined)
        throw new Refusal(409, 'CANCELS_REFUSED', `bundle ${i + 1} of ${bundles.length}: ${why ?? again}`)
      nonce = own!
      markets.add(market!)
    }
  }

  #hindrance(state: SequencerState, account: number, bundle: SignedBundle, before: bigint): string | undefined {
    const { messages } = bundle
    if (messages.some((message) => message.account !== account)) return 'is of another account'
    // More of them would be more than is needed, past all shares of the account.
    if (messages.length !== 1 || messages[0]!.kind !== 'cancel-all')
      return 'is not one cancel of all orders of a market'
    if (messages[0]!.nonce <= before) return 'its nonce is not above that of the one before'
    const verdict = needsNoSignature(bundle) ? 'BAD_SIGNATURE' : judgeMessage(state, bundle)
    return verdict === 'ACCEPTED' ? undefined : verdict
  }

  #now(): number {
    return this.#parts.now?.() ?? performance.now() / 1000
  }
}

function isToForget({ state, isStored }: Standing): boolean {
  return isStored && (state === 'FIRED' || state === 'VOID')
}

function end(standing: Standing, state: 'FIRED' | 'VOID'): void {
  standing.state = state
  if (state === 'FIRED') standing.left = { ...standing.left, bundles: [] }
}

/** It will never be taken. */
function leaveOut(standing: Standing, bundle: SignedBundle): void {
  const bundles = standing.left.bundles.filter((one) => one !== bundle)
  standing.left = { ...standing.left, bundles }
}

import assert from 'node:assert/strict'
import { NOW } from '../../../../lab/instances/model.ts'
import type { Account } from '../../../../protocol/account.ts'
import type { Message } from '../../../../protocol/message.ts'
import { Random } from '../../../../protocol/random.ts'
import { priority, unpackSlot } from '../../../../protocol/slot.ts'
import { accountAt, stateRoot } from '../../../../protocol/state.ts'
import { heldBy } from '../../../../protocol/takeover/bid.ts'
import { findLiquidations } from '../../../../protocol/takeover/find.ts'
import { type Duty, dutiesOf } from '../../../../service/liquidator/duties.ts'
import { BATCH_CIRCUITS } from '../../../../service/sequencer/batch-circuits.ts'
import { judgeBid } from '../../../../service/sequencer/bids.ts'
import { judgeCashMessage, judgeMessage } from '../../../../service/sequencer/judge.ts'
import type { QueuedEntry, RewindCause, SequencerRecord, Verdict } from '../../../../service/sequencer/record.ts'
import { batchAt, currentState, lastIndex, ledgerOf } from '../../../../service/sequencer/state.ts'
import { rewindDue } from '../../../../service/watcher/rewind-due.ts'
import { CONFIG, GENESIS, SHOCKS, START, TABLES, VAULT } from './beginning.ts'
import { assertInstance, assertProvable, Chain } from './chain.ts'
import { assertConserved, assertSound, Witness } from './invariants.ts'
import { Shell } from './shell.ts'
import {
  ADDRESS,
  bidOf,
  cashSignedWith,
  commitmentOf,
  holds,
  KEYS,
  NEWCOMERS,
  OWNER,
  POINTS,
  signedWith,
  TRADERS,
  viewKeyOf,
} from './traders.ts'

/** Of a hundred records so many are interrupted. */
const CRASHES = 4
/** What the house may pay. */
const COVER = { now: 300n, perHour: 300n }

/** A venue whose traders, chain, clock and failures follow from a seed. */
export class World {
  readonly chain = new Chain(stateRoot(GENESIS), VAULT)
  readonly witness = new Witness()
  readonly shell: Shell
  readonly #random: Random
  /** What the chain took and took back, or may take yet. */
  readonly #lost: ReturnType<Chain['takeBack']> = []
  #clock = NOW * 1000n
  #registered = 0

  constructor(seed: bigint) {
    this.#random = new Random(seed)
    this.shell = new Shell(START, (record, effects) => this.witness.note(record, effects))
    this.#put({ kind: 'tick', clock: this.#clock })
    this.#put({ kind: 'table', table: TABLES[0]!, relisted: 0n })
    this.#put({ kind: 'book-salt', secret: 4242n })
    for (const account of TRADERS) this.#put({ kind: 'owner', account, owner: ADDRESS })
    if (seed % 3n === 0n) this.#crash()
  }

  step(): void {
    const isDone = this.#below(3) === 0 && (this.#takeBack() || this.#liquidate())
    if (!isDone) this.#anything()
    assertSound(this.shell.state, this.witness, this.chain)
  }

  #anything(): void {
    const chance = this.#below(100)
    if (chance < 2) this.#wall()
    else if (chance < 45) this.#trade()
    else if (chance < 46) this.#put({ kind: 'table', table: this.#pick(SHOCKS), relisted: 0n })
    else if (chance < 50) this.#cashMessage()
    else if (chance < 63) this.#tick(BigInt(this.#below(700)))
    else if (chance < 64) this.#stall()
    else if (chance < 70) this.#queue()
    else if (chance < 72) this.#put({ kind: 'view', account: this.#anybody(), viewKey: viewKeyOf(this.#anybody()) })
    else if (chance < 74) this.#put({ kind: 'table', table: this.#pick(TABLES), relisted: 0n })
    else if (chance < 76) this.#put({ kind: 'cut', cash: this.#below(2) === 0 })
    else if (chance < 77) this.#put({ kind: 'sweep' })
    else if (chance < 78) this.#put({ kind: 'operations', operations: [{ kind: 'FLAG', account: this.#anybody() }] })
    else if (chance < 80) this.#pause()
    else if (chance < 86) this.#settle()
    else if (chance < 88) this.#finalize()
    else if (chance < 90) this.#reorganise()
    else if (chance < 95) this.#rewind()
    else if (chance < 96) this.#circuit()
    else if (chance < 97) this.#close()
    else if (chance < 98) this.shell.takeSnapshot()
    else this.shell.restart()
  }

  /** Everything that waits is worked off and settled, as it must be able to be. */
  finish(): void {
    this.chain.pausedUntil = 0n
    this.#put({ kind: 'pause', until: 0n })
    this.#put({ kind: 'table', table: TABLES[0]!, relisted: 0n })
    for (let i = 0; i < 3; i++) this.#tick(3_000n)
    this.#dropVoid()
    const { state } = this.shell
    assert.deepEqual([state.waiting, state.open.items], [[], []], 'nothing waits for ever')
    assert.equal(ledgerOf(state).served, BigInt(this.chain.entries.length), 'the queue is served')
    while (this.chain.settled.length < lastIndex(this.shell.state)) this.#settle()
    this.#put({ kind: 'final', index: lastIndex(this.shell.state) })
    assertSound(this.shell.state, this.witness, this.chain)
    assertConserved(this.shell.state)
  }

  #put(record: SequencerRecord): void {
    const dies = this.#below(100) < CRASHES
    const crash = dies ? this.#pick(['before-append', 'after-append'] as const) : undefined
    if (crash !== undefined) this.witness.count(`crash ${crash}`)
    const refused = this.shell.submit(record, crash)
    if (refused !== undefined) this.witness.count(`turned down: ${record.kind}`)
    // Nobody was told of a record that the journal lacks: whoever sent it sends it again.
    if (crash === 'before-append' && refused === undefined) this.#put(record)
  }

  #tick(milliseconds: bigint): void {
    this.#clock += milliseconds
    const back = this.#below(10) === 0 ? 400n : 0n
    this.#put({ kind: 'tick', clock: this.#clock - back })
  }

  #trade(): void {
    const account = this.#pick(TRADERS)
    const count = this.#below(8) === 0 ? 2 : 1
    const market = this.#below(2)
    const nonce = this.#nextNonce(account)
    this.#send(Array.from({ length: count }, (_, i) => this.#message(account, market, nonce + BigInt(i))))
  }

  /** As many bids of one account as a batch has steps, which expire, and then a bundle that has to pass them. */
  #wall(): void {
    const market = this.#below(2)
    const [account, other] = this.#below(2) === 0 ? [1, 3] : [4, 2]
    const head = { kind: 'order', market, price: 1000n, size: 1n, timeInForce: 'GTC', reduceOnly: false } as const
    for (let i = 0; i < CONFIG.sizes.trade.steps; i++) {
      const expiry = this.#clock / 1000n
      this.#send([{ ...head, account, side: 'buy', nonce: this.#nextNonce(account), expiry }])
    }
    this.#tick(1_500n)
    const nonce = this.#nextNonce(other)
    const selling = { ...head, account: other, side: 'sell', expiry: NOW + 3_000n } as const
    this.#send([
      { ...selling, price: 990n, nonce },
      { ...selling, price: 1010n, nonce: nonce + 1n },
    ])
  }

  #send(messages: readonly Message[]): void {
    const { account } = messages[0]!
    const key = this.#keyOf(account)
    const bundle = signedWith(this.#below(30) === 0 ? 1 - key : key, messages)
    const verdict = judgeMessage(this.shell.state, bundle, false)
    const isSigned = holds(bundle, accountAt(currentState(this.shell.state), account)!.tradingKey)
    this.#put({ kind: 'message', bundle, verdict: orBadSignature(verdict, isSigned) })
  }

  #message(account: number, market: number, nonce: bigint): Message {
    const side = this.#below(2) === 0 ? 'buy' : 'sell'
    const head = { market, account, side, nonce } as const
    if (this.#below(20) === 0)
      return { kind: 'cancel-all', ...head, side: this.#pick(['buy', 'sell', 'both'] as const) }
    const { bids, asks } = currentState(this.shell.state).books.get(market)!
    const own = (side === 'buy' ? bids : asks).map(unpackSlot).filter((slot) => slot.account === account)
    if (own.length > 0 && this.#below(3) === 0) {
      const slot = this.#pick(own)
      return { kind: 'cancel', ...head, price: priority(side, slot.priority), sequence: slot.sequence }
    }
    return {
      ...{ kind: 'order', ...head, price: 1000n + BigInt(this.#below(5) - 2), size: 1n + BigInt(this.#below(3)) },
      timeInForce: this.#pick(['GTC', 'GTC', 'GTC', 'IOC', 'POST_ONLY'] as const),
      reduceOnly: false,
      expiry: NOW + 5n + BigInt(this.#below(3) * 1000),
    }
  }

  #cashMessage(): void {
    const account = this.#pick(TRADERS)
    const kind = this.#pick(['WITHDRAW', 'TRANSFER_OUT'] as const)
    const signed = cashSignedWith(this.#keyOf(account), {
      ...{ kind, account, asset: this.#below(2), amount: BigInt(1 + this.#below(2) * 900) },
      counterAccount: kind === 'WITHDRAW' ? 0 : this.#pick(TRADERS),
      ...{ nonce: this.#nextNonce(account), expiry: NOW + 3_000n },
    })
    const verdict = judgeCashMessage(this.shell.state, signed, false)
    this.#put({ kind: 'cash-message', signed, verdict })
  }

  #queue(): void {
    const { entries } = this.chain
    const first = BigInt(entries.length)
    for (let more = this.#below(3); more >= 0; more--) entries.push(this.#entry())
    this.#tellQueue(first)
  }

  #tellQueue(first: bigint): void {
    const block = { blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` }
    this.#put({ kind: 'queue', first, entries: this.chain.entries.slice(Number(first)), ...block })
  }

  #entry(): QueuedEntry {
    const account = this.#pick(TRADERS)
    const askedAt = this.#clock / 1000n
    const deadline = askedAt + 3_600n
    const chance = this.#below(6)
    if (chance === 0 && this.#registered < NEWCOMERS.length) {
      const index = NEWCOMERS[this.#registered++]!
      const operation = { kind: 'REGISTER', account: index, key: POINTS[0]!, ownerCommitment: OWNER } as const
      return { operation, deadline, askedAt, viewCommitment: commitmentOf(index), owner: ADDRESS }
    }
    if (chance === 1) return { operation: { kind: 'FORCED', account, asset: 0, requested: 200n }, deadline, askedAt }
    if (chance === 2) return { operation: { kind: 'SUSPEND', account }, deadline, askedAt }
    if (chance === 3) return { operation: { kind: 'RESUME', account }, deadline, askedAt }
    if (chance === 4) return { operation: { kind: 'ROTATE', account, key: this.#pick(POINTS) }, deadline, askedAt }
    return { operation: { kind: 'DEPOSIT', account, asset: this.#below(2), amount: 300n }, deadline, askedAt }
  }

  /** As much as they can bear passes from one to another, and then prices fall. */
  #crash(): void {
    const [buyer, seller] = [this.#pick([1, 2] as const), this.#pick([3, 4] as const)]
    const size = 5n + BigInt(this.#below(3))
    const sides = [
      [seller, 'sell'],
      [buyer, 'buy'],
    ] as const
    for (const [account, side] of sides) {
      const head = { kind: 'order', market: 0, account, side, price: 1000n, size, nonce: 1n } as const
      const order = { ...head, timeInForce: 'GTC', reduceOnly: false, expiry: NOW + 3_000n } as const
      this.#put({ kind: 'message', bundle: signedWith(0, [order]), verdict: 'ACCEPTED' })
    }
    this.#put({ kind: 'table', table: this.#pick(SHOCKS), relisted: 0n })
    for (const duty of this.#duties()) if (duty.kind === 'flag') this.#do(duty)
    this.#tick(2_000n + BigInt(this.#below(10)) * 1_000n)
    for (const { account, offer } of findLiquidations(currentState(this.shell.state), this.#liquidationTime())) {
      if (offer !== undefined) this.#bid(account, offer.fair)
    }
  }

  #liquidationTime() {
    const { table: riskTable, timestamp, pausedUntil: resumedAt } = this.shell.state
    return { riskTable: riskTable!, timestamp, resumedAt }
  }

  /** What is due of flags, bids, takeovers and deleveragings. Gives whether anything was. */
  #liquidate(): boolean {
    const { state } = this.shell
    const [duty] = this.#duties()
    if (duty !== undefined && this.#below(2) === 0) {
      this.#do(duty)
      return true
    }
    const found = findLiquidations(currentState(state), this.#liquidationTime())
    if (found.length === 0) return false
    const { account: victim, refusal, offer } = this.#pick(found)
    if (refusal === undefined) this.#put({ kind: 'operations', operations: [{ kind: 'FLAG', account: victim }] })
    else if (offer === undefined) return false
    else {
      const way = this.#below(4)
      if (way < 2) this.#bid(victim, offer.fair)
      else if (way === 2) this.#put({ kind: 'takeover', victim, cover: COVER })
      else this.#put({ kind: 'deleverage', victim, mayPay: COVER.now, most: 1 + this.#below(2) })
    }
    return true
  }

  /** What the venue would do by itself now. */
  #duties(): readonly Duty[] {
    const moment = { now: this.#clock / 1000n, cover: COVER }
    return dutiesOf(this.shell.state, [...TRADERS, ...NEWCOMERS], moment).duties
  }

  #do({ kind, records }: Duty): void {
    this.witness.count(`due: ${kind}`)
    for (const record of records) this.#put(record)
  }

  #bid(victim: number, fair: bigint): void {
    const { state } = this.shell
    const bidder = this.#pick(TRADERS)
    const taken = accountAt(currentState(state), victim)!
    const bid = { victim, bidder, held: heldBy(taken), price: fair - BigInt(this.#below(3) * 200) }
    const signed = bidOf({ ...bid, nonce: this.#nextNonce(bidder), expiry: NOW + 3_000n }, this.#keyOf(bidder))
    const verdict = judgeBid(state, signed)
    this.witness.count(`bid ${verdict}`)
    if (verdict === 'ACCEPTED') this.#put({ kind: 'bid', signed })
  }

  /** Nothing is settled for so long that the chain soon takes no batch any more that is made by then. */
  #stall(): void {
    this.#tick(1_000n * BigInt(500 + this.#below(500)))
  }

  /** Makes anew, as the venue does, what a pause voided or what grew too old. */
  #dropVoid(): void {
    const { pausedUntil } = this.chain
    const due = rewindDue(this.shell.state, { time: this.#clock / 1000n, pausedUntil, table: undefined })
    if (due === undefined) return
    this.witness.count(`made anew: ${due.cause}`)
    this.#put(due)
  }

  #pause(): void {
    const now = this.#clock / 1000n
    const until = this.#below(3) === 0 ? now : now + 1n + BigInt(this.#below(3))
    this.chain.pausedUntil = until
    this.#put({ kind: 'pause', until })
    if (until > now && this.#below(2) === 0) this.#rewind('PAUSE')
  }

  #settle(): void {
    if (this.#below(4) === 0) this.#dropVoid()
    const { batches } = this.shell.state
    const next = batches.find(({ index }) => index > this.chain.settled.length)
    if (next === undefined || !this.chain.takes(next, this.#clock / 1000n)) return
    assertProvable(next)
    if (this.#below(40) === 0) assertInstance(next, CONFIG)
    const mark = { index: next.index, root: stateRoot(next.after.state) }
    if (this.#below(4) === 0) this.#put({ kind: 'proved', ...mark })
    this.#put({ kind: 'sent', ...mark })
    // It may be dropped on its way, and come after all.
    if (this.#below(20) === 0) {
      this.#lost.push(this.chain.lose(next))
      return
    }
    this.chain.settle(next)
    this.#put({ kind: 'settled', ...mark })
  }

  #finalize(): void {
    const { settledIndex, finalIndex } = this.shell.state
    if (settledIndex > finalIndex)
      this.#put({ kind: 'final', index: finalIndex + 1 + this.#below(settledIndex - finalIndex) })
    else this.#put({ kind: 'final', index: settledIndex })
  }

  /** The chain takes back batches, and sometimes the entries that none of those left serves. */
  #reorganise(): void {
    const { settledIndex, finalIndex } = this.shell.state
    if (settledIndex === finalIndex) return
    const settled = finalIndex + this.#below(settledIndex - finalIndex)
    this.#lost.push(...this.chain.takeBack(settled))
    this.#put({ kind: 'reorganised', settled })
    if (this.#below(3) === 0) this.#rewind()
    const first = this.chain.served + this.#below(this.chain.entries.length - this.chain.served + 1)
    if (this.#below(2) === 0 || first === this.chain.entries.length) return
    const others = this.chain.entries.slice(first).map((entry): QueuedEntry => {
      return entry.operation.kind === 'DEPOSIT' ? { ...entry, operation: { ...entry.operation, amount: 7n } } : entry
    })
    this.chain.entries.splice(first, others.length, ...others)
    this.#tellQueue(BigInt(first))
  }

  /** The chain takes, after all, a batch that it had taken before, with the entries that stood then. */
  #takeBack(): boolean {
    const { finalIndex } = this.shell.state
    const fits = this.#lost.filter(({ batch }) => batch.index > finalIndex && this.chain.fits(batch))
    if (fits.length === 0) return false
    const { batch, entries } = this.#pick(fits)
    if (!this.chain.takes(batch, this.#clock / 1000n)) return false
    const { served } = this.chain
    this.chain.entries.splice(served, entries.length, ...entries)
    this.chain.settle(batch)
    const root = stateRoot(batch.after.state)
    const ours = batchAt(this.shell.state, batch.index)
    if (ours === undefined || stateRoot(ours.after.state) !== root) this.witness.count('dropped and taken after all')
    this.#put({ kind: 'settled', index: batch.index, root })
    this.#tellQueue(BigInt(served + entries.length))
    return true
  }

  #rewind(cause: RewindCause = 'OPERATOR'): void {
    const { settledIndex, batches } = this.shell.state
    const last = lastIndex(this.shell.state)
    const to = settledIndex + this.#below(last - settledIndex + 1)
    const items = batches.filter(({ index }) => index > to).flatMap((batch) => batch.items)
    const poisons = items.length > 0 && this.#below(5) === 0
    const without = poisons ? { without: [this.#pick(items).record] } : {}
    this.#put({ kind: 'rewind', to, cause, ...without })
  }

  /** The venue's end is announced, once: for a second that is still to come. */
  #close(): void {
    if (this.chain.closingFrom !== undefined || this.#below(3) > 0) return
    this.chain.closingFrom = this.#clock / 1000n + 1n + BigInt(this.#below(3))
    this.#put({ kind: 'closing', from: this.chain.closingFrom })
  }

  #circuit(): void {
    const circuit = this.#pick(BATCH_CIRCUITS)
    this.#put({ kind: 'circuit', circuit, digest: `0x${String(this.#below(3)).repeat(64)}` })
  }

  /** Mostly one that is due; sometimes one that is not. */
  #nextNonce(account: number): bigint {
    const { state } = this.shell
    const waiting = state.waiting.filter((item) => item.account === account).length
    const nonce = accountAt(currentState(state), account)!.nonce + BigInt(2 * waiting) + 1n
    return this.#below(20) === 0 && nonce > 2n ? nonce - 2n : nonce
  }

  #keyOf(account: number): number {
    const { tradingKey } = accountAt(currentState(this.shell.state), account) as Account
    return tradingKey.x === KEYS[0]!.x ? 0 : 1
  }

  #anybody(): number {
    return this.#pick([...TRADERS, ...NEWCOMERS])
  }

  #below(bound: number): number {
    return Number(this.#random.between(0n, BigInt(bound - 1)))
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!
  }
}

function orBadSignature(verdict: Verdict, isSigned: boolean): Verdict {
  return verdict === 'ACCEPTED' && !isSigned ? 'BAD_SIGNATURE' : verdict
}

import assert from 'node:assert/strict'
import { cashBatchRefusal } from '../../../../circuits/cash-batch/refusal.ts'
import { deleverageRefusal } from '../../../../circuits/deleverage/refusal.ts'
import { takeoverRefusal } from '../../../../circuits/takeover/refusal.ts'
import { tradeBatchRefusal } from '../../../../circuits/trade-batch/refusal.ts'
import { needsNoSignature } from '../../../../protocol/bundle.ts'
import { applyCashBatch, operationsOf } from '../../../../protocol/cash-batch/cash-batch.ts'
import { applyDeleveraging } from '../../../../protocol/deleverage/deleverage.ts'
import type { RiskTable } from '../../../../protocol/risk-table.ts'
import { stateRoot } from '../../../../protocol/state.ts'
import { applyTakeover } from '../../../../protocol/takeover/takeover.ts'
import { applyTradeBatchUnchecked } from '../../../../protocol/trade-batch/apply.ts'
import { instanceOf } from '../../../../service/sequencer/instance.ts'
import type { QueuedEntry } from '../../../../service/sequencer/record.ts'
import type { SealedBatch, SequencerConfig } from '../../../../service/sequencer/state.ts'
import { decodeCashBatch } from '../../../../venue/files/cash-batch-file.ts'
import { decodeDeleveraging } from '../../../../venue/files/deleverage-file.ts'
import { decodeTakeover } from '../../../../venue/files/takeover-file.ts'
import { decodeTradeBatch } from '../../../../venue/files/trade-batch-file.ts'
import { DOMAIN, holds } from './traders.ts'

/** Seconds after its time for which a batch is taken. */
const OLDEST = 15n * 60n

/** What Settlement does with batches, as far as a sequencer can get it wrong. It shares nothing with one but the batches. */
export class Chain {
  readonly entries: QueuedEntry[] = []
  readonly tables: RiskTable[] = []
  /** What was settled, in order; the last ones may be taken back. */
  readonly settled: SealedBatch[] = []
  pausedUntil = 0n
  closingFrom: bigint | undefined
  readonly #start: { readonly root: bigint; readonly vault: readonly bigint[] }

  constructor(root: bigint, vault: readonly bigint[]) {
    this.#start = { root, vault }
  }

  get root(): bigint {
    const last = this.settled.at(-1)
    return last === undefined ? this.#start.root : stateRoot(last.after.state)
  }

  get served(): number {
    return this.settled.reduce((sum, batch) => sum + queuedIn(batch).length, 0)
  }

  /** Takes back all batches after that number, and gives them with the entries that they served. */
  takeBack(settled: number): { batch: SealedBatch; entries: QueuedEntry[] }[] {
    const lost: { batch: SealedBatch; entries: QueuedEntry[] }[] = []
    while (this.settled.length > settled) {
      const batch = this.settled.pop()!
      lost.unshift(this.lose(batch))
    }
    return lost
  }

  /** The batch that would be next, with the entries that it serves. */
  lose(batch: SealedBatch): { batch: SealedBatch; entries: QueuedEntry[] } {
    return { batch, entries: this.entries.slice(this.served, this.served + queuedIn(batch).length) }
  }

  /** Whether the batch is one that could be next. */
  fits({ index, work }: SealedBatch): boolean {
    const last = this.settled.at(-1)?.work.transition.context.timestamp ?? 0n
    const { before, context } = work.transition
    return index === this.settled.length + 1 && stateRoot(before) === this.root && context.timestamp >= last
  }

  /**
   * Whether a batch may settle now: for fifteen minutes after its time; in a pause only cash does, and that flags nobody; and a pause voids
   * liquidations from before it.
   */
  takes({ work }: SealedBatch, now: bigint): boolean {
    if (now > work.transition.context.timestamp + OLDEST) return false
    if (work.circuit === 'cash-batch' && work.transition.slots[0]?.kind !== 'FLAG') return true
    const isLiquidation = work.circuit === 'takeover' || work.circuit === 'deleverage'
    return now >= this.pausedUntil && (!isLiquidation || work.transition.context.resumedAt === this.pausedUntil)
  }

  /** Takes the next batch. Throws for one that Settlement would refuse. */
  settle(batch: SealedBatch): void {
    const { work, index } = batch
    const { before, after, context } = work.transition
    assert.equal(index, this.settled.length + 1, 'batches settle in their order, each once')
    assert.equal(stateRoot(before), this.root, 'a batch goes on where the one before it ended')
    assert.equal(context.domain, DOMAIN)
    const last = this.settled.at(-1)?.work.transition.context.timestamp ?? 0n
    assert.ok(context.timestamp >= last, 'time does not go back')
    if (work.circuit === 'trade-batch') {
      const closes = this.closingFrom !== undefined && context.timestamp >= this.closingFrom
      assert.equal(work.transition.context.closingOnly, closes)
      assert.ok(
        work.transition.before.books.get(work.transition.context.market)!.salt !== 0n ||
          work.transition.context.newSalt !== undefined,
      )
    } else if (work.circuit === 'cash-batch') {
      const waiting = this.entries.slice(this.served)
      assert.deepEqual(
        queuedIn(batch),
        waiting.slice(0, queuedIn(batch).length).map(({ operation }) => operation),
      )
      assert.deepEqual(work.transition.context.vault, this.settled.at(-1)?.after.vault ?? this.#start.vault)
    } else this.#requireTurn(work)
    assert.equal(stateRoot(after), stateRoot(batch.after.state))
    this.settled.push(batch)
  }

  /** What may save the account goes first. */
  #requireTurn(work: Extract<SealedBatch['work'], { circuit: 'takeover' | 'deleverage' }>): void {
    const { opens } = work.transition
    const { victim } = work.circuit === 'takeover' ? work.transition.bid.bid : work.transition.closing
    const waiting = this.entries.slice(this.served)
    const asked = waiting.some(({ operation: { kind, account } }) => {
      return account === victim && (kind === 'DEPOSIT' || kind === 'CURE')
    })
    assert.ok(!asked || waiting[0]!.askedAt! >= opens, 'what was asked for before an auction goes before what ends it')
  }
}

function queuedIn({ work }: SealedBatch) {
  if (work.circuit !== 'cash-batch') return []
  const ofVenue = ['FLAG', 'EXPIRE', 'VIEW']
  return operationsOf(work.transition).filter((each) => !('message' in each) && !ofVenue.includes(each.kind))
}

/** The model's own answer to what a batch claims: the rules of the circuit, signatures included. What it leads to is compared unhashed. */
export function assertProvable({ work }: SealedBatch): void {
  const { before, touched } = work.transition
  if (work.circuit === 'cash-batch') {
    const { context, sweep } = work.transition
    assert.deepEqual(applyCashBatch(before, operationsOf(work.transition), context, sweep?.market).touched, touched)
    return
  }
  if (work.circuit === 'takeover') {
    assert.deepEqual(applyTakeover(before, work.transition.bid, work.transition.context).touched, touched)
    return
  }
  if (work.circuit === 'deleverage') {
    assert.deepEqual(applyDeleveraging(before, work.transition.closing, work.transition.context).touched, touched)
    return
  }
  const { bundles, context, steps } = work.transition
  const again = applyTradeBatchUnchecked(before, bundles, context, { signatures: false, messageChain: false })
  assert.deepEqual([again.touched, again.steps], [touched, steps])
  for (const bundle of bundles) {
    const { account } = bundle.messages[0]!
    const key = work.transition.touched.find(({ index }) => index === account)!.before.tradingKey
    assert.ok(needsNoSignature(bundle) || holds(bundle, key), 'every bundle is signed by the key that its account has')
  }
}

/** The same by way of what a prover is handed: the document, its openings, and the statement of the circuit. */
export function assertInstance(batch: SealedBatch, { profile, sizes }: SequencerConfig): void {
  const { circuit, statement, document } = instanceOf(batch, profile)
  const json: unknown = JSON.parse(JSON.stringify(document))
  if (circuit === 'trade-batch') {
    const { transition } = decodeTradeBatch(json, profile, sizes.trade)
    assert.equal(tradeBatchRefusal(statement, transition), undefined)
  } else if (circuit === 'takeover') {
    assert.equal(takeoverRefusal(statement, decodeTakeover(json, profile)), undefined)
  } else if (circuit === 'deleverage') {
    assert.equal(deleverageRefusal(statement, decodeDeleveraging(json, profile)), undefined)
  } else {
    const { transition } = decodeCashBatch(json, profile, sizes.cash)
    assert.equal(cashBatchRefusal(statement, transition), undefined)
  }
}

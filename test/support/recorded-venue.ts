import { NO_HASHES } from '../../lab/instances/model.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import type { TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { ACCOUNTS, CASH_DOMAIN } from './cash-venue.ts'
import { applyInCuts } from './cuts.ts'
import { LivingVenue } from './living-venue.ts'

/** What happened, at one time and table, and the state that it left. */
type Event = { readonly now: bigint; readonly table: RiskTable | undefined; after: State } & (
  | { readonly kind: 'trade'; readonly market: number; readonly message: SignedBundle }
  | {
      readonly kind: 'cash'
      readonly operation: CashOperation | undefined
      readonly sweep: number | undefined
      readonly vault: readonly bigint[]
    }
  | { readonly kind: 'liquidation'; readonly act: () => void }
)

/** How a life is cut into batches the second time. */
export interface Cuts {
  readonly sizes: Pick<TradeBatchSizes, 'messages' | 'signatures' | 'steps' | 'accounts' | 'lightAccounts'>
  /** Messages, or operations, that each batch is to have. */
  readonly lengths: readonly number[]
}

/** A {@link LivingVenue} that notes all that happens to it: each message and each operation is a batch of its own. */
export class RecordedVenue extends LivingVenue {
  readonly events: Event[] = []
  #market = 0

  /** Mostly the one of the order before, so that there are stretches to be cut. */
  override marketToTrade(): number {
    if (this.below(8) === 0) this.#market = 1 - this.#market
    return this.#market
  }

  /** Closes what can be closed more often than others do, before somebody is paid to take it over. */
  override step(): void {
    if (this.below(8) === 0) this.deleverage()
    super.step()
  }

  override cash(operation: CashOperation | undefined, sweep?: number): CashBatch | undefined {
    const vault = [...this.ledger]
    const made = super.cash(operation, sweep)
    // before the first table the constructor of the venue is still at work
    if (made !== undefined) this.events?.push({ kind: 'cash', operation, sweep, vault, ...this.#moment() })
    return made
  }

  override send(market: number, message: SignedBundle): void {
    const before = this.state
    super.send(market, message)
    if (this.state.books.get(market)?.hand !== undefined) throw new Error('an order is left in hand')
    if (this.state !== before) this.events.push({ kind: 'trade', market, message, ...this.#moment() })
  }

  override attempt(kind: string, act: () => void): void {
    const before = this.state
    super.attempt(kind, act)
    const isLiquidation = kind === 'TAKEOVER' || kind === 'DELEVERAGE'
    if (isLiquidation && this.state !== before) this.events.push({ kind: 'liquidation', act, ...this.#moment() })
  }

  #moment() {
    return { now: this.now, table: this.table, after: this.state }
  }

  /** Lives the same life again from that state on, in other batches; calls `look` with both states after each stretch. */
  again(start: State, { sizes, lengths }: Cuts, look: (other: State, recorded: State) => void): number {
    let state = start
    let batches = 0
    for (const stretch of stretches(this.events)) {
      const [first] = stretch as [Event]
      const { now: timestamp, table } = first
      if (first.kind === 'liquidation') {
        ;[this.state, this.now, this.table] = [state, timestamp, table]
        first.act()
        state = this.state
        batches++
      } else if (first.kind === 'trade') {
        const messages = stretch.map((event) => (event as typeof first).message)
        const terms = { ...{ market: first.market, timestamp, domain: CASH_DOMAIN, riskTable: table! } }
        const context = { ...terms, sizes: { name: 'test', ...sizes } }
        const larger = { ...context.sizes, steps: 40, accounts: ACCOUNTS }
        const cut = applyInCuts(state, messages, lengths, context, { unchecked: NO_HASHES, larger })
        state = cut.state
        batches += cut.batches
      } else {
        const operations = stretch.flatMap((event) => (event as typeof first).operation ?? [])
        const { sweep } = stretch.at(-1) as typeof first
        const context = { timestamp, domain: CASH_DOMAIN, riskTable: table, vault: first.vault }
        const cut = cashInCuts(state, operations, sweep, lengths, context)
        state = cut.state
        batches += cut.batches
      }
      look(state, stretch.at(-1)!.after)
    }
    return batches
  }
}

/** Events that one batch may hold if it is large enough: those of a kind, a market, a time and a table. */
function* stretches(events: readonly Event[]): Generator<readonly Event[]> {
  let stretch: Event[] = []
  for (const event of events) {
    const last = stretch.at(-1)
    if (last !== undefined && !mayJoin(last, event)) {
      yield stretch
      stretch = []
    }
    stretch.push(event)
  }
  if (stretch.length > 0) yield stretch
}

function mayJoin(last: Event, next: Event): boolean {
  if (last.now !== next.now || last.table !== next.table) return false
  if (last.kind === 'trade') return next.kind === 'trade' && last.market === next.market
  // a FLAG comes first in its batch, and a sweep last
  if (last.kind !== 'cash' || next.kind !== 'cash' || last.sweep !== undefined) return false
  return next.operation === undefined || !('kind' in next.operation) || next.operation.kind !== 'FLAG'
}

function cashInCuts(
  start: State,
  operations: readonly CashOperation[],
  sweep: number | undefined,
  lengths: readonly number[],
  terms: Omit<CashBatchContext, 'sizes'>,
): { state: State; batches: number } {
  let [state, vault, next, batches] = [start, terms.vault, 0, 0]
  const attempt = (count: number): CashBatch | undefined => {
    const isLast = next + count === operations.length
    const context = { ...terms, vault, sizes: { name: 'test', slots: 8 } }
    try {
      return applyCashBatch(state, operations.slice(next, next + count), context, isLast ? sweep : undefined)
    } catch (error) {
      if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return undefined
      throw error
    }
  }
  do {
    let count = Math.min(Math.max(1, lengths[batches % lengths.length]!), operations.length - next)
    let batch = attempt(count)
    while (batch === undefined && count > 0) batch = attempt(--count)
    if (batch === undefined) throw new Error('an operation that a batch had alone is refused')
    ;[state, vault] = [batch.after, batch.vault]
    next += count
    batches++
  } while (next < operations.length)
  return { state, batches }
}

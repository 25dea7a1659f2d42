import type { SignedBundle } from '../../protocol/bundle.ts'
import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { min } from '../../protocol/numbers.ts'
import { type IntakeCredit, intakeCredit } from '../sequencer/credit.ts'
import { isSameTable } from '../sequencer/same-table.ts'
import { ledgerAt, ledgerOf, type SealedBatch, type SequencerState, unsettled } from '../sequencer/state.ts'
import type { Deadlines } from '../settler/fees.ts'
import type { ChainView } from '../watcher/chain-view.ts'

/** For how long the contract takes a batch after its time, in seconds. */
const CLOCK_LIMIT = 15n * 60n

/** When what is made, and what waits in the queue of the contract, is too late. */
export function deadlinesOf(state: SequencerState): Deadlines {
  // What a batch serves that is not settled waits for the contract still.
  const { served } = ledgerAt(state, state.settledIndex)
  const entry = state.entries[Number(served - state.firstEntry)]?.deadline
  return { batch: firstDeadline(unsettled(state)), entry }
}

const DEADLINES = new WeakMap<readonly SealedBatch[], bigint>()

/** When the first of these batches is too late; undefined where there is none. */
function firstDeadline(batches: readonly SealedBatch[]): bigint | undefined {
  if (batches.length === 0) return undefined
  const known = DEADLINES.get(batches)
  if (known !== undefined) return known
  const first = batches.map(({ work }) => work.transition.context.timestamp).reduce(min) + CLOCK_LIMIT
  DEADLINES.set(batches, first)
  return first
}

/** How many messages it is: a bundle takes the room of all of its own. */
export function messagesIn(taken: SignedBundle | SignedCashMessage): bigint {
  return 'messages' in taken ? BigInt(taken.messages.length) : 1n
}

/** Whether messages may be taken: within the credit; or, where nothing waits, one bundle, which might never find room else. */
export function mayTake(
  messages: readonly (SignedBundle | SignedCashMessage)[],
  credit: bigint,
  state: SequencerState,
): boolean {
  const { open, waiting } = state
  if (messages.reduce((sum, message) => sum + messagesIn(message), 0n) <= credit) return true
  return messages.length === 1 && open.items.length + waiting.length + unsettled(state).length === 0
}

/**
 * The credit of intake now: what waits and what is sealed counts as whole batches, since each takes a proof whatever is in it.
 * `rate`: batches that are proved in a thousand seconds.
 */
export function creditNow(state: SequencerState, chain: Pick<ChainView, 'time' | 'table'>, rate: bigint): IntakeCredit {
  const { config, open, waiting } = state
  const size = BigInt(config.sizes.trade.messages)
  const made = unsettled(state)
  const orders = [...open.items, ...waiting].reduce(
    (sum, item) => sum + messagesIn('bundle' in item ? item.bundle : item.signed),
    0n,
  )
  const { served } = ledgerOf(state)
  const front = state.entries[Number(served - state.firstEntry)]
  const deadlines = [firstDeadline(made), front?.deadline].filter((deadline) => deadline !== undefined)
  const oldest = made[0]?.work.transition.context.riskTable
  const isNewest = oldest === undefined || chain.table === undefined || isSameTable(oldest, chain.table.table)
  return intakeCredit({
    provedPerThousandSeconds: rate * size,
    unsettled: BigInt(made.length) * size + orders,
    tablesLeft: isNewest ? 2n : 1n,
    oldestDeadline: deadlines.length === 0 ? undefined : deadlines.reduce(min),
    now: chain.time,
  })
}

import { unpackSlot } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'
import type { OrderName, Tracks } from '../sequencer/fills.ts'
import type { Item, SequencerState } from '../sequencer/state.ts'
import type { ReducedStep } from '../writer/writer.ts'

/** Which account a message is of, by its record: of all that something may yet be told of. */
export class Owners {
  #accounts: Map<number, number>

  constructor(state: SequencerState) {
    this.#accounts = accountsOf(state)
  }

  of(record: number): number | undefined {
    return this.#accounts.get(record)
  }

  /** Learns of the message that a record is, before it is asked for what that did. */
  learn({ record, before }: ReducedStep): void {
    if (record.kind === 'message') this.#accounts.set(before.records, record.bundle.messages[0]!.account)
    if (record.kind === 'cash-message') this.#accounts.set(before.records, record.signed.message.account)
  }

  /** Forgets what nothing is told of any more. */
  forget({ record, after }: ReducedStep): void {
    if (record.kind === 'final') this.#accounts = accountsOf(after)
  }
}

/** Of the messages that are not final, and of those whose orders rest after the last final batch. */
function accountsOf({ base, batches, open, waiting, dropped }: SequencerState): Map<number, number> {
  const items: Item[] = [...batches.flatMap((batch) => batch.items), ...open.items, ...waiting]
  for (const { batch } of dropped) items.push(...batch.items)
  return new Map([
    ...restingIn(base.state, base.tracks),
    ...items.map(({ record, account }) => [record, account] as const),
  ])
}

function restingIn({ books }: State, tracks: Tracks): (readonly [record: number, account: number])[] {
  return [...tracks].flatMap(([market, { resting, hand }]) => {
    const book = books.get(market)!
    const slots = [...book.bids, ...book.asks].map(unpackSlot)
    const named = slots.map(({ sequence, account }) => [resting.get(sequence), account] as const)
    return [...named, [hand, book.hand?.account] as const].flatMap(([name, account]) => {
      return name === undefined || account === undefined ? [] : [[(name as OrderName).record, account] as const]
    })
  })
}

import type { OperatorState } from '../../client/wire/operator.ts'
import type { Book } from '../../protocol/book.ts'
import { unpackSlot } from '../../protocol/slot.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import { phaseName } from '../traders/market-views.ts'

type BookSize = OperatorState['books'][number]

/** How much rests and waits in each market: orders and lots, and not whose. */
export function bookSizes(sequencer: SequencerState): BookSize[] {
  const { books, openInterest } = currentState(sequencer)
  const { waiting, table } = sequencer
  return [...books.entries()].slice(0, openInterest.length).map(([market, { bids, asks }]): BookSize => {
    const record = table?.markets[market]
    return {
      ...{ market, bids: bids.length, asks: asks.length, bidLots: lotsOf(bids), askLots: lotsOf(asks) },
      openInterest: openInterest[market]!,
      waiting: waiting.filter((item) => item.market === market).length,
      ...(record && { phase: phaseName(record.phase), mark: record.mark }),
    }
  })
}

function lotsOf(window: Book['bids']): bigint {
  return window.reduce((sum, slot) => sum + unpackSlot(slot).size, 0n)
}

import type { z } from 'zod'
import type { AccountEvent } from '../../client/wire/events.ts'
import type { messageAnswer } from '../../client/wire/messages.ts'
import type { Fill } from '../sequencer/fills.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { finalityOf } from './finality-of.ts'

export type MessageAnswer = z.output<typeof messageAnswer>
type OrderNow = MessageAnswer['orders'][number]
type FillTold = Extract<AccountEvent, { kind: 'filled' }>

/** What is known of a message. */
export interface Note {
  readonly record: number
  readonly account: number
  readonly nonce: bigint
  readonly clientOrderId: string | undefined
  readonly id: string
  state: MessageAnswer['state']
  reason: string | undefined
  batch: number | undefined
  readonly orders: Map<number, OrderNow>
  readonly fills: FillTold[]
  readonly busted: Omit<FillTold, 'kind' | 'batch'>[]
  /** By which it is found, unless a later one has taken the name. */
  readonly names: Set<string>
  isFinal: boolean
}

/** What is told of a message as it stands now. */
export function answerOf(note: Note, state: SequencerState): MessageAnswer {
  const { record, nonce, clientOrderId, batch, reason } = note
  const soft = note.fills.filter((fill) => findFill(fill, state) !== undefined || fill.batch > state.finalIndex)
  const finalityNow = (fill: FillTold): MessageAnswer['fills'][number]['state'] =>
    soft.includes(fill) ? finalityOf(findFill(fill, state), state) : 'final'
  return {
    ...{ record, nonce, state: note.state, orders: [...note.orders.values()] },
    ...(clientOrderId !== undefined && { clientOrderId }),
    ...(reason !== undefined && { reason }),
    ...(batch !== undefined && note.state === 'executed' && { batch, finality: finalityOf(batch, state) }),
    fills: [
      ...note.fills.map((fill) => ({ ...shownFill(fill), state: finalityNow(fill) })),
      ...note.busted.map((fill) => ({ ...shownFill(fill), state: 'busted' as const })),
    ],
  }
}

function shownFill({ place = 0, market, side, price, size, role }: Omit<FillTold, 'kind' | 'batch'>) {
  return { place, market, side, price, size, role }
}

/** Number of the batch that has a fill now, which after a rewind may be another than was told; undefined if none that is not final does. */
function findFill(told: FillTold, { batches, open, finalIndex }: SequencerState): number | undefined {
  const isIt = (fill: Fill) => {
    const own = told.role === 'taker' ? fill.taker : fill.maker
    const { market, price, size } = fill
    return own?.record === told.record && own?.place === told.place && isSameTrade({ market, price, size }, told)
  }
  const place = batches.findIndex(({ fills }) => fills.some(isIt))
  if (place >= 0) return finalIndex + 1 + place
  return open.fills.some(isIt) ? finalIndex + 1 + batches.length : undefined
}

type Trade = Pick<FillTold, 'market' | 'price' | 'size'>

function isSameTrade(one: Trade, other: Trade): boolean {
  return one.market === other.market && one.price === other.price && one.size === other.size
}

/** Whether both are of one trade of one order. */
export function isSameFill(one: FillTold, other: Omit<FillTold, 'kind' | 'batch'>): boolean {
  return one.place === other.place && one.role === other.role && isSameTrade(one, other)
}

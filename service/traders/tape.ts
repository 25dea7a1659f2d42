import type { z } from 'zod'
import type { TapeEntry, tradesAnswer } from '../../client/wire/trades.ts'
import { type Fill, fillName } from '../sequencer/fills.ts'
import { batchAt, type SequencerState } from '../sequencer/state.ts'
import type { ReducedStep } from '../writer/writer.ts'
import { firstNumber } from './account-events.ts'
import { finalityOf } from './finality-of.ts'

/** Most entries that are kept of a market. */
const MOST_ENTRIES = 10_000

type TradesAnswer = z.output<typeof tradesAnswer>

interface Kept {
  readonly entry: TapeEntry
  /** What tells its trade apart from others. */
  readonly name: string
  isBusted: boolean
}

interface Tape {
  readonly kept: Kept[]
  /** Number of the last entry that is not kept any more. */
  forgotten: number
}

/** The trades of each market, and which of them are none any more, as far as they are kept: for everybody, and so without accounts. */
export class Tapes {
  readonly #tapes = new Map<number, Tape>()
  readonly #begin: number
  readonly #most: number

  /** From where the records begin that it will hear of; keeps `most` entries of each market. */
  constructor({ records }: Pick<SequencerState, 'records'>, most = MOST_ENTRIES) {
    this.#begin = firstNumber(records)
    this.#most = most
  }

  /** What a record tells, by market. Numbers are the same whenever the journal is reduced. */
  hear(step: ReducedStep): (readonly [market: number, entry: TapeEntry])[] {
    const first = firstNumber(step.before.records) + 1
    const told = step.effects.filter((effect) => effect.kind === 'filled' || effect.kind === 'busted')
    return told.map((effect, i) => {
      const { fill } = effect
      const previous = this.last(fill.market)
      const head = { number: first + i, previous, side: fill.takerSide, price: fill.price, size: fill.size }
      return [
        fill.market,
        effect.kind === 'filled'
          ? this.#add(fill, { kind: 'trade', ...head, time: timeOf(step.after, effect.batch) })
          : this.#bust(fill, { kind: 'busted', ...head, time: step.after.timestamp }),
      ] as const
    })
  }

  /** Number of the market's last entry, or of where this begins. */
  last(market: number): number {
    const tape = this.#tapes.get(market)
    return tape?.kept.at(-1)?.entry.number ?? tape?.forgotten ?? this.#begin
  }

  /** The market's entries after that number; undefined if not all of them are kept, or there is no such number yet. */
  after(market: number, number: number): readonly TapeEntry[] | undefined {
    if (number < this.#of(market).forgotten || number > this.last(market)) return undefined
    return this.#keptAfter(market, number).map(({ entry }) => entry)
  }

  /** The first `limit` entries that are kept after a number, or the last ones, as the trades stand now. */
  page(
    state: SequencerState,
    market: number,
    { after, limit }: { readonly after?: number | undefined; readonly limit: number },
  ): TradesAnswer {
    const places = placesOf(state, market)
    const { kept } = this.#of(market)
    const shown =
      after === undefined
        ? kept.slice(Math.max(0, kept.length - limit))
        : this.#keptAfter(market, after).slice(0, limit)
    const entries = shown.map(({ entry, name, isBusted }) => {
      if (entry.kind === 'busted') return entry
      const place = places.get(name)
      return {
        ...entry,
        state: isBusted ? 'busted' : place === undefined ? 'final' : finalityOf(place, state),
      } as const
    })
    return { market, last: this.last(market), entries }
  }

  #add(fill: Fill, entry: TapeEntry): TapeEntry {
    const tape = this.#of(fill.market)
    this.#tapes.set(fill.market, tape)
    tape.kept.push({ entry, name: fillName(fill), isBusted: false })
    if (tape.kept.length > this.#most) tape.forgotten = tape.kept.shift()!.entry.number
    return entry
  }

  #bust(fill: Fill, entry: TapeEntry): TapeEntry {
    const name = fillName(fill)
    const trade = this.#of(fill.market).kept.findLast((one) => {
      return one.entry.kind === 'trade' && !one.isBusted && one.name === name
    })
    if (trade === undefined) return this.#add(fill, entry)
    trade.isBusted = true
    return this.#add(fill, { ...entry, time: trade.entry.time, trade: trade.entry.number } as TapeEntry)
  }

  #keptAfter(market: number, number: number): readonly Kept[] {
    const { kept } = this.#of(market)
    const first = kept.findLastIndex(({ entry }) => entry.number <= number) + 1
    return kept.slice(first)
  }

  #of(market: number): Tape {
    return this.#tapes.get(market) ?? { kept: [], forgotten: this.#begin }
  }
}

/** The time of the batch of that number, sealed or not. */
function timeOf(state: SequencerState, batch: number): bigint {
  return batchAt(state, batch)?.work.transition.context.timestamp ?? state.timestamp
}

/** In which batch the trades of a market are that are not final. */
function placesOf({ batches, open, finalIndex }: SequencerState, market: number): ReadonlyMap<string, number> {
  const all = [...batches, { index: finalIndex + batches.length + 1, fills: open.fills }]
  const own = (fills: readonly Fill[]) => fills.filter((fill) => fill.market === market)
  return new Map(all.flatMap(({ index, fills }) => own(fills).map((fill) => [fillName(fill), index] as const)))
}

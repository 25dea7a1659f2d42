import type { HouseCover } from '../../protocol/takeover/best-bid.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import { type SealedBatch, type SequencerState, unsettled } from '../sequencer/state.ts'
import { Asked } from './asked.ts'
import { type Duty, dutiesOf, sweepDuty } from './duties.ts'
import { Patience } from './patience.ts'
import { Survey } from './survey.ts'

/** Batches that flag, take over or deleverage and are not settled: beyond so many none is asked for, so that traders have their turn. */
const MOST_UNSETTLED = 8
/** Payouts of a turn. */
const MOST_PAYOUTS = 32
/** Seconds between two sweeps of fees. */
const SWEEP_EVERY = 3_600n

/** What an operator would do by hand, with the memory that it takes not to do it without end. */
export class Liquidator {
  readonly #survey = new Survey()
  readonly #patience = new Patience()
  readonly #asked = new Asked()
  #sweptAt = 0n

  /**
   * What to write now, all of it before the next turn, and what a person has to know, which names no account. `coverNow` is asked only where
   * somebody is flagged.
   * `now`: unix seconds.
   */
  async turn(sequencer: SequencerState, now: bigint, coverNow: () => Promise<HouseCover>) {
    this.#asked.follow(sequencer, this.#patience)
    const accounts = this.#survey.next(sequencer, now)
    const cover = this.#survey.flagged > 0 ? await coverNow() : { now: 0n, perHour: 0n }
    const { duties, stuck } = dutiesOf(sequencer, accounts, { now, cover })
    const chosen = this.#choose(sequencer, duties, now)
    for (const duty of chosen) this.#asked.add(sequencer, duty, now)
    return { records: chosen.flatMap(({ records }) => records), alert: this.#alert(stuck) }
  }

  /** How many accounts are flagged, as far as they were looked at. */
  get flagged(): number {
    return this.#survey.flagged
  }

  #choose(sequencer: SequencerState, duties: readonly Duty[], now: bigint): Duty[] {
    const patient = duties.filter(({ name }) => this.#patience.may(name, now))
    const room = MOST_UNSETTLED - unsettled(sequencer).filter(isLiquidation).length
    const liquidations = patient.filter(({ kind }) => kind !== 'payout').slice(0, Math.max(0, room))
    const payouts = patient.filter(({ kind }) => kind === 'payout').slice(0, MOST_PAYOUTS)
    return [...liquidations, ...together(payouts), ...this.#sweep(sequencer, now)]
  }

  #sweep(sequencer: SequencerState, now: bigint): Duty[] {
    const sweep = sweepDuty(sequencer)
    const isTime = sweep?.retires === true || now >= this.#sweptAt + SWEEP_EVERY
    if (sweep === undefined || !isTime || !this.#patience.may(sweep.name, now)) return []
    this.#sweptAt = now
    return [sweep]
  }

  #alert(stuck: readonly string[]): string | undefined {
    const { vain } = this.#patience
    const told: string[] = []
    if (stuck.length > 0) {
      const reasons = [...new Set(stuck)].join(', ')
      told.push(`auctions that end soon without anybody to take over or to close against: ${stuck.length} (${reasons})`)
    }
    if (vain > 0) told.push(`${vain} flags, takeovers or the like were asked for again and again, and did not hold`)
    return told.length === 0 ? undefined : told.join('; ')
  }
}

/** One record for all payouts: they share batches. */
function together(payouts: readonly Duty[]): Duty[] {
  const operations = payouts.flatMap(({ records }) => {
    return records.flatMap((record) => (record.kind === 'operations' ? record.operations : []))
  })
  const records: SequencerRecord[] = [{ kind: 'operations', operations }]
  return payouts.map((duty, i) => ({ ...duty, records: i === 0 ? records : [] }))
}
function isLiquidation({ work }: SealedBatch): boolean {
  if (work.circuit === 'cash-batch') return work.transition.slots[0]?.kind === 'FLAG'
  return work.circuit !== 'trade-batch'
}

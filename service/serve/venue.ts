import type { TraderMessage } from '../../client/wire/messages.ts'
import type { StatusAnswer } from '../../client/wire/status.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { accountAt } from '../../protocol/state.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import type { Alerts } from '../alerts/alerts.ts'
import { Refusal } from '../http/refusal.ts'
import type { Bringer } from '../intake/bringer.ts'
import type { Journal } from '../journal/journal.ts'
import { Liquidator } from '../liquidator/liquidator.ts'
import type { VenueLog } from '../log/venue-log.ts'
import type { Operations } from '../operator/routes.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import type { IntakeCredit } from '../sequencer/credit.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import { batchAt, currentState, rootOf, type SequencerState, unsettled } from '../sequencer/state.ts'
import { capAt } from '../settler/fees.ts'
import { MOST_TOGETHER } from '../settler/next-step.ts'
import type { Settler, Turn } from '../settler/settler.ts'
import type { ViewKeyAnswer } from '../traders/message-routes.ts'
import type { ProvableStates, RootsOfChain } from '../traders/provable-states.ts'
import { chainNews } from '../watcher/chain-records.ts'
import type { ChainSource, ChainView } from '../watcher/chain-view.ts'
import { rewindDue } from '../watcher/rewind-due.ts'
import { toldByNode } from '../watcher/told-by-node.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'
import { RunningSnapshots } from '../writer/running-snapshots.ts'
import { writeSnapshot } from '../writer/snapshots.ts'
import type { Answer } from '../writer/writer.ts'
import { isTickDue, SharedClock, skewOf } from './clock.ts'
import { cureOf } from './cure.ts'
import { chainFindings, provingFindings } from './findings.ts'
import { Intake, type IntakeParts } from './intake.ts'
import { creditNow, deadlinesOf } from './load.ts'
import { operationsOf } from './operations.ts'
import { overviewOf, type Sight } from './overview.ts'
import { type ProofReport, proofsOfBatches, unprovedJobs } from './proofs.ts'
import { ProvingRate } from './proving-rate.ts'
import { batchWithoutWitness, bothWanted, helpsToRemake, stillWanted, Tries, type Wanted } from './remaking.ts'
import { statusDocument } from './status.ts'

export interface VenueParts extends Pick<IntakeParts, 'writer' | 'signatures' | 'known'> {
  readonly database: Database
  readonly sealer: Sealer
  readonly journal: Journal
  readonly circuits: BatchCircuits
  readonly reader: Pick<ChainSource, 'read' | 'cover' | 'operator' | 'otherKeys'> & {
    readonly settlement: { readonly address: string }
  }
  readonly settler: Pick<Settler, 'turn'>
  /** The states of which owners can prove something, and who asks the contract for its roots. */
  readonly provable: ProvableStates
  readonly roots: RootsOfChain
  readonly alerts: Alerts
  readonly log: VenueLog
  readonly sight: Sight
  /** Address of the operator that it signs as. */
  readonly operator: string
  /** Most wei for a unit of gas while nothing is urgent. */
  readonly feeCap: bigint
}

/** For how long the chain may be silent before nothing is cut or accepted any more, in milliseconds. */
const SILENCE_MS = 60_000

/** The venue: what its loops do in a turn, and what its gateway asks. */
export class Venue {
  readonly #parts: VenueParts
  readonly #rate = new ProvingRate()
  readonly #liquidator = new Liquidator()
  readonly #intake: Intake
  readonly #snapshots: RunningSnapshots
  readonly #clock: SharedClock
  /** Unix milliseconds. Workers are heard of from about then on, and not while the journal is read before. */
  readonly #begunAt = Date.now()
  #chain: (ChainView & { readonly readAt: number }) | undefined
  /** Why nothing may be made now. */
  #halted: string | undefined = 'the chain has not been read yet'
  /** Why nothing is settled until a person looked. */
  #stopped: string | undefined
  #wanted: Wanted | undefined
  #unfit = new Tries()
  #unwitnessed = new Tries()

  constructor(parts: VenueParts) {
    this.#parts = parts
    const { writer, alerts } = parts
    this.#clock = new SharedClock(parts.database)
    this.#intake = new Intake({
      ...parts,
      requireOpen: () => this.#requireOpen(),
      credit: () => this.#credit(),
      tick: () => this.#tick(),
    })
    this.#snapshots = new RunningSnapshots({
      state: () => writer.written,
      write: (state) => this.#store(state),
      onWritten: (error) =>
        alerts.set('SNAPSHOT_FAILING', error === undefined ? undefined : { cause: snapshotFailing(error) }),
    })
  }

  /** As {@link Intake.take}. */
  take(messages: readonly TraderMessage[], by?: Bringer): Promise<readonly Answer[]> {
    return this.#intake.take(messages, by)
  }

  /** As {@link Intake.takeBid}. */
  takeBid(signed: SignedBid, by?: Bringer): ReturnType<Intake['takeBid']> {
    return this.#intake.takeBid(signed, by)
  }

  /** Takes the view key of an account. Throws a Refusal for one that is not the account's. */
  async takeViewKey({
    account,
    viewKey,
  }: {
    readonly account: number
    readonly viewKey: bigint
  }): Promise<ViewKeyAnswer> {
    const { writer } = this.#parts
    const tick = await this.#tick()
    // From here on at one go: else many would be taken who bring the same key.
    const known = accountAt(currentState(writer.state), account)?.viewKey ?? 0n
    const waiting = writer.state.viewKeys.get(account)?.viewKey
    if (known === viewKey || waiting === viewKey) return 'KNOWN'
    const commitment = writer.state.viewCommitments.get(account)
    if (known !== 0n || (commitment !== undefined && commitment !== viewCommitment(viewKey))) {
      throw new Refusal(409, 'VIEW_KEY_REFUSED', `it is not the view key with which account ${account} was registered`)
    }
    if (commitment === undefined) {
      const message = `no registration of account ${account} has been seen on the chain yet; ask again later`
      throw new Refusal(404, 'ACCOUNT_UNKNOWN', message)
    }
    await writer.put([...tick, { kind: 'view', account, viewKey }])
    return 'TAKEN'
  }

  /** Whether it was frozen, as the chain was looked at last. */
  get isFrozen(): boolean {
    return (this.#chain?.frozenAt ?? 0n) !== 0n
  }

  /** That it was, to be told. */
  get #frozen(): string | undefined {
    return this.isFrozen ? `the venue was frozen at ${this.#chain!.frozenAt} (unix seconds), for ever` : undefined
  }

  /** How many messages may be accepted now. */
  get credit(): bigint {
    return this.#chain === undefined ? 0n : this.#credit().messages
  }

  status(): StatusAnswer {
    const { journal, writer, reader, alerts } = this.#parts
    const { address: settlement } = reader.settlement
    return statusDocument({
      ...{ settlement, epoch: journal.epoch, state: writer.written, alerts: alerts.list },
      credit: this.#creditTold(),
    })
  }

  /** What an operator sees and does. */
  get operations(): Operations {
    const { sight, ...parts } = this.#parts
    return operationsOf({
      ...parts,
      metrics: sight.metrics,
      overview: (line) =>
        overviewOf(
          { ...parts, ...sight },
          { line, chain: this.#chain, credit: this.#creditTold(), flagged: this.#liquidator.flagged },
        ),
      line: {
        stopped: () => this.#stopped,
        halted: () => this.#halted,
        resume: () => this.#resume(),
        want: (wanted) => this.#want(wanted),
      },
    })
  }

  /** Lets time pass where something waits for that, and notes proofs that came. */
  async paceTurn(): Promise<void> {
    const { database, writer, circuits, alerts, sight } = this.#parts
    this.#requireHeard()
    this.#snapshots.turn()
    const clock = await this.#clock.read()
    if (this.#halted === undefined && isTickDue(writer.state, clock)) {
      await writer.put(await this.#tick())
    }
    // Of what is not on disk yet there are no jobs.
    const reports = await unprovedJobs(database, writer.written, circuits)
    const proved = reports.filter(({ state }) => state === 'proved')
    await writer.put(
      proved.flatMap(({ batch }): SequencerRecord[] => {
        // Made anew while the jobs were asked for.
        if (batchAt(writer.state, batch.index)?.work !== batch.work) return []
        return [{ kind: 'proved', index: batch.index, root: rootOf(batch) }]
      }),
    )
    for (const { createdAt, changedAt } of proved) this.#rate.proved(createdAt, changedAt)
    this.#remakeUnwitnessed(reports, clock / 1000n)
    const { stages, roster } = sight
    const facts = { state: writer.written, reports, stages, workers: roster.list }
    alerts.setAll(provingFindings({ ...facts, since: this.#begunAt, now: Date.now() }))
  }

  /** Looks at the chain, writes what it tells, makes anew what could not be settled any more, and settles what is proved. */
  async chainTurn(): Promise<void> {
    const { writer, reader, alerts, provable, roots } = this.#parts
    const chain = await toldByNode(reader.read(writer.state))
    if (chain === undefined) return
    this.#chain = { ...chain, readAt: performance.now() }
    this.#halted = skewOf(await this.#clock.read(), chain.time)
    alerts.set('CLOCK_SKEWED', factOf(this.#halted))
    if (this.#frozen !== undefined) this.#stop(this.#frozen)
    const { records, diverged } = chainNews(writer.state, chain)
    if (diverged !== undefined) {
      alerts.setAll(chainFindings(writer.state, chain))
      this.#stop(`${diverged}: the contract is ahead of this journal, or went another way`)
      return
    }
    if (records.length > 0) await writer.put([...(await this.#tick()), ...records])
    alerts.setAll(chainFindings(writer.state, chain))
    if (chain.frozenAt === 0n) {
      await this.#liquidate(chain)
      await this.#settle(chain)
    }
    await toldByNode(provable.look(chain.settled, writer.written, roots))
  }

  /** Stores what a start would have to work out of the journal. */
  async snapshot(): Promise<void> {
    await this.#snapshots.settled()
    // In memory more may have been made than was written.
    await this.#store(this.#parts.writer.written)
  }

  async #store(state: SequencerState): Promise<void> {
    const { database, sealer, journal, log } = this.#parts
    await writeSnapshot(database, sealer, { epoch: journal.epoch, state, root: log.root(state.records) })
  }

  /** Asks for what an operator would ask for by hand; nothing while the line stands still. */
  async #liquidate(chain: ChainView): Promise<void> {
    const { writer, reader, alerts } = this.#parts
    if (this.#halted !== undefined || this.#stopped !== undefined) return
    // It would drop what is asked for now.
    if (this.#wanted !== undefined || rewindDue(writer.state, chain) !== undefined) return
    const now = (await this.#clock.read()) / 1000n
    const { records, alert } = await this.#liquidator.turn(writer.state, now, () => toldByNode(reader.cover()))
    alerts.set('LIQUIDATION_STUCK', factOf(alert))
    if (records.length > 0) await writer.put([...(await this.#tick()), ...records])
  }

  async #settle(chain: ChainView): Promise<void> {
    const { settler, writer, database, circuits, alerts, feeCap } = this.#parts
    const { state } = writer
    const batches = unsettled(state).slice(0, MOST_TOGETHER)
    const line = batches.map((batch) => ({
      ...{ index: batch.index, isProved: batch.proved },
      // Of a batch whose job is being made nobody needs it, and it is hashed beside this thread.
      get root() {
        return rootOf(batch)
      },
    }))
    // Made anew meanwhile for another reason, it needs no more.
    if (this.#wanted?.root !== undefined && line[0]?.root !== this.#wanted.root) this.#wanted = undefined
    this.#wanted = stillWanted(this.#wanted, state)
    // Made at a clock that does not agree with the chain's, they would be no better.
    const due = this.#halted === undefined ? rewindDue(state, chain) : undefined
    const turn = await settler.turn({
      line,
      isRewindDue: this.#wanted !== undefined || due !== undefined,
      isStopped: this.#stopped !== undefined,
      feeCap: capAt(feeCap, deadlinesOf(state), chain.time),
      proofsOf: (count) => proofsOfBatches(database, batches.slice(0, count), circuits),
      async beforeSending(count) {
        const { index, root } = line[count - 1]!
        await writer.put([{ kind: 'sent', index, root }])
      },
    })
    if (turn.kind === 'rewind') {
      await writer.put(await this.#tick())
      // From here on at one go: what was asked for meanwhile is part of it, and what is refused by now is not.
      const wanted = stillWanted(this.#wanted, writer.state)
      this.#wanted = undefined
      const { settledIndex: to } = writer.state
      const { cause, without } = wanted ?? {}
      const rewind = cause ? ({ kind: 'rewind', to, cause, ...(without && { without }) } as const) : due
      if (rewind !== undefined) await writer.put([rewind])
    }
    alerts.set('SETTLEMENT_REFUSED', factOf(this.#meaning(turn, await cureOf(turn, this.#parts))))
  }

  /** What is to be told of a turn. */
  #meaning(turn: Turn, cure: string | undefined): string | undefined {
    if (turn.kind === 'resolved' && turn.reverted > 0) return 'a settlement reverted on the chain; it is tried again'
    if (turn.kind !== 'refused') return undefined
    const { batch, root, refusal, message } = turn
    // The block of that time comes within a minute; where it does not, the clock's alert says so.
    if (refusal === 'AuctionAhead') return undefined
    const told = `Settlement refuses batch ${batch}: ${message}`
    const { state } = this.#parts.writer
    const meaning = turn.meaning === 'unfit' && !this.#unfit.mayTry(batch) ? 'stop' : turn.meaning
    // At a clock that does not agree with the chain's it would come out no better.
    const mayHelp = this.#halted === undefined && helpsToRemake(refusal, state)
    if (meaning === 'remake' && mayHelp) this.#want({ cause: 'AGE', root })
    if (meaning === 'unfit') this.#want({ cause: 'REORGANISATION', root })
    // Signed for a batch before or after it, as the chain changed meanwhile.
    if (refusal === 'NotByOperator' && cure === undefined) return told
    if (meaning === 'stop') {
      // With the cure, the same batches are settled.
      if (this.#stopped === undefined && cure === undefined) this.#want({ cause: 'PROOF', root })
      this.#stop(cure === undefined ? told : `${told}; ${cure}`)
    }
    return told
  }

  /** Has the next batch made anew that nobody found a witness for, some times. */
  #remakeUnwitnessed(reports: readonly ProofReport[], now: bigint): void {
    const { settledIndex } = this.#parts.writer.state
    const batch = batchWithoutWitness(reports, { settledIndex, now })
    if (batch === undefined || this.#halted !== undefined || this.#wanted !== undefined) return
    if (this.#unwitnessed.mayTry(batch.index)) this.#want({ cause: 'WITNESS', root: rootOf(batch) })
  }

  #want(wanted: Wanted): void {
    this.#wanted = bothWanted(this.#wanted, wanted)
  }

  #stop(why: string): void {
    this.#stopped ??= why
    this.#parts.alerts.set('LINE_STOPPED', { cause: `nothing is settled any more: ${this.#stopped}` })
  }

  #resume(): void {
    this.#stopped = undefined
    this.#unfit = new Tries()
    this.#unwitnessed = new Tries()
    this.#parts.alerts.set('LINE_STOPPED', undefined)
  }

  #creditTold(): IntakeCredit {
    return this.#chain === undefined ? { messages: 0n, retryAfter: 1n } : this.#credit()
  }

  #credit(): IntakeCredit {
    return creditNow(this.#parts.writer.state, this.#chain!, this.#rate.batchesPerThousandSeconds())
  }

  /** A tick, unless the clock has not moved on; none while nothing may be made. */
  async #tick(): Promise<SequencerRecord[]> {
    const { writer } = this.#parts
    if (this.#halted !== undefined) return []
    const clock = await this.#clock.read()
    return clock > writer.state.clock ? [{ kind: 'tick', clock }] : []
  }

  #requireHeard(): void {
    const silence = performance.now() - (this.#chain?.readAt ?? 0)
    const isSilent = this.#chain !== undefined && silence > SILENCE_MS
    const told = 'the chain could not be read for a minute: nothing is cut or accepted until it can'
    if (isSilent) this.#halted = told
    this.#parts.alerts.set('CHAIN_SILENT', factOf(isSilent ? told : undefined))
  }

  #requireOpen(): void {
    // Who resumes a frozen venue opens nothing, not even until it stops again.
    const why = this.#stopped ?? this.#halted ?? this.#frozen
    if (why === undefined) return
    throw new Refusal(503, 'VENUE_HALTED', `the venue takes no messages now: ${why}`, 5)
  }
}

function factOf(cause: string | undefined) {
  return cause === undefined ? undefined : { cause }
}

function snapshotFailing(error: unknown): string {
  return `no snapshot can be stored (${(error as Error).message}): a start would have to read the records since the last one`
}

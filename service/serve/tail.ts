import { journalHead } from '../journal/journal.ts'
import type { LogTree } from '../log/tree.ts'
import type { Queryable } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import type { SequencerConfig, SequencerState } from '../sequencer/state.ts'
import { TradersDesk } from '../traders/desk.ts'
import type { DoorRules } from '../traders/rules.ts'
import { replay } from '../writer/recover.ts'
import type { ReducedStep } from '../writer/writer.ts'
import type { Ready } from './serve.ts'

export interface TailOptions {
  readonly database: Queryable
  readonly sealer: Sealer
  readonly config: SequencerConfig
  /** Of the door. */
  readonly rules?: DoorRules | undefined
  readonly warn: (message: string) => void
}

interface Followed {
  readonly epoch: bigint
  readonly tree: LogTree
  state: SequencerState
  desk: TradersDesk | undefined
}

/** A venue's state as another process writes it, a moment later. */
export class Tail implements Disposable {
  readonly #options: TailOptions
  #followed: Followed | undefined
  #credit: () => bigint = () => 0n

  constructor(options: TailOptions) {
    this.#options = options
  }

  /** What it knows; undefined while nothing was written. */
  get state(): SequencerState | undefined {
    return this.#followed?.state
  }

  get epoch(): bigint | undefined {
    return this.#followed?.epoch
  }

  /** Reduces what was written since. Throws as {@link replay}; the next turn then begins with what there is. */
  async turn(): Promise<void> {
    const { database, sealer, config, warn } = this.#options
    const journal = await journalHead(database)
    const { epoch } = journal
    if (this.#followed !== undefined && this.#followed.epoch !== epoch) this.#forget()
    const before = this.#followed
    let desk = before?.desk
    const onReduced = (steps: readonly ReducedStep[]) => {
      desk ??= this.#deskFrom(steps[0]!.before)
      desk.feeds.hear(steps)
    }
    let replayed: Awaited<ReturnType<typeof replay>>
    try {
      replayed = await replay({ database, sealer, journal, config, warn, from: before, onReduced })
    } catch (error) {
      // The desk may have heard records that the next turn reads again.
      desk?.[Symbol.dispose]()
      this.#followed = undefined
      throw error
    }
    if (replayed === undefined) return
    const { state, tree } = replayed
    this.#followed = { epoch, tree, state, desk: desk ?? this.#deskFrom(state) }
  }

  /** What to lead that epoch with; this forgets it. */
  ready(epoch: bigint): Ready | undefined {
    const followed = this.#followed
    if (followed?.epoch !== epoch) return undefined
    this.#followed = undefined
    const { state, tree, desk } = followed
    return {
      ...{ state, tree },
      deskWith: (credit) => {
        this.#credit = credit
        return desk!
      },
    }
  }

  #deskFrom(state: SequencerState): TradersDesk {
    return new TradersDesk(state, { credit: () => this.#credit(), rules: this.#options.rules })
  }

  #forget(): void {
    this.#followed?.desk?.[Symbol.dispose]()
    this.#followed = undefined
  }

  [Symbol.dispose](): void {
    this.#forget()
  }
}

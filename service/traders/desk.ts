import { KnownCallers } from '../intake/known-callers.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { Door, type DoorOptions } from './door.ts'
import { Feeds } from './feeds.ts'
import type { Messages } from './messages.ts'

/** What knows traders and their messages from record to record: the door that they come in by, from where they came, and what they are told. */
export class TradersDesk implements Disposable {
  readonly door: Door
  readonly known = new KnownCallers()
  readonly feeds: Feeds

  /** `state`: from where the records begin that the feeds will hear of. */
  constructor(state: SequencerState, options: DoorOptions) {
    const same: Messages['same'] = (message) => this.feeds.messages.same(message)
    this.door = new Door({ same, known: (message) => this.feeds.messages.known(message) }, options)
    this.feeds = new Feeds(state, (account) => this.door.filled(account))
  }

  [Symbol.dispose](): void {
    this.feeds[Symbol.dispose]()
  }
}

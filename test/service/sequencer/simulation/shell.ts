import { ZkclearError } from '../../../../protocol/errors.ts'
import type { Effect } from '../../../../service/sequencer/effects.ts'
import { decodeRecord, encodeRecord, type SequencerRecord } from '../../../../service/sequencer/record.ts'
import { reduce } from '../../../../service/sequencer/reducer.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../../service/sequencer/snapshot.ts'
import type { SequencerState } from '../../../../service/sequencer/state.ts'
import { assertSame, assertSameContent, type Told, toldOf } from './describe.ts'

interface JournalEntry {
  readonly record: SequencerRecord
  readonly told: Told
}

/** Where a process dies in the middle of a record: before the journal has it, or before anybody is told what it led to. */
export type CrashPoint = 'before-append' | 'after-append'

/**
 * The part of the service around the reducer, as small as it may be: reduce, append, publish. The journal and the snapshots survive a
 * crash, nothing else does.
 */
export class Shell {
  state: SequencerState
  /** The state before the first record. */
  readonly beginning: SequencerState
  /** Every record that was appended, out of its bytes, and what it led to when it was reduced first. */
  readonly journal: JournalEntry[] = []
  readonly #publish: (record: SequencerRecord, effects: readonly Effect[]) => void
  #snapshot: { readonly bytes: Uint8Array; readonly at: number }

  constructor(state: SequencerState, publish: (record: SequencerRecord, effects: readonly Effect[]) => void) {
    this.state = state
    this.beginning = state
    this.#publish = publish
    this.#snapshot = { bytes: bytesOf(state), at: 0 }
  }

  /** Gives what the record was turned down for, if it was; of a record that came to be, undefined. */
  submit(record: SequencerRecord, crash?: CrashPoint): ZkclearError | undefined {
    try {
      const { state, effects } = reduce(this.state, record)
      if (crash === 'before-append') {
        this.restart()
        return undefined
      }
      this.journal.push({ record: asRead(record), told: toldOf(effects) })
      if (crash === 'after-append') this.restart()
      else this.state = state
      this.#publish(record, effects)
      return undefined
    } catch (error) {
      if (error instanceof ZkclearError && error.code === 'INPUT_INVALID') return error
      throw error
    }
  }

  /** None while a batch that was given up may come back: a snapshot has no room for that. */
  takeSnapshot(): void {
    if (this.state.dropped.length > 0) return
    this.#snapshot = { bytes: bytesOf(this.state), at: this.journal.length }
  }

  /** As a new process begins: the last snapshot, and the records after it. Each leads to what it led to before. */
  restart(): void {
    let state = restored(this.#snapshot.bytes)
    for (const entry of this.journal.slice(this.#snapshot.at)) state = again(state, entry)
    this.state = state
  }
}

/** The state after the record, which leads to what it led to before. */
export function again(state: SequencerState, { record, told }: JournalEntry): SequencerState {
  const reduced = reduce(state, record)
  assertSame(toldOf(reduced.effects), told, 'a record leads to the same again')
  return reduced.state
}

// Whatever is the same in many schedules, such as how they begin, is written and read once.

const read = new WeakMap<SequencerRecord, SequencerRecord>()

/** What the journal gives back of a record. */
function asRead(record: SequencerRecord): SequencerRecord {
  const known = read.get(record) ?? decodeRecord(encodeRecord(record))
  read.set(record, known)
  return known
}

const states = new WeakMap<Uint8Array, SequencerState>()

/** The state that a snapshot was taken of, of which another would say the same. */
function restored(snapshot: Uint8Array): SequencerState {
  const known = states.get(snapshot)
  if (known !== undefined) return known
  const state = decodeSnapshot(snapshot)
  assertSameContent(encodeSnapshot(state), snapshot, 'a snapshot restores the state that it was taken of')
  states.set(snapshot, state)
  return state
}

const encoded = new WeakMap<SequencerState, Uint8Array>()

/** The snapshot of a state. */
function bytesOf(state: SequencerState): Uint8Array {
  const bytes = encoded.get(state) ?? encodeSnapshot(state)
  encoded.set(state, bytes)
  return bytes
}

import { isDeepStrictEqual } from 'node:util'
import { ZkclearError } from '../../protocol/errors.ts'
import { type Journal, readJournal } from '../journal/journal.ts'
import { LogTree } from '../log/tree.ts'
import type { Queryable } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { decodeRecord } from '../sequencer/record.ts'
import { reduce } from '../sequencer/reducer.ts'
import type { SequencerConfig, SequencerState } from '../sequencer/state.ts'
import { readSnapshot, writeSnapshot } from './snapshots.ts'
import type { ReducedStep } from './writer.ts'

/** What records led to, and the tree of the log over their leaves. */
export interface Followed {
  readonly state: SequencerState
  readonly tree: LogTree
}

export interface ReplayOptions {
  readonly database: Queryable
  readonly sealer: Sealer
  /** How far it has to reach at least; exactly, where it leads already. */
  readonly journal: Pick<Journal, 'epoch' | 'next'>
  readonly config: SequencerConfig
  readonly warn: (message: string) => void
  /** Gets how many records there are to read, where that may take a while. */
  readonly onReading?: ((records: number) => void) | undefined
  /** What earlier records of the epoch led to, in place of a snapshot; the tree grows. */
  readonly from?: Followed | undefined
  /** Gets what each record after the snapshot does. */
  readonly onReduced?: ((steps: readonly ReducedStep[]) => void) | undefined
}

export interface RecoverOptions extends ReplayOptions {
  /** What a venue without a journal begins with; throws where it cannot begin. */
  begin(): Promise<SequencerState>
}

/** After how many records a snapshot is worth its writing. */
const WORTH = 1000

/**
 * The sequencer as the stored records make it: the newest snapshot, and the records after it. A venue without any begins. Throws
 * INPUT_INVALID for another venue's database, DATABASE_REFUSED for one that cannot be understood, SEAL_BROKEN for one that was changed, what `begin` throws, and
 * DATABASE_UNAVAILABLE.
 */
export async function recover({ begin, ...options }: RecoverOptions): Promise<Followed> {
  const { database, sealer, journal } = options
  const { epoch, next } = journal
  const replayed = await replay(options)
  if (replayed === undefined) {
    if (next > 0n) throw refused('has records, and no snapshot of what they began with')
    const [state, tree] = [await begin(), new LogTree()]
    await writeSnapshot(database, sealer, { epoch, state, root: tree.root() })
    return { state, tree }
  }
  const { state, tree, from } = replayed
  if (state.records - from >= WORTH) await writeSnapshot(database, sealer, { epoch, state, root: tree.root() })
  return { state, tree }
}

/** The same, but that nothing is begun or written: undefined where there is no snapshot. `from`: the place of the one that it went on from. */
export async function replay({
  database,
  sealer,
  journal: { epoch, next },
  config,
  warn,
  onReading,
  from,
  onReduced,
}: ReplayOptions): Promise<(Followed & { readonly from: number }) | undefined> {
  const skipped = (sequence: bigint) =>
    warn(`the snapshot at record ${sequence} cannot be read; going on from an earlier one`)
  const begun = from ?? (await readSnapshot(database, sealer, epoch, skipped))
  if (begun === undefined) return undefined
  const { state: snapshot, tree } = begun
  requireSame(snapshot.config, config)
  let state = snapshot
  const count = Number(next) - snapshot.records
  if (count >= WORTH) onReading?.(count)
  const leaves: Uint8Array[] = []
  for await (const { sequence, record, leaf } of readJournal(database, sealer, {
    epoch,
    from: BigInt(snapshot.records),
  })) {
    try {
      const step = decodeRecord(record)
      const { state: after, effects } = reduce(state, step)
      onReduced?.([{ record: step, before: state, after, effects }])
      state = after
      leaves.push(leaf)
    } catch (cause) {
      if (!(cause instanceof ZkclearError)) throw cause
      throw refused(`has a record ${sequence} that this release does not follow: ${cause.message}`)
    }
  }
  // Where another leads, more may have come meanwhile.
  if (BigInt(state.records) < next) throw refused(`ends at record ${state.records}, and should at ${next}`)
  for (const leaf of leaves) tree.append(leaf)
  return { state, tree, from: snapshot.records }
}

function requireSame(stored: SequencerConfig, given: SequencerConfig): void {
  if (stored.domain !== given.domain) {
    const message = `the database is that of a venue with domain ${stored.domain}, and this Settlement's is ${given.domain}; give the data of this venue, or its Settlement`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
  }
  if (isDeepStrictEqual(stored, given)) return
  throw refused(`was begun with other settings (profile ${stored.profile}, or sizes of batches)`)
}

function refused(what: string): ZkclearError {
  return new ZkclearError('DATABASE_REFUSED', `the journal ${what}; run the release that wrote it`)
}

import { fromBase64 } from './bytes.ts'
import { HASH_BYTES } from './hash.ts'
import type { LogKey } from './log-key.ts'
import { openNote } from './note.ts'

/** The head of a log at one time, as the log signed it. */
export interface Checkpoint {
  /** Which log: `zkclear/<chain id>/<address of the Settlement>/<epoch>`. */
  readonly origin: string
  /** Leaves of its tree. */
  readonly size: bigint
  readonly root: Uint8Array
  /** When it was signed by the venue's clock, unix seconds. */
  readonly time: bigint
  /** The signed note that it is read from. */
  readonly note: string
}

/** A size, or a time: below 2^63. */
const NUMBER = /^(0|[1-9][0-9]{0,17})$/

/**
 * The checkpoint (C2SP tlog-checkpoint, with a line `time <unix seconds>` behind the root) that a signed note holds; undefined if it is
 * none, of another log than the key's, or not signed with that key.
 */
export function openCheckpoint(note: string, key: LogKey): Checkpoint | undefined {
  const lines = openNote(note, key)?.split('\n')
  if (lines === undefined || lines.length !== 5 || lines[4] !== '') return undefined
  const [origin, size, encoded, timeLine] = lines as [string, string, string, string]
  const root = fromBase64(encoded)
  const time = /^time (.*)$/.exec(timeLine)?.[1] ?? ''
  if (origin !== key.name || !NUMBER.test(size) || !NUMBER.test(time) || root?.length !== HASH_BYTES) return undefined
  return { origin, size: BigInt(size), root, time: BigInt(time), note }
}

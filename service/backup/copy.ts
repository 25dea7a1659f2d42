import { ZkclearError } from '../../protocol/errors.ts'
import type { BackupFolder } from './folder.ts'
import type { BackupRow, BackupTail } from './rows.ts'

/** What a backup holds. */
export interface BackupCopy {
  readonly epoch: bigint
  readonly tail: BackupTail
  /** Whether the last part is cut off, and what was in it alone is missing. */
  readonly isTorn: boolean
  /** All rows in the order in which they were written. Throws BACKUP_BROKEN. */
  rows(): AsyncGenerator<BackupRow>
}

/** Throws BACKUP_BROKEN for a backup that is not as it was written; INPUT_INVALID for a folder without any; FILE_UNREADABLE. */
export async function openCopy(folder: BackupFolder): Promise<BackupCopy> {
  const { last, isTorn } = await folder.last()
  if (last === undefined) {
    const what = isTorn ? 'holds one part alone, and that is cut off: there is nothing to restore' : 'holds no backup'
    throw new ZkclearError('INPUT_INVALID', what, { path: folder.path })
  }
  return {
    ...{ epoch: last.head.epoch, tail: last.tail, isTorn },
    async *rows() {
      for await (const part of folder.parts()) yield* part.rows()
    },
  }
}

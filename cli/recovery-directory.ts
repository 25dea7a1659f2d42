import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import type { RiskSnapshot } from '../protocol/risk/update.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { RecoveredExit } from '../settlement/index.ts'
import { decodeRiskSnapshot, encodeExit, encodeRiskSnapshot, encodeRiskTable } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { openOutputFile, orUnwritable } from './output-file.ts'
import { named, readJson } from './read-file.ts'
import { decodeRecovery, encodeRecovery, type KeptRecovery } from './recovery-file.ts'

const KEPT = 'recovery.json'
/** What a proof of exit is made from, in the directory. */
export const EXIT_FILE = 'exit.json'
/** The newest risk table, for proofs of margin. */
const TABLE_FILE = 'risk.json'
/** Tables that were computed, with what the next ones need. */
const SNAPSHOTS_FILE = 'tables.json'

/** The directory of "zkclear recover": what was read so far, and once all was, what an exit is proved from. */
export interface RecoveryDirectory {
  /** What an earlier run kept. */
  readonly kept: KeptRecovery | undefined
  /** Keeps what was read so far; an exit file of an earlier state goes. */
  keep(kept: KeptRecovery): Promise<void>
  writeExit(exit: RecoveredExit): Promise<void>
  /** Writes the newest risk table, or takes away an older one. */
  writeTable(table: RiskTable | undefined): Promise<void>
  /** The risk tables that an earlier run computed. Throws INPUT_INVALID, or as `readJson` does. */
  readSnapshots(): Promise<readonly RiskSnapshot[]>
  /** Keeps tables that were computed, in the place of those of an earlier run. */
  keepSnapshots(snapshots: readonly RiskSnapshot[]): Promise<void>
}

/**
 * Looks at the directory, which is made when there is something to keep; only its owner can open it. Throws OUTPUT_UNWRITABLE
 * if it holds other things; INPUT_INVALID, naming the field, if what was kept is not readable.
 */
export async function openRecoveryDirectory(path: string, profile: ProfileName): Promise<RecoveryDirectory> {
  const entries = await entriesOf(path)
  const kept = await readKept(path, entries, profile)
  let root = kept?.checkpoint.stateRoot
  const write = async (name: string, document: unknown) => {
    await orUnwritable(path, () => mkdir(path, { recursive: true, mode: 0o700 }))
    await using file = await openOutputFile(join(path, name), { isPrivate: true })
    await file.commit(jsonText(document))
  }
  const remove = (name: string) => orUnwritable(path, () => rm(join(path, name), { force: true }))
  return {
    kept,
    async keep(next) {
      if (next.checkpoint.stateRoot !== root) await remove(EXIT_FILE)
      root = next.checkpoint.stateRoot
      await write(KEPT, encodeRecovery(next, profile))
    },
    writeExit: (exit) => write(EXIT_FILE, encodeExit(exit, profile)),
    async writeTable(table) {
      if (table !== undefined) return write(TABLE_FILE, encodeRiskTable(table, profile))
      await remove(TABLE_FILE)
    },
    async readSnapshots() {
      if (!entries.includes(SNAPSHOTS_FILE)) return []
      const file = join(path, SNAPSHOTS_FILE)
      const list = await readJson(file, 'json')
      return named(file, () => [list].flat().map((snapshot) => decodeRiskSnapshot(snapshot, profile)))
    },
    keepSnapshots: (computed) =>
      write(
        SNAPSHOTS_FILE,
        computed.map((one) => encodeRiskSnapshot(one, profile)),
      ),
  }
}

async function entriesOf(path: string): Promise<readonly string[]> {
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => error)
  if (Array.isArray(entries)) return entries
  if (entries.code === 'ENOENT') return []
  const message = `cannot be a directory (${entries.code}); choose another path`
  throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path, cause: entries })
}

async function readKept(
  path: string,
  entries: readonly string[],
  profile: ProfileName,
): Promise<KeptRecovery | undefined> {
  if (entries.includes(KEPT)) {
    const file = join(path, KEPT)
    const json = await readJson(file, 'json')
    return named(file, () => decodeRecovery(json, profile))
  }
  if (entries.length === 0) return undefined
  const message = `is a directory with files in it and no ${KEPT}; name a new or empty one`
  throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path })
}

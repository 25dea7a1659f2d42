import { createHash, randomBytes } from 'node:crypto'
import { link, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { makeFolders } from '../../circom/make-folders.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { publishDirectory } from '../publish-directory.ts'
import { hashFile } from './hash-file.ts'
import {
  MAX_TRANSCRIPT_BYTES,
  parseTranscript,
  TRANSCRIPT_FILE,
  type Transcript,
  transcriptText,
} from './transcript.ts'

// A ceremony's directory holds one folder for each round, 0000 for the first keys: the transcript so far and one key for each
// circuit. A folder appears complete and is never changed, and the last one alone is all that the next contributor needs.

/** One round's folder. */
export interface RoundFolder {
  readonly index: number
  readonly path: string
  readonly transcript: Transcript
}

const ROUND_FOLDER = /^\d{4}$/
const WORK_FOLDER = /^\.work-(\d{4})-[0-9a-f]{12}$/

/** Path of a circuit's key in a round's folder. */
export function keyPath(folder: string, circuit: string): string {
  return join(folder, `${circuit}.zkey`)
}

/**
 * The last round of a ceremony, its transcript checked by itself. Throws FILE_UNREADABLE if there is no ceremony at `directory`,
 * CEREMONY_INVALID.
 */
export async function openLastRound(directory: string): Promise<RoundFolder> {
  const { rounds } = await listRounds(directory)
  const index = rounds.at(-1)
  if (index === undefined) {
    const message = 'holds no ceremony (no folder 0000); begin one with "zkclear ceremony init", or correct the path'
    throw new ZkclearError('FILE_UNREADABLE', message, { path: directory })
  }
  return openRound(directory, index)
}

/** Throws CEREMONY_INVALID, also if the folder's number is not that of its last round. */
export async function openRound(directory: string, index: number): Promise<RoundFolder> {
  const path = roundPath(directory, index)
  const file = join(path, TRANSCRIPT_FILE)
  const unreadable = (cause: unknown) =>
    new ZkclearError('FILE_UNREADABLE', 'cannot be read; fetch the folder again', { path: file, cause })
  const { size } = await stat(file).catch((cause) => Promise.reject(unreadable(cause)))
  if (size > MAX_TRANSCRIPT_BYTES) {
    throw new ZkclearError('CEREMONY_INVALID', `is larger than ${MAX_TRANSCRIPT_BYTES} bytes`, { path: file })
  }
  const transcript = parseTranscript(
    await readFile(file, 'utf8').catch((cause) => Promise.reject(unreadable(cause))),
    file,
  )
  if (transcript.rounds.length !== index) {
    const message = `lies in folder ${folderName(index)}, but has ${transcript.rounds.length} rounds; give the folder its name`
    throw new ZkclearError('CEREMONY_INVALID', message, { path: file })
  }
  return { index, path, transcript }
}

/** Numbers of the rounds that are there, and folders that an interrupted run left. */
export async function listRounds(directory: string): Promise<{ rounds: number[]; unfinished: string[] }> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${cause.code}); check the path`, {
      path: directory,
      cause,
    })
  })
  const rounds = names.filter((name) => ROUND_FOLDER.test(name)).map(Number)
  return { rounds: rounds.toSorted((a, b) => a - b), unfinished: names.filter((name) => WORK_FOLDER.test(name)).sort() }
}

/** Throws CEREMONY_INVALID unless every key of the folder is the one that its transcript names. */
export async function checkKeyHashes(folder: RoundFolder, signal?: AbortSignal): Promise<void> {
  for (const { circuit, sha256 } of keysOf(folder.transcript)) {
    const path = keyPath(folder.path, circuit)
    const { hash } = await hashFile('sha256', path, { signal })
    if (hash === sha256) continue
    throw new ZkclearError('CEREMONY_INVALID', `has the sha256 sum ${hash}, the transcript says ${sha256}`, { path })
  }
}

/** The keys after a transcript's last round. */
function keysOf({ circuits, rounds }: Transcript): { circuit: string; sha256: string }[] {
  const last = rounds.at(-1)
  if (last === undefined) return circuits.map(({ circuit, initialKey }) => ({ circuit, sha256: initialKey }))
  return last.keys.map(({ circuit, key }) => ({ circuit, sha256: key }))
}

/**
 * The folder in which a round is made until it is complete. Its name follows from what the round is: the same command finds
 * what an interrupted run finished. Throws OUTPUT_UNWRITABLE, also if the round is there already.
 */
export async function openWorkFolder(directory: string, index: number, identity: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  const path = join(resolve(directory), `.work-${folderName(index)}-${digest.slice(0, 12)}`)
  await refuseExisting(directory, index)
  await orUnwritable(path, () => makeFolders(path))
  return path
}

/**
 * Makes a file by `make`, which gets a temporary name, unless it is there already and `isSound`: then nothing is done. Under
 * its own name it is complete and on disk. Returns whether it was there.
 */
export async function makeFile(
  path: string,
  make: (temporary: string) => Promise<void>,
  isSound: (path: string) => Promise<boolean>,
): Promise<boolean> {
  const exists = (await stat(path).catch(() => undefined)) !== undefined
  if (exists && (await isSound(path))) return true
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await make(temporary)
    if (exists) await rm(path, { force: true })
    await orUnwritable(path, async () => {
      await using file = await open(temporary, 'r')
      await file.sync()
      // Unlike a rename, this fails if another run of the same command was faster.
      await link(temporary, path)
    })
  } finally {
    await rm(temporary, { force: true })
  }
  return false
}

/** Adds the transcript and gives the round its name. Throws OUTPUT_UNWRITABLE if somebody else was faster. */
export async function publishRound(work: string, directory: string, transcript: Transcript): Promise<RoundFolder> {
  const index = transcript.rounds.length
  const path = roundPath(directory, index)
  await orUnwritable(path, async () => {
    // What killed runs were writing.
    for (const name of await readdir(work)) if (name.endsWith('.tmp')) await rm(join(work, name))
    await writeFile(join(work, TRANSCRIPT_FILE), transcriptText(transcript))
  })
  await refuseExisting(directory, index)
  await orUnwritable(path, () =>
    publishDirectory(work, path, async () => {
      throw occupied(path)
    }),
  )
  await orUnwritable(path, async () => {
    await using parent = await open(resolve(directory), 'r')
    await parent.sync()
  })
  return { index, path, transcript }
}

/** Throws OUTPUT_UNWRITABLE if the round is there already. */
export async function refuseExisting(directory: string, index: number): Promise<void> {
  const path = roundPath(directory, index)
  if ((await stat(path).catch(() => undefined)) !== undefined) throw occupied(path)
}

function occupied(path: string): ZkclearError {
  return new ZkclearError('OUTPUT_UNWRITABLE', 'is there already; nothing of a ceremony is ever overwritten', { path })
}

function roundPath(directory: string, index: number): string {
  return join(resolve(directory), folderName(index))
}

function folderName(index: number): string {
  return String(index).padStart(4, '0')
}

async function orUnwritable<T>(path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new ZkclearError('OUTPUT_UNWRITABLE', `cannot be written (${code}); choose another path`, { path, cause })
  }
}

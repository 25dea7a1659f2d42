import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'

/** A part of a file: how long it is, and what makes its bytes. */
export interface Piece {
  readonly bytes: number
  readonly make: () => Uint8Array | Promise<Uint8Array>
}

const journalSchema = z.strictObject({
  version: z.literal(1),
  /** How much of the file is written, and the sha256 sum of that. */
  bytes: z.int().positive(),
  sha256: z.string(),
  /** Milliseconds that it took so far. */
  milliseconds: z.int().nonnegative(),
})

type Journal = z.infer<typeof journalSchema>

/**
 * Writes a file piece by piece as each is made, so that no more than one is in memory. With the path of a `journal`, which then
 * says after every piece how much is written, a file is gone on with that a process left unfinished: as far as it is what the
 * journal says, to the byte, and ends between two pieces. The pieces must be those of that process. `onWritten` hears how many
 * there are, those that were found first.
 */
export async function writePieces(
  path: string,
  pieces: readonly Piece[],
  { journal, onWritten }: { journal?: string | undefined; onWritten?: (count: number) => void } = {},
): Promise<void> {
  const started = performance.now()
  const found = await foundPieces(path, journal, pieces)
  const { hash } = found
  let { count, bytes } = found
  await using file = await open(path, count === 0 ? 'w' : 'r+')
  await file.truncate(bytes)
  if (count > 0) onWritten?.(count)
  for (const piece of pieces.slice(count)) {
    const made = await piece.make()
    if (made.byteLength !== piece.bytes) throw new Error(`a piece has ${made.byteLength} bytes, not ${piece.bytes}`)
    for (let written = 0; written < made.byteLength; ) {
      written += (await file.write(made, written, made.byteLength - written, bytes + written)).bytesWritten
    }
    hash.update(made)
    bytes += piece.bytes
    const milliseconds = found.milliseconds + Math.round(performance.now() - started)
    if (journal !== undefined) await note(journal, { version: 1, bytes, sha256: sumOf(hash), milliseconds })
    onWritten?.(++count)
  }
}

/** How long it took to write what a journal says is written; 0 if there is no journal. */
export async function millisecondsOf(journal: string): Promise<number> {
  return (await readJournal(journal))?.milliseconds ?? 0
}

/** The pieces that are written already, with the state of the sum over them; none unless the file is what the journal says. */
async function foundPieces(path: string, journal: string | undefined, pieces: readonly Piece[]) {
  const none = { count: 0, bytes: 0, milliseconds: 0, hash: createHash('sha256') }
  const said = journal === undefined ? undefined : await readJournal(journal)
  if (said === undefined) return none
  let [count, bytes] = [0, 0]
  while (count < pieces.length && bytes < said.bytes) bytes += pieces[count++]!.bytes
  if (bytes !== said.bytes) return none
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 })) hash.update(chunk)
  } catch {
    return none
  }
  return sumOf(hash) === said.sha256 ? { count, bytes, milliseconds: said.milliseconds, hash } : none
}

async function readJournal(path: string): Promise<Journal | undefined> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** The journal is one of two states at any moment: the one before, or the new one. */
async function note(path: string, journal: Journal): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(journal))
  await rename(`${path}.new`, path)
}

/** The sum so far; more may follow. */
function sumOf(hash: Hash): string {
  return hash.copy().digest('hex')
}

import { open } from 'node:fs/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson, RepeatedKeyError } from '../protocol/json.ts'

/** Caps on files that are read, in bytes; nothing larger is parsed. */
const MAX_BYTES = {
  /** Genesis, risk table, keys, state, batch, margin request. */
  json: 64 << 20,
  /** Proofs, statements, verification keys. */
  proof: 1 << 20,
  /** Order flow, CSV. */
  flow: 256 << 20,
  /** One secret. */
  secret: 4 << 10,
} as const

export type FileKind = keyof typeof MAX_BYTES

/** The text of a file. Throws FILE_UNREADABLE; INPUT_INVALID if it is larger than its kind may be or not UTF-8. */
export async function readText(path: string, kind: FileKind): Promise<string> {
  const bytes = await readCapped(path, MAX_BYTES[kind])
  return textOf(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes), path)
}

function textOf(decode: () => string, path: string): string {
  try {
    return decode()
  } catch {
    throw new ZkclearError('INPUT_INVALID', 'is not UTF-8 text', { path })
  }
}

/**
 * The lines of a file of any size, of which only one is held at a time. Throws FILE_UNREADABLE; INPUT_INVALID if a line is larger
 * than a file of that kind may be, or not UTF-8.
 */
export async function* readLines(path: string, kind: FileKind): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = ''
  for await (const chunk of chunksOf(path)) {
    const [first, ...others] = textOf(() => decoder.decode(chunk, { stream: true }), path).split('\n')
    line += first
    for (const next of others) {
      yield line
      line = next
    }
    if (line.length > MAX_BYTES[kind]) throw tooLarge(path, MAX_BYTES[kind], 'has a line that is larger')
  }
  line += textOf(() => decoder.decode(), path)
  if (line !== '') yield line
}

/** The text of a file of which one line was read. Throws INPUT_INVALID if it is larger than its kind may be. */
export async function joinLines(
  first: string,
  others: AsyncIterable<string>,
  path: string,
  kind: FileKind,
): Promise<string> {
  const lines = [first]
  let length = first.length
  for await (const line of others) {
    lines.push(line)
    length += line.length + 1
    if (length > MAX_BYTES[kind]) throw tooLarge(path, MAX_BYTES[kind], 'is larger')
  }
  return lines.join('\n')
}

/** The JSON value in a file. Throws as `readText`, and INPUT_INVALID if it is not JSON or an object has a key twice. */
export async function readJson(path: string, kind: FileKind): Promise<unknown> {
  return jsonOf(await readText(path, kind), path)
}

/** The JSON value that the text of a file is. Throws INPUT_INVALID as `readJson` does. */
export function jsonOf(text: string, path: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof RepeatedKeyError) {
      throw new ZkclearError('INPUT_INVALID', `${error.message}; readers differ in which they believe`, { path })
    }
    // The parser's message quotes the file, which may hold secrets: only the place is passed on.
    const place = /line \d+ column \d+/.exec(String(error))?.[0]
    const where = place === undefined ? '' : ` (${place})`
    throw new ZkclearError('INPUT_INVALID', `is not JSON${where}; see docs/cli.md for the format`, { path })
  }
}

/** What decoding a file's content gives. Errors of decoders name the place in it; this adds the file to them. */
export async function named<T>(file: string, decode: () => T | Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    const { code, message, path, details } = error
    const bare = path === undefined ? message : message.slice(path.length + 2)
    throw new ZkclearError(code, `${bare} (in ${file})`, {
      ...(path === undefined ? {} : { path }),
      details: { ...details, file },
      cause: error,
    })
  }
}

async function readCapped(path: string, cap: number): Promise<Uint8Array> {
  // Read to the end, not to the size: the size of a pipe is 0.
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunksOf(path)) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > cap) throw tooLarge(path, cap, 'is larger')
  }
  return Buffer.concat(chunks)
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    await using file = await open(path, 'r')
    yield* file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${code}); check the path`, { path, cause })
  }
}

function tooLarge(path: string, cap: number, what: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', `${what} than ${cap} bytes`, { path })
}

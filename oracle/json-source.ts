import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, createReadStream, openSync, statSync } from 'node:fs'
import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson } from '../protocol/json.ts'
import { abortable } from '../settlement/abortable.ts'
import { addressName } from './place-name.ts'

/** Whatever gives a JSON document each time it is asked. */
export interface JsonSource {
  /** How messages name it. */
  readonly name: string
  /** Throws SOURCE_UNAVAILABLE; the signal's reason if that fires. */
  read(signal?: AbortSignal): Promise<unknown>
}

/** How long a source may take, and how much it may say. */
const TIMEOUT_MS = 10_000
const MAX_BYTES = 1 << 20

/** A file, read each time. */
export function jsonFile(path: string, timeoutMs = TIMEOUT_MS): JsonSource {
  return {
    name: path,
    read: (signal) =>
      limited(path, timeoutMs, signal, async (limit) => {
        const reading = capped(createReadStream(path, { signal: limit }), path).catch((cause) => {
          throw cause instanceof ZkclearError ? cause : unavailable(path, `cannot be read (${cause.code})`, cause)
        })
        try {
          return jsonOf(await abortable(reading, limit), path)
        } finally {
          if (limit.aborted) endOpening(path)
        }
      }),
  }
}

/**
 * Opening a pipe that nobody writes to cannot be aborted, and keeps one of few threads and the process from ending: a writer for a
 * moment ends it. Synchronous, as those threads may all wait.
 */
function endOpening(path: string): void {
  try {
    if (statSync(path).isFIFO()) closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK))
  } catch {
    // nobody opens it
  }
}

/**
 * What an http or https address answers; redirections are not followed. Messages name its host, not its path. Throws INPUT_INVALID
 * for one with user or password: addresses are shown in process lists and shells' histories.
 */
export function jsonUrl(url: string, timeoutMs = TIMEOUT_MS): JsonSource {
  const refuse = (need: string) =>
    new ZkclearError('INPUT_INVALID', `got ${JSON.stringify(addressName(url))}, need ${need}`, { path: 'url' })
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw refuse('an http or https address')
  const { username, password } = new URL(url)
  if (username !== '' || password !== '') throw refuse('an address without user and password')
  const name = new URL(url).host
  return {
    name,
    read: (signal) =>
      limited(name, timeoutMs, signal, async (limit) => {
        const response = await fetch(url, { signal: limit, redirect: 'manual' }).catch((cause) => {
          // a message of fetch's can have the whole address
          const code: string | undefined = cause.cause?.code
          throw unavailable(name, code === undefined ? 'does not answer' : `does not answer (${code})`, cause)
        })
        if (!response.ok) {
          await response.body?.cancel()
          throw unavailable(name, `answers with status ${response.status}`)
        }
        const answer = capped(response.body ?? [], name).catch((cause) => {
          throw cause instanceof ZkclearError ? cause : unavailable(name, 'breaks off its answer', cause)
        })
        return jsonOf(await answer, name)
      }),
  }
}

/**
 * What a command of the shell prints, run each time; it ends, with its process group, when its time is over. It sees no
 * environment variable that begins with ZKCLEAR_: one may hold the oracle's key.
 */
export function jsonCommand(command: string, timeoutMs = TIMEOUT_MS): JsonSource {
  const name = 'the command'
  return {
    name,
    read: (signal) =>
      limited(name, timeoutMs, signal, async (limit) => jsonOf(await outputOf(command, name, limit), name)),
  }
}

async function outputOf(command: string, name: string, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted()
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith('ZKCLEAR_')))
  let child: ChildProcess | undefined
  try {
    // a group of its own, so that what the shell starts can be ended with it
    child = spawn(command, { shell: true, detached: true, stdio: ['ignore', 'pipe', 'ignore'], env })
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
    ended.catch(() => undefined)
    // where descriptors have run out there is no stdout, and `ended` says so
    const output = await abortable(capped(child.stdout ?? [], name), signal)
    const [code, killedBy] = await abortable(ended, signal)
    if (code === 0) return output
    throw unavailable(name, `ends with ${code ?? killedBy}; run it by hand to see why`)
  } catch (cause) {
    if (cause instanceof ZkclearError || signal.aborted) throw cause
    throw unavailable(name, `cannot be run (${(cause as NodeJS.ErrnoException).code})`, cause)
  } finally {
    child?.stdout?.destroy()
    endGroup(child?.pid)
  }
}

/** Ends what is left of a command. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing is
  }
}

async function capped(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw unavailable(name, `says more than ${MAX_BYTES} bytes`)
    all.push(chunk)
  }
  return Buffer.concat(all)
}

/** Runs what a signal can end; when the time is over that is SOURCE_UNAVAILABLE. */
export async function limited<T>(
  name: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const timer = AbortSignal.timeout(timeoutMs)
  try {
    return await work(signal === undefined ? timer : AbortSignal.any([signal, timer]))
  } catch (cause) {
    signal?.throwIfAborted()
    if (timer.aborted) throw unavailable(name, `gives nothing within ${timeoutMs / 1000} s`, cause)
    throw cause
  }
}

export function unavailable(name: string, what: string, cause?: unknown): ZkclearError {
  return new ZkclearError('SOURCE_UNAVAILABLE', `${name} ${what}`, { cause })
}

function jsonOf(bytes: Uint8Array, name: string): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw unavailable(name, 'says something that is not JSON', cause)
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Database } from '../postgres/database.ts'
import { createToken, revokeToken } from '../tokens/tokens.ts'

export interface WorkersOptions {
  readonly database: Database
  readonly count: number
  /** Folder for the files with their tokens. */
  readonly directory: string
  /** What a worker is started with, given the file with its token: arguments of node. */
  argumentsFor(tokenFile: string): readonly string[]
  readonly warn: (message: string) => void
}

/** A worker that ends is started again, with another token, after this; it doubles up to the longest. Milliseconds. */
const RESTART_MS = 1_000
const LONGEST_RESTART_MS = 30_000
/** How long a token is good, in seconds: a worker that outlives it ends, and is started again. */
const TOKEN_SECONDS = 30 * 86_400
const NAME = 'of zkclear serve'

/** Child processes that prove for this venue. They end with it, however it ends. */
export class Workers implements AsyncDisposable {
  readonly #options: WorkersOptions
  readonly #ended = new AbortController()
  readonly #children = new Set<ChildProcess>()
  #running: readonly Promise<void>[] = []

  private constructor(options: WorkersOptions) {
    this.#options = options
  }

  /** Throws DATABASE_UNAVAILABLE. */
  static async start(options: WorkersOptions): Promise<Workers> {
    // Of a process that was killed.
    await options.database.query(
      'UPDATE token SET revoked_at = clock_timestamp() WHERE name = $1 AND revoked_at IS NULL',
      [NAME],
    )
    const workers = new Workers(options)
    workers.#running = Array.from({ length: options.count }, (_, i) => workers.#keep(i + 1))
    return workers
  }

  async #keep(number: number): Promise<void> {
    const { directory, warn } = this.#options
    const file = join(directory, `worker-${number}.token`)
    for (let wait = RESTART_MS; !this.#ended.signal.aborted; wait = Math.min(2 * wait, LONGEST_RESTART_MS)) {
      const began = performance.now()
      await this.#run(file).catch((error) => warn(`worker ${number} cannot be started: ${(error as Error).message}`))
      if (this.#ended.signal.aborted) return
      if (performance.now() - began > LONGEST_RESTART_MS) wait = RESTART_MS
      warn(`worker ${number} has ended; it is started again in ${wait / 1000} s`)
      await setTimeout(wait, undefined, { signal: this.#ended.signal }).catch(() => undefined)
    }
  }

  /** Until it ends. */
  async #run(file: string): Promise<void> {
    const { database, argumentsFor } = this.#options
    const { id, text } = await createToken(database, { name: NAME, scope: 'worker', seconds: TOKEN_SECONDS })
    try {
      await rm(file, { force: true })
      await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' })
      await chmod(file, 0o600)
      if (this.#ended.signal.aborted) return
      const { ZKCLEAR_PRIVATE_KEY: _, ...env } = process.env
      const child = spawn(process.execPath, [...argumentsFor(file)], { env, stdio: ['ignore', 'ignore', 'inherit'] })
      this.#children.add(child)
      await once(child, 'exit').finally(() => this.#children.delete(child))
    } finally {
      await revokeToken(database, id)
      await rm(file, { force: true })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    for (const child of this.#children) child.kill('SIGTERM')
    await Promise.all(this.#running)
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { packageRoot } from '../../../circom/paths.ts'

export interface ServeChildOptions {
  readonly rpc: string
  readonly settlement: string
  /** File with the operator's key. */
  readonly keyStore: string
  /** Folder of the venue's data. */
  readonly data: string
  /** File for what the venue says. */
  readonly logFile: string
}

export interface ServeChild extends AsyncDisposable {
  /** Of the traders' side, and of the workers' and operators'. */
  readonly url: string
  readonly workerUrl: string
  /** The pages of traders and of operators; undefined where they are not built. */
  readonly tradersPage?: string
  readonly dashboard?: string
  /** Resolves with the last lines that it said when the process has ended. */
  readonly ended: Promise<string>
}

const LAST_LINES = 20

/** `zkclear serve` in a process of its own, at ports that are free. It ends, and its data is on disk, when this is disposed. */
export async function startServeChild(options: ServeChildOptions): Promise<ServeChild> {
  const { rpc, settlement, keyStore, data, logFile } = options
  const named = { rpc, settlement, 'key-store': keyStore, data, port: 0, 'worker-port': 0 }
  const given = Object.entries(named).map(([name, value]) => `--${name}=${value}`)
  const main = join(packageRoot(), 'cli', 'main.ts')
  const child = spawn(process.execPath, [main, 'serve', '--json', ...given], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line)
    if (lines.length > LAST_LINES) lines.shift()
    appendFile(logFile, `${line}\n`).catch(() => undefined)
  })
  const ended = once(child, 'close').then(() => lines.join('\n'))
  const place = await Promise.race([placeIn(child.stdout), ended.then(() => undefined)])
  if (place === undefined) throw new Error(`zkclear serve has ended:\n${await ended}`)
  return {
    ...{ ...place, ended },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Out of the document that it prints once it serves. */
async function placeIn(stdout: Readable): Promise<Omit<ServeChild, 'ended' | typeof Symbol.asyncDispose> | undefined> {
  let document = ''
  for await (const line of createInterface(stdout)) {
    document += line
    if (line === '}') return JSON.parse(document)
  }
  return undefined
}

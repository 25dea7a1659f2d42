import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod } from 'node:fs/promises'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { AlertCode } from '../../../client/wire/alerts.ts'
import { makeKeyStore } from '../../../service/keys/key-store.ts'
import { OPERATOR } from './test-keys.ts'

/** After which nothing is settled until a person came. */
const ENDS: readonly AlertCode[] = ['LINE_STOPPED', 'PROOF_FAILED', 'DEAD_LETTER']

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))

export interface Status {
  readonly records: number
  readonly batches: {
    readonly sealed: number
    readonly proved: number
    readonly settled: number
    readonly final: number
    readonly settledRoot: string
    readonly unsettled: readonly { readonly circuit: string }[]
  }
  readonly queue: { readonly first: string; readonly waiting: number }
  readonly backlog: { readonly open: number; readonly waiting: number }
  readonly alerts: readonly { readonly code: AlertCode }[]
}

export interface ServedOptions {
  readonly rpcUrl: string
  readonly settlement: string
  /** A folder that others may enter, since the database runs as another user. */
  readonly folder: string
  readonly more?: readonly string[]
  /** URL of a module that the process loads first, and what it has in its environment beside ours. */
  readonly preload?: string
  readonly env?: Readonly<Record<string, string>>
}

/** `zkclear serve` in a process of its own, which is killed when it goes out of scope. */
export async function startServe({ rpcUrl, settlement, folder, more = [], preload, env }: ServedOptions) {
  await chmod(folder, 0o711)
  const keyStore = `${folder}/keys.json`
  await access(keyStore).catch(() => makeKeyStore(keyStore, OPERATOR))
  const options = { rpc: rpcUrl, settlement, 'key-store': keyStore, data: `${folder}/data` }
  const ports = ['--port=0', '--worker-port=0']
  const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  const first = preload === undefined ? [] : ['--import', preload]
  const child = spawn(process.execPath, [...first, MAIN, 'serve', '--json', '--verbose', ...given, ...ports, ...more], {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  })
  const lines: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line)
    if (process.env.TELL) console.error(line)
  })
  const exit = once(child, 'exit')
  const closed = once(child, 'close')
  const urls = await Promise.race([urlsOf(child), exit.then(() => undefined)])
  if (urls === undefined) {
    await closed
    throw new Error(`zkclear serve ended:\n${lines.join('\n')}`)
  }
  const { url, workerUrl } = urls
  const post = async (path: string, body: unknown) => {
    const text = JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url + path, { method: 'POST', headers, body: text })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const get = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(url + path, { headers })
    return { status: response.status, body: await response.json() }
  }
  const ended = async () => {
    const [code, killedBy] = await exit
    return (code ?? killedBy) as number | string
  }
  const status = async () => (await (await fetch(`${url}/v1/status`)).json()) as Status
  return {
    ...{ url, workerUrl, lines, post, get, status, pid: child.pid! },
    /** Resolves with the first status of which that is true. */
    async until(isSo: (status: Status) => boolean): Promise<Status> {
      for (;;) {
        const now = await status()
        if (isSo(now)) return now
        if (now.alerts.some(({ code }) => ENDS.includes(code)))
          throw new Error(lines.filter((line) => line.includes('ALERT')).join('\n'))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    /** How it ended, once it has: its exit code, or the signal that ended it. */
    ended,
    /** The same, of an end by that signal. */
    async end(signal: NodeJS.Signals) {
      child.kill(signal)
      return await ended()
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exit
    },
  }
}

/** Out of the document that it prints once it serves; undefined where it ends without one. */
async function urlsOf(child: ChildProcess): Promise<{ url: string; workerUrl: string } | undefined> {
  let document = ''
  for await (const line of createInterface(child.stdout!)) {
    document += line
    if (line === '}') break
  }
  return document === '' ? undefined : JSON.parse(document)
}

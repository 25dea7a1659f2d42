import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { packageRoot } from '../../../circom/paths.ts'
import type { FileStore } from '../../../service/keys/file-store.ts'
import { makeKeyStore } from '../../../service/keys/key-store.ts'

export interface ServeOptions {
  readonly rpcUrl: string
  readonly settlement: string
  readonly folder: string
}

/** The key of the first account that every development node is born with. */
const OPERATOR = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

export interface ServeProcess extends AsyncDisposable {
  /** Of the traders' side, and of the workers' and operators'. */
  readonly url: string
  readonly workerUrl: string
  readonly pid: number
  /** Folder of its data, and the keys that open them. */
  readonly data: string
  readonly keys: FileStore
}

/** `zkclear serve` with one worker, in a process of its own, which ends when this goes out of scope. Throws if it does not serve. */
export async function startServe({ rpcUrl, settlement, folder }: ServeOptions): Promise<ServeProcess> {
  const [keyStore, data] = [join(folder, 'keys.json'), join(folder, 'data')]
  const keys = await makeKeyStore(keyStore, OPERATOR)
  const given = { rpc: rpcUrl, settlement, 'key-store': keyStore, data, port: 0, 'worker-port': 0 }
  const args = Object.entries(given).map(([name, value]) => `--${name}=${value}`)
  const child = spawn(process.execPath, [join(packageRoot(), 'cli', 'main.ts'), 'serve', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit')
  const told: string[] = []
  createInterface(child.stderr).on('line', (line) => told.push(line))
  let document = ''
  for await (const line of createInterface(child.stdout)) {
    document += line
    if (line === '}') break
  }
  if (document === '') throw new Error(`zkclear serve ended:\n${told.join('\n')}`)
  const { url, workerUrl } = JSON.parse(document) as Pick<ServeProcess, 'url' | 'workerUrl'>
  return {
    ...{ url, workerUrl, pid: child.pid!, data, keys },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exit
    },
  }
}

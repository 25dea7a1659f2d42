// Runs circom (WebAssembly) in a process of its own, so that it can be killed and its memory goes back at once.
// argv[2] is a CompileJob as JSON; the peak memory is sent to the parent.

import * as fs from 'node:fs'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isUnwritable } from './unwritable.ts'

/** What the parent asks for. Guest paths are what circom sees; they map to real folders. */
export interface CompileJob {
  args: readonly string[]
  /** Guest folder -> real folder: circom sees nothing else of the file system. */
  folders: Readonly<Record<string, string>>
}

/** What the parent is sent at the end. */
export interface CompileMessage {
  peakKilobytes: number
  /** The system's error code, if it refused a write. circom itself only says that it could not write. */
  refusedWrite?: string | undefined
}

const require = createRequire(import.meta.url)
const { CircomRunner, bindings } = require('circom2')
const job: CompileJob = JSON.parse(process.argv[2]!)

let refusedWrite: string | undefined
const watched = new Proxy(fs, {
  get(target, name) {
    const member: unknown = Reflect.get(target, name)
    if (typeof member !== 'function' || !String(name).endsWith('Sync')) return member
    return (...given: unknown[]) => {
      try {
        return Reflect.apply(member, target, given)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (isUnwritable(code)) refusedWrite = code
        throw error
      }
    }
  },
})

const runner = new CircomRunner({
  args: job.args,
  env: {},
  preopens: job.folders,
  bindings: { ...bindings, fs: watched, isTTY: () => false },
})

let code = 0
try {
  await runner.execute(readFileSync(require.resolve('circom2/circom.wasm')))
} catch (error) {
  const exit = (error as { code?: unknown }).code
  code = typeof exit === 'number' && exit !== 0 ? exit : 1
  if (typeof exit !== 'number') process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
}
process.exitCode = code
const message: CompileMessage = { peakKilobytes: process.resourceUsage().maxRSS, refusedWrite }
process.send?.(message, () => process.disconnect?.())

// Runs circom (WebAssembly) in a process of its own, so that it can be killed and its memory goes back when it ends. The parent
// sends one CompileJob after another; what the engine has made of the compiler serves all of them. What circom prints is sent
// as it comes, then how the job ended.

import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { endWithParent } from './end-with-parent.ts'
import { isUnwritable } from './unwritable.ts'

/** What the parent asks for. Guest paths are what circom sees; they map to real folders. */
export interface CompileJob {
  args: readonly string[]
  /** Guest folder -> real folder: circom sees nothing else of the file system. */
  folders: Readonly<Record<string, string>>
}

/** What the parent is sent: text that circom prints, or the end of a job. */
export type CompileMessage = { text: string } | CompileEnd

export interface CompileEnd {
  code: number
  peakKilobytes: number
  /** The system's error code, if it refused a write. circom itself only says that it could not write. */
  refusedWrite?: string | undefined
}

const require = createRequire(import.meta.url)
const { CircomRunner, bindings } = require('circom2')
const circom = WebAssembly.compile(fs.readFileSync(require.resolve('circom2/circom.wasm')))

const send = (message: CompileMessage) => process.send!(message)

/** The file system as circom has it: it prints to the parent, and what refuses a write is known. */
function watched(onRefusal: (code: string) => void): typeof fs {
  const decoder = new TextDecoder()
  const print = (bytes: Uint8Array, from: number, length: number) => {
    send({ text: decoder.decode(bytes.subarray(from, from + length), { stream: true }) })
    return length
  }
  return new Proxy(fs, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || !String(name).endsWith('Sync')) return member
      return (...given: unknown[]) => {
        if (name === 'writeSync' && (given[0] === 1 || given[0] === 2)) {
          return print(...(given.slice(1) as Parameters<typeof print>))
        }
        try {
          return Reflect.apply(member, target, given)
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException
          if (isUnwritable(code)) onRefusal(code!)
          throw error
        }
      }
    },
  })
}

async function perform({ args, folders }: CompileJob): Promise<void> {
  let refusedWrite: string | undefined
  const files = watched((reason) => {
    refusedWrite = reason
  })
  const runner = new CircomRunner({
    args,
    env: {},
    preopens: folders,
    bindings: { ...bindings, fs: files, isTTY: () => false },
  })
  runner.compile = () => circom
  let code = 0
  try {
    await runner.execute()
  } catch (error) {
    const exit = (error as { code?: unknown }).code
    code = typeof exit === 'number' && exit !== 0 ? exit : 1
    if (typeof exit !== 'number') send({ text: `${error instanceof Error ? error.stack : String(error)}\n` })
  }
  send({ code, peakKilobytes: process.resourceUsage().maxRSS, refusedWrite })
}

endWithParent(Number(process.argv[2]))
process.on('message', perform)

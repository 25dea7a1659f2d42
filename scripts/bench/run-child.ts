import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a script of this folder in a process of its own and returns the JSON it prints. */
export async function runChild<Result>(script: string, args: readonly (string | number)[]): Promise<Result> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, script), ...args.map(String)], {
    maxBuffer: 1 << 24,
  })
  return JSON.parse(stdout) as Result
}

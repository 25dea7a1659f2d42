import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { requireVariety } from './simulation/variety.ts'

const fileOf = (name: string) => fileURLToPath(new URL(`./simulation/${name}`, import.meta.url))

const SCHEDULES = 20_000n
/** Processes that share them: one for each core. */
const PROCESSES = BigInt(availableParallelism())

test(`${SCHEDULES} more schedules, with a hash that is quicker than Poseidon`, async (t) => {
  const each = (SCHEDULES + PROCESSES - 1n) / PROCESSES
  const options = { maxBuffer: 1 << 24 }
  const runs = Array.from({ length: Number(PROCESSES) }, async (_, i) => {
    const first = 1_000_000n + BigInt(i) * each
    const args = ['--import', fileOf('with-cheap-primitives.ts'), fileOf('schedules-child.ts'), `${first}`, `${each}`]
    const { stdout } = await promisify(execFile)(process.execPath, args, options)
    return JSON.parse(stdout) as { readonly seen: Record<string, number>; readonly seconds: number }
  })
  const done = await Promise.all(runs)
  const seen = new Map<string, number>()
  for (const one of done) {
    for (const [name, count] of Object.entries(one.seen)) seen.set(name, (seen.get(name) ?? 0) + count)
  }
  requireVariety(seen)
  const seconds = done.reduce((sum, one) => sum + one.seconds, 0)
  const rate = Math.round((60 * Number(each * PROCESSES)) / seconds)
  t.diagnostic(`${each * PROCESSES} schedules took ${Math.round(seconds)} s of CPU: ${rate} in a minute of a core`)
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import process from 'node:process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PLANTED_FAULTS } from './simulation/planted-faults.ts'

const fileOf = (name: string) => fileURLToPath(new URL(`./simulation/${name}`, import.meta.url))

const FIRST = 1_000_000
/** Most are found in the first dozens. */
const SCHEDULES = 2_000

/** What a process says that runs the schedules with a fault, or undefined where it ran them all. */
async function foundBy(fault: number): Promise<string | undefined> {
  const first = ['with-cheap-primitives.ts', 'with-planted-fault.ts'].flatMap((name) => ['--import', fileOf(name)])
  const args = [...first, fileOf('schedules-child.ts'), `${FIRST}`, `${SCHEDULES}`]
  const options = { env: { ...process.env, PLANTED_FAULT: `${fault}` }, maxBuffer: 1 << 24 }
  return await new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, _, stderr) => resolve(error === null ? undefined : stderr))
  })
}

describe('schedules find', () => {
  for (const [fault, { name }] of PLANTED_FAULTS.entries()) {
    test(name, async (t) => {
      const said = await foundBy(fault)
      const [told, seed] = said?.match(/seed (\d+): [^\n]*/) ?? []
      assert.ok(told !== undefined, said === undefined ? `not in ${SCHEDULES} schedules` : said)
      t.diagnostic(`in schedule ${Number(seed) - FIRST + 1}: ${told}`)
    })
  }
})

/**
 * Audits circuits of ten thousand to a million and a half constraints, made of public templates, and records what that takes.
 * Arguments: the folder of packages, as in libraries.ts; then sizes to measure anew, by what they are made of (a part of it
 * will do), default: all. Of others, what is recorded stays. Takes some ten minutes on an idle machine.
 */
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { runChild } from '../bench/run-child.ts'
import { readRecord, recordSection } from './record.ts'
import type { SizedRow, SizedRun, SizesData } from './sections/sizes.ts'
import { SIZED_SYSTEMS } from './size-systems.ts'

const [roots, ...wanted] = process.argv.slice(2) as [string, ...string[]]
if (roots === undefined) throw new Error('name the folder of packages')
const recorded = ((await readRecord()).sizes as SizesData | undefined)?.rows ?? []
const rows: SizedRow[] = []
for (const [place, { what, name }] of SIZED_SYSTEMS.entries()) {
  if (wanted.length > 0 && !wanted.some((part) => what.includes(part))) {
    rows.push(...recorded.filter((row) => row.what === what))
    continue
  }
  const { version } = JSON.parse(await readFile(join(roots, name, 'package.json'), 'utf8'))
  const run = await runChild<SizedRun>('../soundness/size-child.ts', [roots, place])
  rows.push({ what, of: `${name} ${version}`, ...run })
  console.log(`${what}: ${JSON.stringify(run)}`)
}
await recordSection('sizes', { processor: cpus()[0]!.model, rows } satisfies SizesData)

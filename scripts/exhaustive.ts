/**
 * Compiles gadgets and rules at tiny widths and compares every input, and every choice of the prover, with the reference
 * model. Writes the counts into docs/soundness.json. `--default` runs what the test suite runs, and writes nothing; names of
 * subjects (gadgets, words, tree, step, margin, cash, takeover, deleverage, prices) run these alone, and what was recorded of others stays.
 */
import process from 'node:process'
import { ENUMERATIONS } from '../lab/enumeration/rules/index.ts'
import { readRecord, recordSection } from './soundness/record.ts'
import type { ExhaustiveRow } from './soundness/sections/exhaustive.ts'

const isDefault = process.argv.includes('--default')
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = named.filter((name) => !Object.hasOwn(ENUMERATIONS, name))
if (unknown.length > 0) {
  console.error(`no subject ${unknown.join(', ')}; choose of ${Object.keys(ENUMERATIONS).join(', ')}`)
  process.exit(2)
}

/** Processor time of this process, which other work on the machine does not change; compiling is done by others. */
const secondsSince = (start: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(start)
  return Math.round((user + system) / 100_000) / 10
}

const rows: ExhaustiveRow[] = []
for (const [subject, enumerations] of Object.entries(ENUMERATIONS)) {
  if (named.length > 0 && !named.includes(subject)) continue
  for (const { name, claim, sizes, run } of enumerations) {
    const begun = process.cpuUsage()
    const seconds = () => secondsSince(begun)
    const onProgress = (inputs: number) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${inputs.toLocaleString('en-US')}, ${seconds()} s `)
    }
    const counts = await run({ scale: isDefault ? 'default' : 'full', onProgress })
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    rows.push({ subject, name, claim, sizes, ...counts, seconds: seconds() })
    const [inputs, accepted, solutions] = [counts.inputs, counts.accepted, counts.solutions].map((count) =>
      count.toLocaleString('en-US'),
    )
    console.log(`${name}: ${inputs} inputs, ${accepted} accepted, ${solutions} solutions, ${seconds()} s`)
  }
}
const inputs = rows.reduce((sum, row) => sum + row.inputs, 0)
console.log(`${rows.length} enumerations, ${inputs.toLocaleString('en-US')} inputs, no difference`)
if (!isDefault) {
  const known = ((await readRecord()).exhaustive as { rows: readonly ExhaustiveRow[] } | undefined)?.rows ?? []
  const recorded = Object.entries(ENUMERATIONS).flatMap(([subject, enumerations]) => {
    const source = rows.some((row) => row.subject === subject) ? rows : known
    return enumerations.flatMap(({ name }) => source.find((row) => row.subject === subject && row.name === name) ?? [])
  })
  const seconds = Math.round(recorded.reduce((sum, row) => sum + row.seconds, 0) * 10) / 10
  await recordSection('exhaustive', { rows: recorded, seconds })
}

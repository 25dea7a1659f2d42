/**
 * Audits public templates of libraries of circuits and records verdicts and times. Nothing of theirs is copied: the first
 * argument is the folder of packages (node_modules) where they were installed, such as by
 * `npm install --ignore-scripts circomlib@2.0.5 @semaphore-protocol/circuits@4.14.2`. Further arguments are names of packages;
 * default: all that are installed there. Of others, what is recorded stays. Takes some minutes.
 */
import process from 'node:process'
import { audit } from '../../audit/audit.ts'
import { installedLibraries, type PublicTemplate } from './installed-libraries.ts'
import { LIBRARIES } from './library-templates.ts'
import { readRecord, recordSection } from './record.ts'
import type { LibrariesData, Template } from './sections/libraries.ts'

/** Of the usual work of searches for forgeries: what is free is found at once, or it is not. */
const EFFORT = 0.005
const MILLISECONDS = 1_800_000
const BYTES = 6 * 2 ** 30

const [roots, ...wanted] = process.argv.slice(2) as [string, ...string[]]
if (roots === undefined) throw new Error('name the folder of packages')

async function measure({ name, open }: PublicTemplate): Promise<Template> {
  const subject = await open()
  const before = process.cpuUsage()
  const options = { targets: 'all', effort: EFFORT, timeout: MILLISECONDS, maxBytes: BYTES } as const
  const report = await audit({ ...subject, ...options })
  const { user, system } = process.cpuUsage(before)
  const unknown = report.targets.filter(({ verdict }) => verdict === 'UNKNOWN').map(({ name }) => name)
  const outputs = report.targets.filter(({ isOutput }) => isOutput)
  const row: Template = {
    template: name,
    constraints: subject.r1cs.nConstraints,
    counts: report.counts,
    openOutputs: outputs.length,
    ranges: report.ranges.length,
    lemmas: report.lemmas,
    seconds: (user + system) / 1e6,
  }
  const first = unknown.slice(0, 4).join(', ')
  const stopped = report.stopped === undefined ? '' : `, stopped for lack of ${report.stopped}`
  process.stdout.write(
    `${row.template}: ${JSON.stringify(row.counts)} ${row.seconds.toFixed(1)} s ${first}${stopped}\n`,
  )
  return row
}

const measured = new Map<string, LibrariesData['libraries'][number]>()
for (const { name, version, templates } of await installedLibraries(roots, wanted)) {
  const rows: Template[] = []
  for (const template of templates) rows.push(await measure(template))
  measured.set(name, { name, version, templates: rows })
}
const recorded = ((await readRecord()).libraries as LibrariesData | undefined)?.libraries ?? []
const libraries = LIBRARIES.flatMap(({ name }) => measured.get(name) ?? recorded.filter((one) => one.name === name))
await recordSection('libraries', { libraries, effort: EFFORT } satisfies LibrariesData)

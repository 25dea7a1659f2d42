/**
 * `npm run mutate`: takes away or weakens every constraint of our own templates in turn and asks whether a test would fail.
 * The full run records its result in docs/soundness.json and docs/soundness.md.
 *
 *   --only <text>      mutants whose file or template contains it; records nothing
 *   --sample <n>       that many mutants, --seed <n> to choose others; records nothing
 *   --circuit <name>,...  circuits to look at (default all)
 *   --tests <text>     of the tests that attack circuits, those whose path contains it, and the lies about the circuits; records nothing
 *   --find-lies        looks for the lies that lab/mutation/lies.json lacks, and writes them
 *   --json             the report as JSON
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { openLaboratory } from '../lab/dishonesty/laboratory.ts'
import { findLies, observeLies, readLies } from '../lab/mutation/lie-file.ts'
import { mutantsOf } from '../lab/mutation/mutants.ts'
import { circuitTests, observeTests } from '../lab/mutation/observe-tests.ts'
import { reportOf } from '../lab/mutation/report.ts'
import { sampleOf } from '../lab/mutation/sample.ts'
import { scoreAll } from '../lab/mutation/score-all.ts'
import { TRACED_CIRCUITS, traceCircuit } from '../lab/tracing/traced-circuit.ts'
import { recordSection } from './soundness/record.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    circuit: { type: 'string' },
    tests: { type: 'string' },
    'find-lies': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const started = performance.now()
const seconds = () => Math.round((performance.now() - started) / 1000)
const progress = (text: string) => console.error(`${String(seconds()).padStart(5)} s  ${text}`)

const names = values.circuit?.split(',') ?? [...TRACED_CIRCUITS.keys()]
const unknown = names.filter((name) => !TRACED_CIRCUITS.has(name))
if (unknown.length > 0)
  throw new Error(`no circuit ${unknown.join(', ')}; there are ${[...TRACED_CIRCUITS.keys()].join(', ')}`)
const circuits = []
for (const name of names) {
  circuits.push(await traceCircuit(name))
  progress(`compiled ${name}`)
}
const isAsked = ({ instruction }: { instruction: { file: string; template: string } }) =>
  values.only === undefined || instruction.file.includes(values.only) || instruction.template.includes(values.only)
const all = mutantsOf(circuits).filter(isAsked)
const mutants = values.sample === undefined ? all : sampleOf(all, Number(values.sample), Number(values.seed))

if (values['find-lies']) {
  const lies = await findLies(circuits, mutants, (circuit, found, left) => {
    progress(`${circuit}: ${left} signals left, ${found} lies in all`)
  })
  console.log(`${lies.length} lies about ${mutants.filter(({ operator }) => /^un/.test(operator)).length} signals`)
} else {
  const { tests } = values
  const files = circuitTests().filter((file) => tests === undefined || file.includes(tests))
  const observed = await observeTests(files, {
    parallel: 2,
    onDone: (file) => progress(`observed ${file}`),
  })
  const lies = tests === undefined ? [] : await readLies()
  const told = tests === undefined ? [] : circuits.flatMap((each) => observeLies(openLaboratory(each), mutants, lies))
  const observations = [...observed, ...told]
  const verdicts = scoreAll(circuits, mutants, observations, progress)
  const report = reportOf(verdicts, { assignments: observations.length, seconds: seconds() })
  const isFull =
    mutants.length === all.length && [values.only, values.circuit, tests].every((text) => text === undefined)
  if (isFull) await recordSection('mutation', report)
  if (values.json) console.log(JSON.stringify(report, null, 2))
  else {
    for (const { file, line, instruction, operator, detail } of report.survivors) {
      console.log(`${file}:${line} ${operator} ${detail}\n    ${instruction}`)
    }
    const { mutants: count, killed, argued, survived } = report.total
    console.log(`${count} mutants: ${killed} killed, ${argued} argued, ${survived} survived (${report.seconds} s)`)
  }
  if (report.total.survived > 0) process.exitCode = 1
}

/**
 * Measures, and writes docs/measurements.json and from it the generated parts of docs/benchmarks.md and docs/circuits.md and
 * the pictures beside them.
 *
 *   node scripts/bench.ts [--runs N]   everything of the small profile; or only the parts that are named:
 *     --circuits     compiling, keys, and from a witness to a verified proof
 *     --backends     the proof alone: all backends in turn, on the same keys and witnesses; with, as often as wanted,
 *                    --external 'name=prover {zkey} {wtns} {proof} {public}' for an outside prover
 *     --scaling      the native backend on circuits from 2^14 to 2^18
 *     --throughput   trade batches in a row, with one and with more proofs at once; with --profile standard from its keys
 *     --browser      margin proved in a browser, small and standard
 *     --startup      whole processes that do little, of the compiled package (npm run build); in turn with those of an earlier
 *                    one with --against FOLDER, a checkout that was built
 *     --service      a venue under load: intake, restart, workers, and from an order to its settlement; stops by itself. With --print
 *                    it is only printed, and nothing written
 *     --sustained    a venue that takes orders for three minutes at about what one worker proves; --print, as above
 *   node scripts/bench.ts --profile standard [--keys]   the larger circuits: compiles only, unless --keys
 *     --circuit NAME   with --circuits or --profile standard: this circuit, as often as wanted, and no others
 *     --force          measure although the machine is busy; the document says so
 *   node scripts/bench.ts --fill [--flow FILE]   how full batches of several sizes get on a generated flow, and on a recorded one
 *                    in LOBSTER's format; compiles small sizes for what they cost
 *   node scripts/bench.ts --counts     record the constraint counts of the small profile; quick
 *   node scripts/bench.ts --check      write nothing; fail if counts, budgets or documents are not as recorded
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { CIRCUIT_NAMES } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { PROFILE_NAMES, type ProfileName, venueShape } from '../protocol/shape.ts'
import { parseExternals } from './bench/backends/command-template.ts'
import { goals } from './bench/backends/goals.ts'
import { measureScaling } from './bench/backends/scaling.ts'
import { findGrowth } from './bench/check.ts'
import { measureFill } from './bench/fill/measure.ts'
import { describeMachine } from './bench/machine.ts'
import { measureBackends } from './bench/measure-backends.ts'
import { measureCircuits, smallCounts } from './bench/measure-circuits.ts'
import { type Measurements, readMeasurements, writeMeasurements } from './bench/measurements.ts'
import { BusyMachine, type Part, QuietWatch } from './bench/quiet.ts'
import { updateDocuments } from './bench/render.ts'
import { renderService } from './bench/service/render-service.ts'
import { renderSustained } from './bench/service/render-sustained.ts'
import { measureStartup } from './bench/startup.ts'
import { measureThroughput } from './bench/throughput.ts'
import { type Report, Stages } from './demo/progress.ts'

const { values: options } = parseArgs({
  options: {
    profile: { type: 'string', default: 'small' },
    runs: { type: 'string', default: '5' },
    circuits: { type: 'boolean', default: false },
    circuit: { type: 'string', multiple: true },
    backends: { type: 'boolean', default: false },
    scaling: { type: 'boolean', default: false },
    throughput: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    startup: { type: 'boolean', default: false },
    against: { type: 'string' },
    service: { type: 'boolean', default: false },
    sustained: { type: 'boolean', default: false },
    print: { type: 'boolean', default: false },
    external: { type: 'string', multiple: true, default: [] },
    keys: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    fill: { type: 'boolean', default: false },
    flow: { type: 'string' },
    counts: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const watch = new QuietWatch(options)
const stages = new Stages(() => watch.look())

try {
  if (options.check) await check()
  else if (options.print && (options.service || options.sustained)) await print()
  else if (options.fill) await record({ ...(await recorded()), fill: await measureFlows() })
  else await record(options.counts ? await smallCounts() : await measure())
} catch (error) {
  if (!(error instanceof ZkclearError || error instanceof BusyMachine)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function check(): Promise<void> {
  const measured = await recorded()
  const current = await smallCounts()
  const problems = [
    ...findGrowth(measured, current),
    ...(await updateDocuments(measured, { check: true })).map(
      (path) => `${path} is not what docs/measurements.json says`,
    ),
  ]
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log('constraint counts are as recorded and within their budgets')
}

async function recorded(): Promise<Measurements> {
  const measurements = await readMeasurements()
  if (measurements === undefined) throw new Error('nothing has been measured yet: run `npm run bench`')
  return measurements
}

function measureFlows() {
  return stages.run('fill', (report) => measureFill(options.flow, report))
}

/**
 * What was recorded before, with what is asked for measured anew. Each part is written when it is there, so that a machine that
 * becomes busy takes from nobody what was measured on a quiet one.
 */
async function measure(): Promise<Measurements> {
  venueShape(options.profile)
  const profile = options.profile as ProfileName
  const small = profile === 'small'
  const named = [
    options.circuits,
    options.backends,
    options.scaling,
    options.throughput,
    options.browser,
    options.startup,
    options.service,
    options.sustained,
  ]
  const all = small && !named.includes(true)
  const externals = parseExternals(options.external)
  if (!small && (options.backends || options.scaling || externals.length > 0)) {
    throw new ZkclearError('INPUT_INVALID', 'backends are compared on the small profile only', { path: '--profile' })
  }
  if (externals.length > 0 && !all && !options.backends) {
    throw new ZkclearError('INPUT_INVALID', 'outside provers run with --backends only', { path: '--external' })
  }
  const runs = positive(options.runs)
  const inTurn = <T>(name: string, task: (report: Report) => Promise<T>) => stages.run(name, task)
  const parts: [asked: boolean, Part, () => Promise<Partial<Measurements>>][] = [
    [
      options.circuits || (!small && !named.includes(true)),
      `circuits (${profile})`,
      () => {
        const names = options.circuit?.map((name) => requireCircuit(name).name) ?? CIRCUIT_NAMES
        const prove = small || options.keys
        return measureCircuits(profile, { names, runs: small ? runs : 1, prove, stages })
      },
    ],
    [options.backends, 'backends', async () => ({ backends: await measureBackends({ runs, externals, stages }) })],
    [
      options.scaling,
      'scaling',
      async () => ({ scaling: await inTurn('scaling', (report) => measureScaling({ runs, report })) }),
    ],
    [
      options.throughput,
      'throughput',
      async () => ({
        throughput: await inTurn('throughput', (report) => measureThroughput({ profile, runs, report })),
      }),
    ],
    [
      options.browser,
      'browser',
      async () => {
        const results = []
        for (const profile of ['small', 'standard'] as const) {
          results.push(await inTurn(`browser (${profile})`, (report) => browser(profile, runs, report)))
        }
        return { browser: results }
      },
    ],
    [
      options.startup,
      'startup',
      async () => {
        const { against } = options
        const measured = inTurn('startup', (report) => measureStartup({ runs: Math.max(runs, 9), against, report }))
        return { startup: await measured }
      },
    ],
    [options.service, 'service', async () => ({ service: await service(stages) })],
    [options.sustained, 'sustained', async () => ({ sustained: await sustained(stages) })],
  ]
  let measurements: Measurements = (await readMeasurements()) ?? (await smallCounts())
  const shares = { ...measurements.shares }
  for (const [asked, part, task] of parts) {
    if (!all && !asked) continue
    const measured = await watch.part(shares, part, task)
    measurements = { ...measurements, ...measured, machine: describeMachine(), shares: { ...shares } }
    await writeMeasurements(measurements)
    await updateDocuments(measurements, { check: false })
  }
  return measurements
}

async function record(measurements: Measurements): Promise<void> {
  await writeMeasurements(measurements)
  await updateDocuments(measurements, { check: false })
  for (const profile of PROFILE_NAMES) {
    for (const name of CIRCUIT_NAMES) {
      const of = measurements.circuits[profile][name]
      if (of !== undefined) console.log(`${name} (${profile}): ${of.counts.total} constraints`)
    }
  }
  for (const { what, aim, measured, met } of goals(measurements.backends ?? [], measurements.scaling)) {
    console.log(`${met ? 'reached' : 'not reached'}: ${what}: ${measured} (${aim})`)
  }
  const over = findGrowth(measurements, measurements)
  for (const problem of over) console.error(problem)
  if (over.length > 0) process.exitCode = 1
}

/** Loaded for itself alone, as below. */
async function browser(profile: ProfileName, runs: number, report: Report) {
  const { measureBrowser } = await import('./bench/browser/measure.ts')
  return await measureBrowser({ profile, runs, report })
}

/** Loaded for itself alone: nothing else here needs the packages of the service. */
async function service(stages: Stages) {
  const { measureService } = await import('./bench/service/measure-service.ts')
  return await measureService(stages)
}

async function sustained(stages: Stages) {
  const { measureSustained, SUSTAINED } = await import('./bench/service/sustained.ts')
  return await stages.run('sustained', (report) => measureSustained({ ...SUSTAINED, report }))
}

/** Of the parts that can be measured without being recorded, those that were asked for. */
async function print(): Promise<void> {
  if (options.service) console.log(renderService(await service(stages)))
  if (options.sustained) console.log(renderSustained(await sustained(stages)))
}

function positive(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new ZkclearError('INPUT_INVALID', `is "${text}"; need a whole number from 1 on`, { path: '--runs' })
}

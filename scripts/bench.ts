/**
 * Measures the circuits and writes docs/measurements.json, and from it the generated parts of docs/benchmarks.md and
 * docs/circuits.md.
 *
 *   node scripts/bench.ts [--profile small|standard] [--runs N] [--keys]   measure; standard compiles only, unless --keys
 *   node scripts/bench.ts --counts     record the constraint counts of the small profile; quick
 *   node scripts/bench.ts --check      write nothing; fail if counts, budgets or documents are not as recorded
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { CIRCUIT_NAMES, CIRCUITS } from '../circuits/index.ts'
import { PROFILE_NAMES, type ProfileName, profile as requireProfile } from '../protocol/profiles.ts'
import { buildArtifacts } from '../prover/artifacts.ts'
import { measureBuilding, readCounts } from './bench/build-circuit.ts'
import { findGrowth } from './bench/check.ts'
import { describeMachine } from './bench/machine.ts'
import {
  type CircuitMeasurements,
  type Measurements,
  readMeasurements,
  writeMeasurements,
} from './bench/measurements.ts'
import { measureGas, measureProving } from './bench/prove-circuit.ts'
import { updateDocuments } from './bench/render.ts'
import { measureSnarkjsPreparation } from './bench/snarkjs-preparation.ts'
import { Stages } from './demo/progress.ts'

const SNARKJS_POWER = 10

const { values: options } = parseArgs({
  options: {
    profile: { type: 'string', default: 'small' },
    runs: { type: 'string', default: '5' },
    keys: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const stages = new Stages()

if (options.check) await check()
else await record(options.counts ? await smallCounts() : await measure(options.profile as ProfileName))

async function check(): Promise<void> {
  const recorded = await readMeasurements()
  if (recorded === undefined) throw new Error('nothing has been measured yet: run `npm run bench`')
  const current = await smallCounts()
  const problems = [
    ...findGrowth(recorded, current),
    ...(await updateDocuments(recorded, { check: true })).map(
      (path) => `${path} is not what docs/measurements.json says`,
    ),
  ]
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log('constraint counts are as recorded and within their budgets')
}

/** What is compiled now, without measuring anything; builds the small profile's artifacts where they are missing. */
async function smallCounts(): Promise<Measurements> {
  const artifacts = await buildArtifacts({ circuits: CIRCUIT_NAMES.map((name) => CIRCUITS[name]), profile: 'small' })
  const previous = await readMeasurements()
  const entries = CIRCUIT_NAMES.map(async (name, i) => {
    const counts = await readCounts(name, artifacts[i]!.files)
    return [name, { ...previous?.circuits.small[name], counts }] as const
  })
  const small = Object.fromEntries(await Promise.all(entries))
  return { machine: describeMachine(), ...previous, circuits: { standard: {}, ...previous?.circuits, small } }
}

async function measure(profile: ProfileName): Promise<Measurements> {
  requireProfile(profile)
  const previous = await readMeasurements()
  const prove = profile === 'small' || options.keys
  const runs = prove && profile === 'small' ? positive(options.runs) : 1
  const buildRuns = Math.min(runs, 3)
  const measured: Record<string, CircuitMeasurements> = {}
  for (const name of CIRCUIT_NAMES) {
    measured[name] = await stages.run(`compile ${name} (${profile})`, () =>
      measureBuilding(name, profile, { runs: buildRuns, keys: prove }),
    )
  }
  if (prove) {
    await stages.run('artifacts', () => buildArtifacts({ circuits: Object.values(CIRCUITS), profile }))
    const gas = await stages.run('gas', () => measureGas(profile))
    for (const name of CIRCUIT_NAMES) {
      const proving = await stages.run(`prove ${name} (${profile})`, () =>
        measureProving(name, profile, { runs, gas: gas[name] }),
      )
      measured[name] = { ...measured[name]!, proving }
    }
  }
  const snarkjsPreparation =
    profile === 'small'
      ? {
          power: SNARKJS_POWER,
          milliseconds: await stages.run('snarkjs: powers of tau', () => measureSnarkjsPreparation(SNARKJS_POWER)),
        }
      : previous?.snarkjsPreparation
  return {
    machine: describeMachine(),
    circuits: { small: {}, standard: {}, ...previous?.circuits, [profile]: measured },
    ...(snarkjsPreparation && { snarkjsPreparation }),
  }
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
  const over = findGrowth(measurements, measurements)
  for (const problem of over) console.error(problem)
  if (over.length > 0) process.exitCode = 1
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--runs ${text}: need a whole number from 1 on`)
  return value
}

import { CIRCUIT_NAMES, CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import type { Stages } from '../demo/progress.ts'
import { measureBuilding, readCounts } from './build-circuit.ts'
import { describeMachine } from './machine.ts'
import { type CircuitMeasurements, type Measurements, readMeasurements } from './measurements.ts'
import { measureProving } from './prove-circuit.ts'
import { measureSnarkjsPreparation } from './snarkjs-preparation.ts'

const SNARKJS_POWER = 10

/** More say nothing new of a compiler, and take minutes. */
const MOST_BUILDS = 3

/** What is compiled now, without measuring anything; builds the small profile's artifacts where they are missing. */
export async function smallCounts(): Promise<Measurements> {
  const artifacts = await buildArtifacts({ circuits: CIRCUIT_NAMES.map((name) => CIRCUITS[name]), profile: 'small' })
  const previous = await readMeasurements()
  const entries = CIRCUIT_NAMES.map(async (name, i) => {
    const counts = await readCounts(name, artifacts[i]!.files)
    return [name, { ...previous?.circuits.small[name], counts }] as const
  })
  const small = Object.fromEntries(await Promise.all(entries))
  return {
    machine: describeMachine(),
    ...previous,
    circuits: { standard: {}, large: {}, ...previous?.circuits, small },
  }
}

/** Compiles circuits of a profile and, if `prove` is set, makes keys and proves from witness to verified proof. */
export async function measureCircuits(
  profile: ProfileName,
  options: { names: readonly CircuitName[]; runs: number; prove: boolean; stages: Stages },
): Promise<Measurements> {
  const { names, runs, prove, stages } = options
  const previous = await readMeasurements()
  const measured: Record<string, CircuitMeasurements> = {}
  for (const name of names) {
    measured[name] = await stages.run(`compile ${name} (${profile})`, () =>
      measureBuilding(name, profile, { runs: Math.min(runs, MOST_BUILDS), keys: prove }),
    )
  }
  if (prove) {
    await stages.run('artifacts', () => buildArtifacts({ circuits: Object.values(CIRCUITS), profile }))
    for (const name of names) {
      const proving = await stages.run(`prove ${name} (${profile})`, () => measureProving(name, profile, { runs }))
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
    ...previous,
    machine: describeMachine(),
    circuits: {
      small: {},
      standard: {},
      large: {},
      ...previous?.circuits,
      [profile]: { ...previous?.circuits[profile], ...measured },
    },
    ...(snarkjsPreparation && { snarkjsPreparation }),
  }
}

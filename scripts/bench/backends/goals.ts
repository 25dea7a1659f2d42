import type { NativePath } from '../../../prover/native/addon.ts'
import { nativeName } from './contestants.ts'
import type { CircuitResult, ScalingResult } from './results.ts'

/** What the native backend should reach, and what it does. */
export interface Goal {
  readonly what: string
  readonly aim: string
  readonly measured: string
  readonly met: boolean
}

/** Times faster than snarkjs with two threads, and microseconds of processor time for each constraint. */
const SPEED: readonly { path: NativePath; faster: number; cpu: number }[] = [
  { path: 'ifma', faster: 10, cpu: 12 },
  { path: 'adx', faster: 6.5, cpu: 28 },
]
const THROUGHPUT = 1.8
const LOAD_MS = 100
const MEMORY = 2.5
const GROWTH = 1.15

/** Smaller circuits are held to none of these. */
const SMALLEST_LOG = 16

/** Each goal with the worst measured of the circuits that it is about; none for what this machine cannot run. */
export function goals(results: readonly CircuitResult[], scaling: ScalingResult | undefined): Goal[] {
  const large = results.filter(({ log }) => log >= SMALLEST_LOG)
  const native = large.flatMap(({ native: paths, zkeyBytes }) => paths.map((of) => ({ ...of, zkeyBytes })))
  return [
    ...SPEED.flatMap(({ path, faster, cpu }) => speedGoals(large, path, faster, cpu)),
    ...(native.length === 0
      ? []
      : [
          atLeast(
            'throughput of two proofs at once, one thread each, every path',
            THROUGHPUT,
            Math.min(...native.map(({ oneProof, twoProofs }) => (2 * oneProof.median) / twoProofs.median)),
          ),
          atMost('loading the key, every path', LOAD_MS, Math.max(...native.map(({ load }) => load.median)), 'ms'),
          atMost(
            'memory in use, every path',
            MEMORY,
            Math.max(...native.map(({ memoryGrowth, zkeyBytes }) => memoryGrowth / zkeyBytes)),
            'times the .zkey',
          ),
        ]),
    ...(scaling === undefined ? [] : growthGoals(scaling)),
  ]
}

function speedGoals(results: readonly CircuitResult[], path: NativePath, faster: number, cpuLimit: number): Goal[] {
  const pairs = results.flatMap(({ backends, constraints }) => {
    const own = backends.find(({ name }) => name === nativeName(path, 2))
    const snarkjs = backends.find(({ name }) => name === 'snarkjs')
    if (own?.cpu === undefined || snarkjs === undefined) return []
    return [{ ratio: snarkjs.wall.median / own.wall.median, cpu: (1000 * own.cpu.median) / constraints }]
  })
  if (pairs.length === 0) return []
  return [
    atLeast(`${path}, two threads, against snarkjs`, faster, Math.min(...pairs.map(({ ratio }) => ratio))),
    atMost(`${path}, CPU per constraint`, cpuLimit, Math.max(...pairs.map(({ cpu }) => cpu)), 'us'),
  ]
}

function growthGoals({ sizes }: ScalingResult): Goal[] {
  const [smallest, largest] = [sizes[0]!, sizes.at(-1)!]
  return smallest.paths.map(({ path, cpu }, i) => {
    const before = cpu.median / smallest.constraints
    const after = largest.paths[i]!.cpu.median / largest.constraints
    const what = `${path}, CPU per constraint at 2^${largest.log}, against 2^${smallest.log}`
    return atMost(what, GROWTH, after / before, 'times')
  })
}

function atLeast(what: string, aim: number, measured: number): Goal {
  return { what, aim: `at least ${aim} times`, measured: `${show(measured)} times`, met: measured >= aim }
}

function atMost(what: string, aim: number, measured: number, unit: string): Goal {
  return { what, aim: `at most ${aim} ${unit}`, measured: `${show(measured)} ${unit}`, met: measured <= aim }
}

function show(value: number): string {
  return value >= 20 ? value.toFixed(0) : value.toFixed(2)
}

import { tradeBatch } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { loadAddon, type NativePath } from '../../prover/native/addon.ts'
import type { Report } from '../demo/progress.ts'
import { number, seconds, table } from './markdown.ts'
import { runChild } from './run-child.ts'
import { type Spread, spread } from './spread.ts'
import type { ThroughputTimes } from './throughput-child.ts'

/** What it took to prove some trade batches in a row, witness to verified proof, with so many proofs at once. */
export interface Way {
  readonly path: NativePath
  readonly atOnce: number
  /** Of each proof. */
  readonly threads: number
  readonly wall: Spread
  readonly cpu: Spread
}

export interface Throughput {
  readonly profile: ProfileName
  readonly batches: number
  /** Messages of each batch. */
  readonly words: number
  readonly ways: readonly Way[]
}

/** Enough that the last proofs, which have the cores to themselves, weigh little. */
const BATCHES = 8

/** Every path in a process of its own, the ways of each in turn. */
export async function measureThroughput(options: {
  profile: ProfileName
  runs: number
  batches?: number
  report?: Report
}): Promise<Throughput> {
  const { profile, runs, batches = BATCHES, report } = options
  await buildArtifacts({ circuits: [tradeBatch], profile })
  const paths = loadAddon()?.paths() ?? []
  const ways: Way[] = []
  let words = 0
  for (const [i, path] of paths.entries()) {
    report?.(i / paths.length, path)
    const times = await runChild<ThroughputTimes>('throughput-child.ts', [profile, path, batches, runs])
    words = times.words
    ways.push(...times.ways.map(({ wall, cpu, ...way }) => ({ path, ...way, wall: spread(wall), cpu: spread(cpu) })))
  }
  return { profile, batches, words, ways }
}

export function renderThroughput({ profile, batches, words, ways }: Throughput): string {
  return `### Batches a second

${batches} batches of ${words} words in a row (trade-batch, ${profile}), proved by \`proveMany\` with so many proofs at once, witness to
verified proof. CPU is the processor time of all threads together.

${table(
  ['', 'proofs at once', 'threads of each', 'wall', 'CPU', 'proofs / s', 'messages / s'],
  ways.map(({ path, atOnce, threads, wall, cpu }) => [
    path,
    number(atOnce),
    number(threads),
    seconds(wall),
    seconds(cpu),
    ((1000 * batches) / wall.median).toFixed(2),
    ((1000 * batches * words) / wall.median).toFixed(1),
  ]),
)}`
}

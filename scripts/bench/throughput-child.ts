/**
 * Proves trade batches with the library's prover in several ways in turn, and prints what they took as JSON. Arguments:
 * profile, dispatch path, batches each time, runs. The prover verifies every proof before the next is asked for, and a round
 * comes before that is not timed.
 */
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { tradeBatch } from '../../circuits/index.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { createProver } from '../../prover/create-prover.ts'
import { loadAddon } from '../../prover/native/addon.ts'
import { NativeBackend } from '../../prover/native/backend.ts'

export interface ThroughputTimes {
  /** Messages of each batch. */
  readonly words: number
  readonly ways: readonly {
    readonly atOnce: number
    readonly threads: number
    readonly wall: number[]
    readonly cpu: number[]
  }[]
}

const [profile, path, batches, runs] = process.argv.slice(2) as [ProfileName, string, string, string]
process.env.ZKCLEAR_NATIVE = path
await using prover = await createProver({ profile, circuits: ['trade-batch'] })
const { statement, witness } = tradeBatch.example(profile)
const jobs = Array.from({ length: Number(batches) }, () => ({ circuit: 'trade-batch' as const, statement, witness }))

const cores = availableParallelism()
const most = Math.min(cores, new NativeBackend(loadAddon()!).sideBySide.most)
const ways = Array.from({ length: most }, (_, i) => {
  const atOnce = i + 1
  return { atOnce, threads: Math.ceil(cores / atOnce), wall: [] as number[], cpu: [] as number[] }
})
for (let run = 0; run <= Number(runs); run++) {
  for (const { atOnce, threads, wall, cpu } of ways) {
    const before = process.cpuUsage()
    const started = performance.now()
    for await (const _ of prover.proveMany(jobs, { atOnce, threads }));
    const { user, system } = process.cpuUsage(before)
    if (run === 0) continue
    wall.push(performance.now() - started)
    cpu.push((user + system) / 1000)
  }
}
const result: ThroughputTimes = { words: messagesOf(witness).length, ways }
console.log(JSON.stringify(result))

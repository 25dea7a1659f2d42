import assert from 'node:assert/strict'
import { decodeRecord } from '../../../../service/sequencer/record.ts'
import { reduce } from '../../../../service/sequencer/reducer.ts'
import { contentOf, textOf } from './describe.ts'
import { World } from './world.ts'

/** Steps of a schedule, at most. */
const STEPS = 40

/**
 * Runs the schedule of a seed to its end, and then its journal without any interruption from where it began. Adds what happened to
 * `seen`. What goes wrong says the seed.
 */
export function runSchedule(seed: bigint, seen: Map<string, number>): void {
  try {
    const world = new World(seed)
    const start = world.shell.beginning
    const steps = Number(seed % BigInt(STEPS)) + 1
    for (let i = 0; i < steps; i++) world.step()
    world.finish()
    let state = start
    for (const [i, bytes] of world.shell.journal.entries()) {
      const reduced = reduce(state, decodeRecord(bytes))
      assert.equal(textOf(reduced.effects), world.shell.told[i], `record ${i} leads to the same without interruption`)
      state = reduced.state
    }
    assert.deepEqual(contentOf(state), contentOf(world.shell.state))
    for (const [name, count] of world.witness.seen) seen.set(name, (seen.get(name) ?? 0) + count)
  } catch (cause) {
    throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause })
  }
}

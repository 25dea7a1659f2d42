import { encodeSnapshot } from '../../../../service/sequencer/snapshot.ts'
import { assertSameContent } from './describe.ts'
import { again } from './shell.ts'
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
    const steps = Number(seed % BigInt(STEPS)) + 1
    for (let i = 0; i < steps; i++) world.step()
    world.finish()
    const state = world.shell.journal.reduce(again, world.shell.beginning)
    const [uninterrupted, interrupted] = [encodeSnapshot(state), encodeSnapshot(world.shell.state)]
    assertSameContent(uninterrupted, interrupted, 'all records lead to the same without interruption')
    for (const [name, count] of world.witness.seen) seen.set(name, (seen.get(name) ?? 0) + count)
  } catch (cause) {
    throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause })
  }
}

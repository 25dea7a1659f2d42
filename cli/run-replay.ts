import { setImmediate } from 'node:timers/promises'
import type { Intent } from '../venue/intent.ts'
import type { FlowReplay, ReplayedBatch } from '../venue/replay.ts'
import type { Session } from './session.ts'

/** How many intents are worked off between two looks at the interrupt. */
const BREATH = 16

/** Replays a flow and yields its batches; stops when the session is interrupted. */
export async function* runReplay(
  replay: FlowReplay,
  intents: readonly Intent[],
  { signal, onProgress }: Pick<Session, 'signal' | 'onProgress'>,
): AsyncGenerator<ReplayedBatch> {
  for (const [i, intent] of intents.entries()) {
    if (i % BREATH === 0) {
      onProgress({ stage: 'replay', fraction: i / intents.length })
      // Signing never waits: without this, no interrupt would be heard.
      await setImmediate()
      signal.throwIfAborted()
    }
    yield* replay.push(intent)
  }
  yield* replay.finish()
}

import type { ProfileName } from '../protocol/shape.ts'
import { encodeCashBatch, type ServedQueue, stateText } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import type { OutputDirectory } from './output-directory.ts'
import type { Session } from './session.ts'

/** Writes a run of cash batches, each a file ready to be proved, and the state after the last. Returns a row for each, its name and what it does. */
export async function writeCashBatches(
  out: OutputDirectory,
  { batches, state }: Pick<ServedQueue, 'batches' | 'state'>,
  { profile, session }: { readonly profile: ProfileName; readonly session: Session },
): Promise<[name: string, does: string][]> {
  const rows: [string, string][] = []
  for (const [i, transition] of batches.entries()) {
    session.onProgress({ stage: 'write batches', fraction: 0.4 + (0.6 * i) / batches.length })
    session.signal.throwIfAborted()
    const name = `batches/${String(i + 1).padStart(6, '0')}.json`
    await out.write(name, jsonText(encodeCashBatch({ number: i + 1, transition }, profile)))
    const { slots, sweep } = transition
    const does = slots.map(({ kind, account }) => `${kind} ${account}`)
    if (sweep) does.push(`SWEEP ${sweep.market}${sweep.retires ? ', which it retires' : ''}`)
    rows.push([name, does.join(', ')])
    session.log.info({ name, slots: slots.length }, 'batch')
  }
  await out.write('state.json', stateText(state, profile))
  return rows
}

import type { ErrorCode } from '../protocol/errors.ts'
import type { Fault } from './fault.ts'
import type { LogSource } from './log-source.ts'

/** A source of which nothing throws. What it fails to answer is a fault, and as if it had nothing to say. */
export interface HeardSource extends Omit<LogSource, 'checkpoint'> {
  checkpoint(): Promise<string | undefined>
  /** Set once asking was called off. */
  readonly aborted: unknown
}

/** Errors would keep what convicts a venue from being told, and whether there are any is up to the venue. */
export function heard(source: LogSource, faults: Fault[]): HeardSource {
  let aborted: unknown
  const or = async <T>(name: string, nothing: T, answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      const { code, message } = error as { readonly code?: ErrorCode; readonly message: string }
      if (code === 'ABORTED') aborted ??= error
      faults.push({ code: 'SOURCE_FAILED', name, message })
      return nothing
    }
  }
  return {
    get aborted() {
      return aborted
    },
    checkpoint: () => or<string | undefined>('the newest checkpoint', undefined, source.checkpoint()),
    consistency: (from, to) => or(`consistency of ${from} and ${to} records`, undefined, source.consistency(from, to)),
    leaves: (from) => or(`leaves from ${from} on`, [], source.leaves(from)),
    sizeOfAnchor: (anchor) => or(`anchor ${anchor}`, undefined, source.sizeOfAnchor(anchor)),
  }
}

import { answerTo } from '../../client/request.ts'
import { marketsAnswer } from '../../client/wire/markets.ts'
import { type StatusAnswer, statusAnswer } from '../../client/wire/status.ts'
import type { ZkclearError } from '../../protocol/errors.ts'

/** What a venue says of itself to everybody; or why it says nothing. */
export interface VenueFacts {
  readonly status: StatusAnswer | undefined
  /** Seconds for which its newest table serves; undefined where it does not say. */
  readonly maxAge: bigint | undefined
  readonly silence: string | undefined
}

/** How long an answer may take, in milliseconds. */
const ANSWER_MS = 10_000

/** Throws ABORTED for `signal`, and nothing else. */
export async function venueFacts(url: string, signal: AbortSignal): Promise<VenueFacts> {
  const within = () => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
  try {
    const status = await answerTo({ url }, { path: '/v1/status', signal: within() }, statusAnswer)
    // Before the first table it has no markets to tell.
    const markets = answerTo({ url }, { path: '/v1/markets', signal: within() }, marketsAnswer)
    const maxAge = await markets.then((told) => told.maxAge).catch(() => undefined)
    return { status, maxAge, silence: undefined }
  } catch (error) {
    if (signal.aborted) throw error
    const { code, message } = error as ZkclearError
    const silence = code === 'ABORTED' ? `no answer in ${ANSWER_MS / 1000} s` : message
    return { status: undefined, maxAge: undefined, silence }
  }
}

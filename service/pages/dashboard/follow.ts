import { textLines } from '../../../client/text-lines.ts'
import type { Line, Link, State } from './state.ts'

export interface Listener {
  onState(state: State): void
  onLink(link: Link): void
}

const PATH = '/operator/state/stream'
/** The venue says a word every ten seconds; without one for this long it is asked anew. Milliseconds. */
const SILENCE_MS = 25_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5_000

/** Follows the venue until the signal fires or the token is refused: whenever the stream breaks, it begins a new one. */
export async function follow(token: string, signal: AbortSignal, { onState, onLink }: Listener): Promise<void> {
  let wait = FIRST_WAIT_MS
  let lostAt: number | undefined
  onLink({ kind: 'connecting' })
  while (!signal.aborted) {
    const why = await readOnce(token, signal, (state) => {
      wait = FIRST_WAIT_MS
      lostAt = undefined
      onLink({ kind: 'live' })
      onState(state)
    })
    if (signal.aborted) return
    if (why.isRefused) return onLink({ kind: 'refused', why: why.message })
    lostAt ??= performance.now()
    onLink({ kind: 'lost', since: lostAt, why: why.message })
    await pause(wait, signal)
    wait = Math.min(2 * wait, LONGEST_WAIT_MS)
  }
}

interface Ended {
  readonly isRefused: boolean
  readonly message: string
}

const GONE: Ended = { isRefused: false, message: 'the venue does not answer' }

/** One stream, to its end. */
async function readOnce(token: string, signal: AbortSignal, onState: (state: State) => void): Promise<Ended> {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), SILENCE_MS)
  try {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(PATH, { headers, signal: AbortSignal.any([signal, silent.signal]) })
    if (!response.ok) return await refusalOf(response)
    let last: Line | undefined
    for await (const text of textLines(response.body!)) {
      const line: Line = JSON.parse(text)
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), SILENCE_MS)
      last = line
      if (line.kind === 'state') onState(line.state)
    }
    if (last?.kind === 'end' && last.reason === 'TOKEN') {
      return { isRefused: true, message: 'The token has ended, or was revoked.' }
    }
    return last?.kind === 'end' && last.reason === 'CLOSING' ? { ...GONE, message: 'the venue was ended' } : GONE
  } catch {
    return GONE
  } finally {
    clearTimeout(timer)
  }
}

async function refusalOf(response: Response): Promise<Ended> {
  const { error } = (await response.json().catch(() => ({}))) as { error?: { message?: string } }
  const isRefused = response.status === 401 || response.status === 403
  if (isRefused) return { isRefused, message: `The venue refuses it: ${error?.message ?? 'it is not good'}.` }
  return { isRefused, message: error?.message ?? `the venue answers with status ${response.status}` }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

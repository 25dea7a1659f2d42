import type { AccountEvent } from '../../../client/index.ts'
import { type Refusals, withRefusal } from './refusals.ts'
import { silenceOver } from './silence.ts'
import type { Account, Fill, Link } from './state.ts'
import type { Trader } from './trader.ts'

export interface Listener {
  onAccount(account: Account): void
  onFills(change: (fills: readonly Fill[]) => readonly Fill[]): void
  onRefusals(change: (refusals: Refusals) => Refusals): void
  onLink(link: Link): void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5_000
/** Events that come within this time lead to one reading of the account. */
const TOGETHER_MS = 150
const MOST_FILLS = 100
/** The venue says a word every ten seconds; without one for this long it is asked anew. Milliseconds. */
const SILENCE_MS = 25_000

/** Follows the account until the signal fires or the token ends: whenever the stream breaks, a new one goes on from where it was. */
export async function follow({ session }: Trader, signal: AbortSignal, listener: Listener): Promise<void> {
  let after: number | undefined
  let wait = FIRST_WAIT_MS
  const read = async (until: AbortSignal) => {
    const account = await session.read({ signal: until })
    if (!signal.aborted) listener.onAccount(account)
    return account
  }
  let isDue = false
  const readSoon = () => {
    if (isDue) return
    isDue = true
    setTimeout(async () => {
      await silenceOver()
      isDue = false
      if (!signal.aborted) read(signal).catch(() => undefined)
    }, TOGETHER_MS)
  }
  while (!signal.aborted) {
    await silenceOver()
    const silence = silenceOf(SILENCE_MS)
    const until = AbortSignal.any([signal, silence.signal])
    try {
      const { event } = await read(until)
      after ??= event
      for await (const line of session.follow({ after, signal: until })) {
        silence.broken()
        wait = FIRST_WAIT_MS
        listener.onLink({ kind: 'live' })
        if (line.kind === 'end' && line.reason === 'TOKEN') return listener.onLink({ kind: 'ended' })
        // What no event tells, such as a view key that was entered or prices that moved, is read when nothing happened for a while.
        if (line.kind !== 'begin' && line.kind !== 'end') readSoon()
        if (line.kind === 'begin' || line.kind === 'beat' || line.kind === 'end') continue
        after = line.number
        if (line.kind === 'gap') continue
        listener.onFills((fills) => withEvent(fills, line))
        listener.onRefusals((refusals) => withRefusal(refusals, line))
      }
    } catch (error) {
      if (signal.aborted) return
      const { details } = error as { details?: { status?: number } }
      if (details?.status === 401) return listener.onLink({ kind: 'ended' })
      listener.onLink({ kind: 'lost', why: silence.signal.aborted ? 'it does not answer' : (error as Error).message })
    } finally {
      silence.broken('for good')
    }
    await pause(wait, signal)
    wait = Math.min(2 * wait, LONGEST_WAIT_MS)
  }
}

/** A signal that fires when nothing broke the silence for so many milliseconds. */
function silenceOf(milliseconds: number) {
  const over = new AbortController()
  const begin = () => setTimeout(() => over.abort(), milliseconds)
  let timer = begin()
  return {
    signal: over.signal,
    broken(how?: 'for good') {
      clearTimeout(timer)
      if (how === undefined) timer = begin()
    },
  }
}

/** The fills after an event, the newest first. */
export function withEvent(fills: readonly Fill[], event: AccountEvent): readonly Fill[] {
  if (event.kind === 'filled') {
    const { number, market, side, price, size, role, batch } = event
    return [{ number, market, side, price, size, role, batch, state: 'soft' } as const, ...fills].slice(0, MOST_FILLS)
  }
  if (event.kind === 'batch') {
    const state = event.state === 'unsettled' ? 'proved' : event.state
    // What a dropped batch filled is told as busted, or stays soft in another.
    return fills.map((fill) =>
      fill.batch === event.batch ? { ...fill, state: state === 'dropped' ? 'soft' : state } : fill,
    )
  }
  if (event.kind !== 'busted') return fills
  const { market, side, price, size, role } = event
  const gone = fills.findIndex(
    (fill) =>
      fill.state !== 'busted' &&
      fill.market === market &&
      fill.side === side &&
      fill.price === price &&
      fill.size === size &&
      fill.role === role,
  )
  return gone < 0 ? fills : fills.with(gone, { ...fills[gone]!, state: 'busted' })
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

import { timeOfDay, timer } from '../shared/format.ts'
import { countdownsOf } from './countdowns.ts'
import { RunbookButton } from './runbook.tsx'
import type { State } from './state.ts'

const TONES = { page: 'bad', warn: 'warn', calm: 'calm' } as const

export interface CountdownsProps {
  readonly state: State
  /** Unix seconds, by the chain's time. */
  readonly time: number
  onRunbook(place: string): void
}

/** What cannot be undone once it has come, and when. */
export function Countdowns({ state, time, onRunbook }: CountdownsProps) {
  const countdowns = countdownsOf(state)
  if (countdowns.length === 0) return null
  return (
    <section class="countdowns" aria-label="Countdowns to what cannot be undone">
      {countdowns.map(({ what, cause, at, severity, runbook }) => (
        <div class={`card countdown ${TONES[severity]}`} key={what + cause}>
          <h2>{what}</h2>
          {/* Said by its time: a screen reader would read a running clock without end. */}
          <p class="clock" aria-hidden="true">
            {timer(at - time)}
          </p>
          <p class="muted">
            {at > time ? 'at ' : 'since '}
            <time>{timeOfDay(at * 1000)}</time>
            {`: ${cause}`}
          </p>
          {runbook !== undefined && <RunbookButton place={runbook} about={what} onRunbook={onRunbook} />}
        </div>
      ))}
    </section>
  )
}

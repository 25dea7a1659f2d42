import { duration } from '../shared/format.ts'
import { headlineOf } from './headline.ts'
import { RunbookButton } from './runbook.tsx'
import type { Alert, Link, Told } from './state.ts'

export interface HeadProps {
  readonly told: Told
  readonly link: Link
  /** The page's clock. */
  readonly now: number
  onRunbook(place: string): void
}

const SIGNS = { good: '✓', warn: '!', bad: '✕' } as const

/** The one line: the cause of the first alert with its runbook, or that all is well. */
export function Head({ told, link, now, onRunbook }: HeadProps) {
  const { tone, text, said, runbook } = headlineOf(link, told, now)
  return (
    <section class={`head ${tone}`} aria-label="How the venue stands">
      <span class="sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <p>{text}</p>
      <span class="aloud" role="status">
        {said}
      </span>
      {runbook !== undefined && <RunbookButton place={runbook} about={text} onRunbook={onRunbook} />}
    </section>
  )
}

interface OtherAlertsProps {
  readonly alerts: readonly Alert[]
  readonly clock: number
  onRunbook(place: string): void
}

/** Alerts that are neither the headline nor have a countdown. */
export function OtherAlerts({ alerts, clock, onRunbook }: OtherAlertsProps) {
  const others = alerts.slice(1).filter(({ countdown }) => countdown === undefined)
  if (others.length === 0) return null
  return (
    <section class="card" aria-labelledby="alerts">
      <h2 id="alerts">Also to look at</h2>
      <ul class="alerts">
        {others.map(({ code, severity, cause, since, runbook }) => (
          <li key={code}>
            <span class={`badge ${severity === 'page' ? 'bad' : 'warn'}`}>
              {severity === 'page' ? 'urgent' : 'soon'}
            </span>
            <span class="cause">{cause}</span>
            <span class="muted">{`for ${duration(clock - Number(since) * 1000)}`}</span>
            <RunbookButton place={runbook} about={cause} onRunbook={onRunbook} />
          </li>
        ))}
      </ul>
    </section>
  )
}

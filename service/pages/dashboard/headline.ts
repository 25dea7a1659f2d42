import { duration } from '../shared/format.ts'
import type { Link, State, Told } from './state.ts'

/** The one line that says how the venue stands. */
export interface Headline {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly text: string
  /** The same without what changes all the time: what a screen reader says by itself. */
  readonly said: string
  /** Place in docs/operations.md. */
  readonly runbook?: string | undefined
}

/** Loss of the venue comes before all that it said last; then what it says is the first to look at. `now`: the page's clock. */
export function headlineOf(link: Link, { state, cameAt }: Told, now: number): Headline {
  if (link.kind === 'lost') {
    const silence = duration(now - cameAt)
    const text = `No word from the venue for ${silence}: ${link.why}. What follows is what it said last.`
    return { tone: 'bad', text, said: `No word from the venue: ${link.why}.` }
  }
  const [first] = state.alerts
  if (first !== undefined) {
    const { severity, cause, runbook } = first
    return { tone: severity === 'page' ? 'bad' : 'warn', text: cause, said: cause, runbook }
  }
  return { tone: 'good', text: calmLine(state), said: 'All is well.' }
}

function calmLine({ batches: { sealed, settled }, intake: { open, waiting } }: State): string {
  if (sealed === 0) return 'All is well: no batch has been made yet.'
  const behind = sealed - settled
  const pending = open + waiting
  const orders = pending === 0 ? '' : `, ${pending} ${pending === 1 ? 'message waits' : 'messages wait'} for the next`
  if (behind > 0) return `All is well: ${behind} of ${sealed} batches on their way${orders}.`
  return `All is well: all ${sealed} batches are settled${orders}.`
}

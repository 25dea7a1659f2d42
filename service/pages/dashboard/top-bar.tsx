import { useRefocus } from '../shared/focus.ts'
import { duration, ends, timeOfDay } from '../shared/format.ts'
import type { Link, State } from './state.ts'

export interface TopBarProps {
  readonly venue: State['venue']
  readonly link: Link
  /** Unix milliseconds, by the venue's clock. */
  readonly clock: number
  onSignOut(): void
}

const WORDS: Readonly<Record<Link['kind'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'no connection',
  refused: 'signed out',
}

/** Which venue it is, and whether it speaks. */
export function TopBar({ venue, link, clock, onSignOut }: TopBarProps) {
  const title = useRefocus<HTMLHeadingElement>()
  return (
    <header class="top">
      <h1 ref={title} tabIndex={-1}>
        zkclear
      </h1>
      <span class="muted">
        <span class="mono" title={venue.settlement}>
          {ends(venue.settlement)}
        </span>
        {` on chain ${venue.chainId}, ${venue.profile} profile, epoch ${venue.epoch}`}
      </span>
      <span class="muted up">{`up ${duration(clock - venue.startedAt)}`}</span>
      <span class={`link ${link.kind}`} role="status">
        {WORDS[link.kind]}
      </span>
      <time class="mono">{timeOfDay(clock)}</time>
      <button type="button" onClick={onSignOut}>
        Sign out
      </button>
    </header>
  )
}

import type { Alert, State } from './state.ts'

type Irreversible = NonNullable<Alert['countdown']>['to']

/** What comes when a countdown has run down, in the words of the page. */
const WORDS: Readonly<Record<Irreversible, string>> = {
  FREEZE: 'Anybody may freeze the venue, for ever',
  REWIND: 'Batches are made anew: fills can be busted',
  TRADING_STOPS: 'Orders are turned away, nobody is liquidated',
  CLOSING_ONLY: 'Positions may only be closed',
  PAUSE_ENDS: 'The pause ends',
}

export interface Countdown {
  readonly what: string
  /** Why it runs. */
  readonly cause: string
  /** Unix seconds, by the chain's time. */
  readonly at: number
  /** Of the alert that it belongs to; `calm` for what runs as it should. */
  readonly severity: Alert['severity'] | 'calm'
  readonly runbook: string | undefined
}

/** The same while nothing is wrong: it comes only if nobody does what is done all the time. */
const CALM_WORDS: Readonly<Partial<Record<Irreversible, string>>> = {
  FREEZE: 'Anybody may freeze the venue, unless its queue is served',
  TRADING_STOPS: 'Trading stops, unless the next risk table comes',
}

/** What cannot be undone once it has come, the nearest first: of alerts, and of what runs while all is well. */
export function countdownsOf(state: State): readonly Countdown[] {
  const alarmed = state.alerts.flatMap(({ countdown, cause, severity, runbook }): Countdown[] =>
    countdown === undefined ? [] : [{ what: WORDS[countdown.to], cause, at: Number(countdown.at), severity, runbook }],
  )
  const told = new Set(state.alerts.map(({ countdown }) => countdown?.to))
  const calm = calmOf(state, (to) => !told.has(to))
  return [...alarmed, ...calm].toSorted((one, other) => one.at - other.at)
}

function calmOf({ time, queue, table, breaker }: State, isWanted: (to: Irreversible) => boolean): readonly Countdown[] {
  const calm = (to: Irreversible, at: string | undefined, cause: string): Countdown[] =>
    at === undefined || Number(at) <= Number(time) || !isWanted(to)
      ? []
      : [{ what: CALM_WORDS[to] ?? WORDS[to], cause, at: Number(at), severity: 'calm', runbook: undefined }]
  return [
    ...calm('FREEZE', queue.deadline, `entry ${queue.first} of the contract's queue is due then; frozen is for ever`),
    ...calm('TRADING_STOPS', table?.expiresAt, 'orders are turned away then, and nobody is liquidated'),
    ...calm('PAUSE_ENDS', breaker.pausedUntil, 'the guardian paused trading'),
    ...calm('CLOSING_ONLY', breaker.closingFrom, 'the end of the venue is announced'),
  ]
}

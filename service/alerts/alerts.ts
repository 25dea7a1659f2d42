import type { Alert, AlertCode } from '../../client/wire/alerts.ts'
import { runbookOf, SEVERITY } from './severity.ts'

/** Why a person has to look, in one line that names no account, and what comes if nobody does. */
export type AlertFact = Pick<Alert, 'cause' | 'countdown'>

/** What rules found: undefined of a code where all is well. Codes that are not named stay as they are. */
export type Findings = Readonly<Partial<Record<AlertCode, AlertFact | undefined>>>

/** An alert that begins to stand, or does not stand any more. */
export interface AlertChange {
  readonly kind: 'raised' | 'cleared'
  readonly alert: Alert
}

/** What a person has to look at now. Each code stands once, from when it is found until it is not. */
export class Alerts {
  readonly #standing = new Map<AlertCode, Alert>()
  readonly #onChange: (change: AlertChange) => void
  readonly #now: () => bigint

  /** `onChange` must not throw; `now`: unix seconds. */
  constructor(
    onChange: (change: AlertChange) => void,
    now: () => bigint = () => BigInt(Math.floor(Date.now() / 1000)),
  ) {
    this.#onChange = onChange
    this.#now = now
  }

  /** What counts down to the nearest end first, then pages, then the rest, older ones first. */
  get list(): readonly Alert[] {
    return [...this.#standing.values()].toSorted(byUrgency)
  }

  /** `fact` undefined: all is well. */
  set(code: AlertCode, fact: AlertFact | undefined): void {
    const before = this.#standing.get(code)
    if (fact === undefined) {
      this.#standing.delete(code)
      if (before !== undefined) this.#onChange({ kind: 'cleared', alert: before })
      return
    }
    const { cause, countdown } = fact
    const alert: Alert = {
      ...{ code, severity: SEVERITY[code], cause, since: before?.since ?? this.#now() },
      ...(countdown !== undefined && { countdown }),
      runbook: runbookOf(code),
    }
    this.#standing.set(code, alert)
    if (before === undefined) this.#onChange({ kind: 'raised', alert })
  }

  setAll(findings: Findings): void {
    for (const [code, fact] of Object.entries(findings)) this.set(code as AlertCode, fact)
  }
}

function byUrgency(one: Alert, other: Alert): number {
  const [a, b] = [one.countdown?.at, other.countdown?.at]
  if (a !== b) return a === undefined ? 1 : b === undefined ? -1 : Number(a - b)
  const pages = Number(one.severity !== 'page') - Number(other.severity !== 'page')
  return pages === 0 ? Number(one.since - other.since) : pages
}

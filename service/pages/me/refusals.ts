import { createContext } from 'preact'
import type { AccountStreamLine } from './state.ts'

/** What became of own messages that were accepted and then did nothing, in words, by their records. */
export type Refusals = ReadonlyMap<number, string>

export const RefusalsContext = createContext<Refusals>(new Map())

const MOST = 100

const REASONS: Readonly<Record<string, string>> = {
  MARGIN: 'the account has not the margin for it',
  AVAILABLE: 'there is not so much of it',
  EXPIRED: 'it expired before its turn came',
  OLD_NONCE: 'another message took its turn',
}

const STATES: Readonly<Record<string, string>> = {
  'no-effect': 'when its turn came, there was nothing for it to do',
  'cancel-missed': 'when its turn came, the order was gone',
}

/** Those after a line of the account's stream. What was made anew is told anew: what did nothing may do something then. */
export function withRefusal(refusals: Refusals, line: AccountStreamLine): Refusals {
  if (line.kind !== 'refused' && line.kind !== 'order' && line.kind !== 'filled') return refusals
  const { record } = line
  if (record === undefined) return refusals
  const others = [...refusals].filter(([each]) => each !== record)
  const why = whyOf(line)
  if (why !== undefined) return new Map([...others, [record, why] as const].slice(-MOST))
  return others.length === refusals.size ? refusals : new Map(others)
}

function whyOf(line: AccountStreamLine): string | undefined {
  if (line.kind === 'refused') return REASONS[line.reason] ?? `its batch did not take it (${line.reason})`
  return line.kind === 'order' ? STATES[line.state] : undefined
}

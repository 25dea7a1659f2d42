import type { z } from 'zod'
import type { operatorStateLine } from '../../../client/wire/operator.ts'

/** A line of the stream, as it comes: large numbers are decimal strings. */
export type Line = z.input<typeof operatorStateLine>
/** What the venue tells those who run it. */
export type State = Extract<Line, { kind: 'state' }>['state']
export type Batch = State['batches']['list'][number]
export type Alert = State['alerts'][number]
export type Stage = Batch['stage']

/** A state, and when it came by the clock of the page, in milliseconds. */
export interface Told {
  readonly state: State
  readonly cameAt: number
}

/** Whether the venue tells of itself now. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Since when, by the clock of the page; why. */
  | { readonly kind: 'lost'; readonly since: number; readonly why: string }
  /** The token is not good. */
  | { readonly kind: 'refused'; readonly why: string }

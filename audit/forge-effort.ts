import { setImmediate } from 'node:timers/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { inTime } from './clock.ts'

/** How much a round of the search spends: little at first, so that many inputs get their turn. */
export interface Effort {
  /** Wires near the target that change first. */
  readonly seeds: number
  /** Decisions for one change. */
  readonly nodes: number
  /** New inputs. */
  readonly inputs: number
  /** Wires of a stuck constraint that may get values which no equation asks for. */
  readonly guesses: number
}

export function effortOf(round: number): Effort {
  if (round === 0) return { seeds: 3, nodes: 40, inputs: 24, guesses: 0 }
  const scale = 4 ** Math.min(round - 1, 8)
  return { seeds: 12 * scale, nodes: 80 * scale, inputs: 8, guesses: Math.min(round - 1, 4) }
}

/** What a search yields at every decision, so that it can be stopped: nothing, or a task to wait for. */
export type Pause = (() => Promise<void>) | undefined

export interface ForgeLimits {
  /** Wall-clock time, in milliseconds, after which the search gives up. */
  budgetMilliseconds: number
  /** Decisions after which the search gives up, for results that do not depend on the clock. Default: no limit. */
  steps?: number | undefined
  signal?: AbortSignal | undefined
  /** Called some times a second. */
  onProgress?: ((progress: ForgeProgress) => void) | undefined
}

export interface ForgeProgress {
  readonly steps: number
  /** Of the time or of the steps, whichever is nearer to its end. */
  readonly fraction: number
}

/** Milliseconds between two breaks in which other work of the process goes on. */
const SLICE = 20

/** Runs a search to its end, or until a limit is reached, or it throws `OutOfTime`. Throws ABORTED. */
export async function runWithin(search: Generator<Pause, void>, limits: ForgeLimits): Promise<void> {
  await inTime(() => runSteps(search, limits))
}

async function runSteps(search: Generator<Pause, void>, limits: ForgeLimits): Promise<void> {
  const { budgetMilliseconds, steps = Number.POSITIVE_INFINITY, signal, onProgress } = limits
  const began = performance.now()
  let paused = began
  for (let count = 0; count <= steps; count++) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'forging was aborted')
    const next = search.next()
    if (next.done) return
    if (next.value) await next.value()
    const now = performance.now()
    if (now - began > budgetMilliseconds) return
    if (now - paused < SLICE) continue
    await setImmediate()
    paused = performance.now()
    onProgress?.({ steps: count, fraction: Math.min(1, Math.max((now - began) / budgetMilliseconds, count / steps)) })
  }
}

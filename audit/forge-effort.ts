import { setImmediate } from 'node:timers/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { type Counter, OutOfTime } from './clock.ts'

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
  /**
   * What the search does before it gives up, in constraints that it looks at: the same on every machine. Some 10^6 take a
   * second. Default: no limit.
   */
  work?: number | undefined
  /** Decisions after which the search gives up. Default: no limit. */
  steps?: number | undefined
  /** Wall-clock time, in milliseconds, after which the search gives up. Default: no limit. */
  timeout?: number | undefined
  signal?: AbortSignal | undefined
  /** Called some times a second. */
  onProgress?: ((progress: ForgeProgress) => void) | undefined
}

export interface ForgeProgress {
  readonly steps: number
  /** Of the time, the work or the steps, whichever is nearest to its end. */
  readonly fraction: number
}

/** How a search ended: it came to its own end, it did all the work that it was given, or its time was over. */
export type SearchEnd = 'done' | 'work' | 'time'

const UNLIMITED = Number.POSITIVE_INFINITY

/** What a decision takes beside the constraints that it looks at. */
const WORK_OF_STEP = 20

/** Milliseconds between two breaks in which other work of the process goes on. */
const SLICE = 20

/**
 * Runs a search to its end, or until a limit is reached, or it throws `OutOfTime`. `counter` counts the work that the search
 * does. Throws ABORTED.
 */
export async function runWithin(
  search: Generator<Pause, void>,
  limits: ForgeLimits,
  counter: Counter,
): Promise<SearchEnd> {
  try {
    return await runSteps(search, limits, counter)
  } catch (error) {
    if (error instanceof OutOfTime) return 'time'
    throw error
  }
}

async function runSteps(search: Generator<Pause, void>, limits: ForgeLimits, counter: Counter): Promise<SearchEnd> {
  const { work = UNLIMITED, steps = UNLIMITED, timeout = UNLIMITED, signal, onProgress } = limits
  const before = counter.done()
  const began = performance.now()
  let paused = began
  for (let count = 0; count <= steps; count++) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'forging was aborted')
    if (counter.done() - before >= work) return 'work'
    counter.tick(WORK_OF_STEP)
    const next = search.next()
    if (next.done) return 'done'
    if (next.value) await next.value()
    const now = performance.now()
    if (now - began > timeout) return 'time'
    if (now - paused < SLICE) continue
    await setImmediate()
    paused = performance.now()
    const fraction = Math.max((now - began) / timeout, (counter.done() - before) / work, count / steps)
    onProgress?.({ steps: count, fraction: Math.min(1, fraction) })
  }
  return 'work'
}

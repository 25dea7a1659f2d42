import { memoryUsage } from 'node:process'

/**
 * Called again and again by what takes long, with how much it does: about as many constraints as it looks at, default 1.
 * Throws `OutOfTime` or `OutOfMemory` once it is to end.
 */
export type Tick = (amount?: number) => void

/** Thrown where the time of an audit is over, and caught by the audit. */
export class OutOfTime extends Error {
  constructor() {
    super('the time of the audit is over')
  }
}

/** Thrown where the process has taken more memory than it may, and caught by the audit. */
class OutOfMemory extends Error {
  constructor() {
    super('the memory of the audit is used up')
  }
}

/** What is done between two looks at the clock: one constraint takes microseconds. */
const LOOK = 64
/** Looks at the clock for each one at the memory, which takes longer. */
const LOOKS_AT_MEMORY = 16

/** A tick that throws after the deadline, a value of `performance.now()`, or beyond so many bytes of resident memory. */
export function ticker(deadline: number, maxBytes = Number.POSITIVE_INFINITY): Tick {
  let amount = 0
  let looks = 0
  return (more = 1) => {
    amount += more
    if (amount < LOOK) return
    amount = 0
    if (performance.now() > deadline) throw new OutOfTime()
    looks++
    if (looks % LOOKS_AT_MEMORY === 0 && memoryUsage.rss() > maxBytes) throw new OutOfMemory()
  }
}

/** A tick that adds up what is done. */
export interface Counter {
  readonly tick: Tick
  done(): number
}

/** Counts, and passes on. */
export function counted(tick: Tick = never): Counter {
  let done = 0
  const count = (amount = 1) => {
    done += amount
    tick(amount)
  }
  return { tick: count, done: () => done }
}

/** What `work` gives, or undefined if its time is over. */
export async function inTime<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OutOfTime) return undefined
    throw error
  }
}

/** What `work` gives, or what it lacked to come to its end. */
export async function withinLimits<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly lack?: undefined } | { readonly lack: 'time' | 'memory' }> {
  try {
    return { result: await work() }
  } catch (error) {
    if (error instanceof OutOfTime) return { lack: 'time' }
    if (error instanceof OutOfMemory) return { lack: 'memory' }
    throw error
  }
}

export function never(): void {}

/**
 * Called again and again by what takes long, with how much it does: about as many constraints as it looks at, default 1.
 * Throws `OutOfTime` once it is to end.
 */
export type Tick = (amount?: number) => void

/** Thrown where the time of an audit is over, and caught by the audit. */
export class OutOfTime extends Error {
  constructor() {
    super('the time of the audit is over')
  }
}

/** What is done between two looks at the clock: one constraint takes microseconds. */
const LOOK = 64

/** A tick that throws after the deadline, a value of `performance.now()`. */
export function ticker(deadline: number): Tick {
  let amount = 0
  return (more = 1) => {
    amount += more
    if (amount < LOOK) return
    amount = 0
    if (performance.now() > deadline) throw new OutOfTime()
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

export function never(): void {}

/** Called again and again by what takes long; throws `OutOfTime` once it is to end. */
export type Tick = () => void

/** Thrown where the time of an audit is over, and caught by the audit. */
export class OutOfTime extends Error {
  constructor() {
    super('the time of the audit is over')
  }
}

/** Calls between two looks at the clock: what happens between two calls takes microseconds. */
const CALLS = 64

/** A tick that throws after the deadline, a value of `performance.now()`. */
export function ticker(deadline: number): Tick {
  let calls = 0
  return () => {
    calls++
    if (calls % CALLS === 0 && performance.now() > deadline) throw new OutOfTime()
  }
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

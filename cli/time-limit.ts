import { ZkclearError } from '../protocol/errors.ts'

/** The seconds of --timeout, counted from when the command began. */
export interface TimeLimit {
  /** Milliseconds that are left, at least 0. */
  left(): number
  /** Runs what a signal can abort. Throws INPUT_INVALID, with what took so long, if the time is over first. */
  run<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** Begins to count. `signal` is that of the session. */
export function openTimeLimit(seconds: number, signal: AbortSignal): TimeLimit {
  const end = performance.now() + 1000 * seconds
  const left = () => Math.max(0, end - performance.now())
  return {
    left,
    async run(what, work) {
      const timer = AbortSignal.timeout(Math.ceil(left()))
      try {
        return await work(AbortSignal.any([signal, timer]))
      } catch (error) {
        const isOver = timer.aborted && !signal.aborted
        if (!isOver || !(error instanceof ZkclearError) || error.code !== 'ABORTED') throw error
        const message = `${seconds} s are over, and ${what} is not done: give it more time`
        throw new ZkclearError('INPUT_INVALID', message, { path: '--timeout', cause: error })
      }
    },
  }
}

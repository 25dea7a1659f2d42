import { ZkclearError } from '../protocol/errors.ts'

/** Runs tasks one at a time, in order. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Resolves as the task does. Throws ABORTED, without starting the task, if `signal` fires while it waits. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = this.#last.then(() => {
      throwIfAborted(signal)
      return task()
    })
    this.#last = result.catch(() => undefined)
    return abortable(result, signal)
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}

/** The promise, or ABORTED as soon as the signal fires. What the promise stands for is not stopped by that. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  promise.catch(() => undefined)
  throwIfAborted(signal)
  const fired = Promise.withResolvers<never>()
  const onAbort = () => fired.reject(aborted(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, fired.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function aborted(signal: AbortSignal): ZkclearError {
  const { reason } = signal
  if (reason instanceof ZkclearError) return reason
  return new ZkclearError('ABORTED', 'the caller aborted', { cause: reason })
}

import { ZkclearError } from '../protocol/errors.ts'
import { abortable } from './serial-queue.ts'

/**
 * Starts `prepare` on each job in order and yields the results in order, with at most `lookahead` jobs started beyond the one
 * last yielded. A job is pulled from the source only when it may start, so a slow consumer holds the source back; a slow
 * source holds up nothing that was pulled before. Ends the source when it is left early.
 */
export async function* lookAhead<Job, Prepared>(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  prepare: (job: Job) => Promise<Prepared>,
  lookahead: number,
  signal?: AbortSignal,
): AsyncGenerator<Prepared, void, void> {
  const given: unknown = jobs
  const isObject = typeof given === 'object' && given !== null
  if (!isObject || !(Symbol.asyncIterator in given || Symbol.iterator in given)) {
    throw new ZkclearError('INPUT_INVALID', 'must be an iterable of jobs, or an asynchronous one', { path: 'jobs' })
  }
  const source = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]()
  const upcoming: Promise<{ prepared: Promise<Prepared> } | undefined>[] = []
  let lastPull: Promise<unknown> = Promise.resolve()
  let ended = false
  let pulling = 0

  const pull = async () => {
    if (ended) return undefined
    try {
      const { done, value } = await source.next()
      ended ||= done === true
      if (ended) return undefined
      const prepared = prepare(value)
      // Awaited only when its turn comes; until then a failure is nobody's unhandled rejection.
      prepared.catch(() => undefined)
      return { prepared }
    } catch (error) {
      ended = true
      throw error
    }
  }
  const pullInTurn = () => {
    pulling++
    const pulled = lastPull.then(pull).finally(() => pulling--)
    lastPull = pulled.catch(() => undefined)
    upcoming.push(pulled)
  }

  try {
    for (;;) {
      while (upcoming.length <= lookahead) pullInTurn()
      const next = await abortable(upcoming.shift()!, signal)
      if (next === undefined) return
      yield await abortable(next.prepared, signal)
    }
  } finally {
    const closing = ended ? undefined : source.return?.()
    ended = true
    // A source that is still waiting for its next job cannot close before it has one: then nobody waits for it.
    if (pulling === 0) await closing
    else Promise.resolve(closing).catch(() => undefined)
  }
}

import { ZkclearError } from '../protocol/errors.ts'
import { abortable, throwIfAborted } from './serial-queue.ts'

/** What is done with each job. Both fail as soon as the signal fires, which it does at the latest when nobody wants more. */
export interface Stages<Job, Prepared, Done> {
  /** Begins as soon as the job is pulled. */
  prepare(job: Job, signal: AbortSignal): Promise<Prepared>
  /**
   * Begins when the job is prepared and among the first `atOnce`. `together` is how many jobs may be in this stage at once:
   * fewer than `atOnce` where the source is known to have no more.
   */
  finish(prepared: Prepared, context: { index: number; together: number; signal: AbortSignal }): Promise<Done>
}

export interface Limits {
  readonly atOnce: number
  readonly lookahead: number
}

/**
 * Takes each job through both stages and yields the results in order. At most `atOnce` jobs are in the second stage, and
 * `lookahead` more are pulled: a job is pulled from the source only when it may start, so a slow consumer holds the source
 * back; a slow source holds up nothing that was pulled before. The first job in order that fails ends it, and nothing begins
 * of the jobs after one that failed. When it ends, or is left early, it fires the stages' signal, closes the source, and waits
 * until both stages of every job have ended.
 */
export async function* lookAhead<Job, Prepared, Done>(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  stages: Stages<Job, Prepared, Done>,
  { atOnce, lookahead }: Limits,
  caller: AbortSignal,
): AsyncGenerator<Done, void, void> {
  const source = sourceOf(jobs)
  const left = new AbortController()
  const signal = AbortSignal.any([caller, left.signal])
  const queue: { pulled: Promise<Pulled<Prepared> | undefined>; finished?: Promise<{ done: Done } | undefined> }[] = []
  const running = new Set<Promise<unknown>>()
  let lastPull: Promise<unknown> = Promise.resolve()
  let ended = false
  let failed = Number.POSITIVE_INFINITY
  let [pulling, pulled, finished] = [0, 0, 0]

  /** Awaited only when its turn comes; until then a failure is nobody's unhandled rejection. */
  const run = <T>(index: number, task: Promise<T>): Promise<T> => {
    running.add(task)
    const settle = () => running.delete(task)
    task.then(settle, () => {
      settle()
      failed = Math.min(failed, index)
    })
    return task
  }
  const pull = async (): Promise<Pulled<Prepared> | undefined> => {
    if (ended || failed < pulled) return undefined
    try {
      const { done, value } = await source.next()
      ended ||= done === true
      if (ended) return undefined
      const index = pulled++
      return { index, prepared: run(index, stages.prepare(value, signal)) }
    } catch (error) {
      ended = true
      throw error
    }
  }
  const pullInTurn = () => {
    pulling++
    const next = lastPull.then(pull).finally(() => pulling--)
    lastPull = next.catch(() => undefined)
    queue.push({ pulled: next })
  }
  const finish = async (pull: Promise<Pulled<Prepared> | undefined>) => {
    const job = await pull
    if (job === undefined) return undefined
    const prepared = await job.prepared
    throwIfAborted(signal)
    if (failed < job.index) return undefined
    const together = ended ? Math.min(atOnce, pulled - finished) : atOnce
    const done = await run(job.index, stages.finish(prepared, { index: job.index, together, signal }))
    finished++
    return { done }
  }

  try {
    for (;;) {
      while (queue.length < atOnce + lookahead) pullInTurn()
      for (const job of queue.slice(0, atOnce)) {
        job.finished ??= finish(job.pulled)
        job.finished.catch(() => undefined)
      }
      const next = await abortable(queue.shift()!.finished!, signal)
      if (next === undefined) return
      yield next.done
    }
  } finally {
    left.abort()
    const closing = ended ? undefined : source.return?.()
    ended = true
    Promise.resolve(closing).catch(() => undefined)
    await Promise.allSettled(running)
    // A source that is still waiting for its next job cannot close before it has one: then nobody waits for it.
    if (pulling === 0) await closing
  }
}

interface Pulled<Prepared> {
  readonly index: number
  readonly prepared: Promise<Prepared>
}

function sourceOf<Job>(jobs: AsyncIterable<Job> | Iterable<Job>): AsyncIterator<Job> | Iterator<Job> {
  const given: unknown = jobs
  const isObject = typeof given === 'object' && given !== null
  if (!isObject || !(Symbol.asyncIterator in given || Symbol.iterator in given)) {
    throw new ZkclearError('INPUT_INVALID', 'must be an iterable of jobs, or an asynchronous one', { path: 'jobs' })
  }
  return Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]()
}

import type { JobChange } from '../jobs/change-jobs.ts'
import { Groups } from '../journal/groups.ts'
import type { JobWork } from './job-changes.ts'

export interface JobLineOptions {
  /** Makes changes in one transaction, as {@link Journal.changeJobs}. */
  changeJobs(changes: readonly JobChange[]): Promise<void>
  /** Gets why no job is written any more: the process has to begin again, and makes those that are missing. */
  readonly onLost: (error: unknown) => void
}

/** What one call changes among the jobs, once it is worked out, and what it wrote into the journal. */
interface Waiting {
  readonly changes: Promise<readonly JobChange[]>
  readonly written: Promise<unknown>
}

/** Most of one transaction: an input of a standard batch has some 64 kB. */
const MOST_TOGETHER = 8

/**
 * Changes among the jobs, in the order of the records that say why, each once its record is on disk and its job is made. No receipt waits for that.
 * A batch that has no job when the process ends gets it with the next start.
 */
export class JobLine {
  readonly #options: JobLineOptions
  readonly #groups: Groups<Waiting>
  #last: Promise<void> = Promise.resolve()
  #worked: Promise<unknown> = Promise.resolve()

  constructor(options: JobLineOptions) {
    this.#options = options
    this.#groups = new Groups({
      ...{ most: MOST_TOGETHER, mostBytes: 0, bytesOf: () => 0 },
      write: (items) => this.#write(items),
    })
  }

  /** The order of calls is that of the changes. `written`: resolves when the records are on disk. */
  add(works: readonly JobWork[], written: Promise<unknown>): void {
    if (works.length === 0) return
    // One after the other, and while those before are being written.
    const changes = this.#worked.then(() => inOrder(works))
    this.#worked = changes
    this.#last = this.#groups.add([{ changes, written }])
    // Whoever waits for the end hears of it, and `onLost` has.
    changes.catch(() => undefined)
    this.#last.catch(() => undefined)
  }

  /** Resolves when all that was added until now is on disk. Throws why it is not. */
  async settled(): Promise<void> {
    await this.#last
  }

  async #write(items: readonly Waiting[]): Promise<void> {
    try {
      const changes: JobChange[] = []
      for (const { changes: more, written } of items) {
        await written
        changes.push(...(await more))
      }
      if (changes.length > 0) await this.#options.changeJobs(changes)
    } catch (error) {
      this.#options.onLost(error)
      throw error
    }
  }
}

async function inOrder(works: readonly JobWork[]): Promise<readonly JobChange[]> {
  const changes: JobChange[] = []
  for (const work of works) {
    const change = await work()
    if (change !== undefined) changes.push(change)
  }
  return changes
}

import process from 'node:process'
import { SingleBar } from 'cli-progress'

/** Tells how far a stage is: a fraction from 0 to 1, and what is being done. */
export type Report = (fraction: number, detail?: string) => void

export interface StageTime {
  readonly name: string
  readonly milliseconds: number
}

/** Without a terminal there is no bar, but a line at most this often, so that a log shows life. */
const LINE_EVERY_MS = 5_000

/** Runs the stages of a script one after the other: shows how far each is on stderr and keeps how long each took. */
export class Stages {
  readonly times: StageTime[] = []
  readonly #before: () => Promise<void>

  /** `before` runs before each stage. */
  constructor(before: () => Promise<void> = async () => undefined) {
    this.#before = before
  }

  async run<T>(name: string, task: (report: Report) => Promise<T>): Promise<T> {
    await this.#before()
    const started = performance.now()
    const { report, end } = process.stderr.isTTY ? bar(name) : lines(name)
    try {
      const result = await task(report)
      const milliseconds = performance.now() - started
      end()
      this.times.push({ name, milliseconds })
      console.error(`  ${name}: ${(milliseconds / 1000).toFixed(1)} s`)
      return result
    } catch (error) {
      end()
      console.error(`  ${name}: failed`)
      throw error
    }
  }
}

function bar(name: string): { report: Report; end: () => void } {
  const format = `  ${name} {bar} {percentage} % {duration} s {detail}`
  const single = new SingleBar({ format, barsize: 24, clearOnComplete: true, hideCursor: true, gracefulExit: true })
  single.start(100, 0, { detail: '' })
  // What takes long without a report still shows that its clock is running.
  const clock = setInterval(() => single.updateETA(), 500)
  return {
    report: (fraction, detail = '') => single.update(Math.floor(100 * fraction), { detail }),
    end: () => {
      clearInterval(clock)
      single.stop()
    },
  }
}

function lines(name: string): { report: Report; end: () => void } {
  let last = performance.now()
  let isFirst = true
  return {
    report: (fraction, detail = '') => {
      // What is done first is said at once: it may hold up the process.
      const isDue = isFirst && detail !== ''
      if (!isDue && performance.now() - last < LINE_EVERY_MS) return
      isFirst = false
      last = performance.now()
      console.error(`  ${name} ${Math.floor(100 * fraction)} % ${detail}`.trimEnd())
    },
    end: () => undefined,
  }
}

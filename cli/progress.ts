import process from 'node:process'
import type { SingleBar } from 'cli-progress'
import type { Progress } from '../circuits/types.ts'

/** The bar appears only for what takes longer than this. */
const DELAY_MS = 300

/** A progress bar on standard error if that is a terminal and `wanted`; else nothing is ever written. */
export async function openProgress(wanted: boolean) {
  const bars = wanted && process.stderr.isTTY ? await import('cli-progress') : undefined
  const opened = performance.now()
  let bar: SingleBar | undefined
  let early: NodeJS.Timeout | undefined
  function show({ stage, fraction }: Progress): void {
    if (bars === undefined) return
    clearTimeout(early)
    const left = opened + DELAY_MS - performance.now()
    if (left > 0) {
      early = setTimeout(show, left, { stage, fraction })
      return
    }
    if (bar === undefined) {
      bar = new bars.SingleBar({
        format: '{bar} {percentage} % | {duration_formatted} | {stage}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        hideCursor: true,
        clearOnComplete: true,
        stream: process.stderr,
        // Interrupts belong to the session.
        gracefulExit: false,
      })
      bar.start(100, 0, { stage })
    }
    bar.update(Math.floor(fraction * 100), { stage })
  }
  return {
    show,
    end() {
      clearTimeout(early)
      bar?.stop()
      bar = undefined
    },
  }
}

import { SerialQueue } from './serial-queue.ts'

// snarkjs keeps one threaded curve for the whole process, builds it when first needed, and never ends its threads, which
// keep the process alive. So its users are counted here, and the last one ends the threads.

const queue = new SerialQueue()
let users = 0
let startedHere = false

/** Starts snarkjs's threads unless they run. Each call needs one `releaseThreads`. */
export function acquireThreads(): Promise<void> {
  return queue.run(async () => {
    if (users === 0) {
      startedHere = !globalThis.curve_bn128
      const { curves } = await import('snarkjs')
      await curves.getCurveFromName('bn128')
    }
    users++
  })
}

/** Ends the threads after their last user, unless they ran before the first one came: then they are somebody else's. */
export function releaseThreads(): Promise<void> {
  return queue.run(async () => {
    users--
    if (users === 0 && startedHere) await globalThis.curve_bn128?.terminate()
  })
}

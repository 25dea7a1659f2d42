import { Worker } from 'node:worker_threads'

const WATCH = `
const { workerData: parent } = require('node:worker_threads')
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500)
`

/**
 * Ends this process soon after the one that started it, whose number that is: what it wanted nobody waits for. A thread of its own
 * watches, as this one may compute for minutes without a pause.
 */
export function endWithParent(parent: number): void {
  new Worker(WATCH, { eval: true, workerData: parent }).unref()
}

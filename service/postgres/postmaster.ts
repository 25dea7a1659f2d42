import { existsSync } from 'node:fs'
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A running server. */
export interface Postmaster {
  readonly pid: number
  /** Folder of its socket. */
  readonly host: string
}

const PID_FILE = 'postmaster.pid'
const POLL_MS = 20

/** The file in which a server says that it is there. */
export function pidFile(cluster: string): string {
  return join(cluster, PID_FILE)
}

/**
 * The server that runs on a cluster's folder; undefined if none does. A number that another process has by now is told by the
 * folder it works in, which for every process of a server is its cluster.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const [pid, , , , host] = await readPidFile(cluster)
  if (!pid || !host || !(await worksIn(Number(pid), cluster))) return undefined
  return { pid: Number(pid), host }
}

/** Whether the file names a process that is no server of this cluster: the number was given again since a server was killed. */
export async function isReused(cluster: string): Promise<boolean> {
  const pid = Number((await readPidFile(cluster))[0])
  return pid > 0 && existsSync(`/proc/${pid}`) && !(await worksIn(pid, cluster))
}

/** Waits until a condition holds; false if it did not within so many milliseconds. */
export async function eventually(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + ms; !(await holds()); ) {
    if (performance.now() > deadline) return false
    await setTimeout(POLL_MS)
  }
  return true
}

/** Whether no process works in a cluster's folder any more: what a killed server started may outlive it for a moment. */
export async function isDeserted(cluster: string): Promise<boolean> {
  const numbers = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))
  const found = await Promise.all(numbers.map((pid) => worksIn(Number(pid), cluster)))
  return !found.includes(true)
}

/** Its lines that are whole: the server may be writing it. */
async function readPidFile(cluster: string): Promise<string[]> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => '')
  return text.split('\n').slice(0, -1)
}

async function worksIn(pid: number, folder: string): Promise<boolean> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(folder))
  } catch {
    return false
  }
}

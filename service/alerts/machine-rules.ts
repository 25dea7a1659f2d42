import { X509Certificate } from 'node:crypto'
import type { AlertFact } from './alerts.ts'
import { type LineEntry, rewindOf } from './line-rules.ts'

// Rules about what a venue runs on: disk, keys, certificate, gas, backups, workers. All are pure.

/** Settlements for which who pays for gas should have enough. */
const FEW_SETTLEMENTS = 100n

export interface Purse {
  readonly address: string
  /** Wei. */
  readonly balance: bigint
  /** For how many settlements that is enough at the fees of now. */
  readonly settlements: bigint
}

export function gasLow(purses: readonly Purse[]): AlertFact | undefined {
  const low = purses.find(({ settlements }) => settlements < FEW_SETTLEMENTS)
  if (low === undefined) return undefined
  return { cause: `${low.address} has less left than ${FEW_SETTLEMENTS} settlements take at the gas price of now` }
}

/** Of the file system that has the data, in bytes. */
export interface Disk {
  readonly free: bigint
  readonly total: bigint
}

const LEAST_BYTES = 2n << 30n
const LEAST_SHARE = 20n

/** A database that cannot write ends the venue's process. */
export function diskLow(disk: Disk | undefined): AlertFact | undefined {
  if (disk === undefined || (disk.free >= LEAST_BYTES && disk.free >= disk.total / LEAST_SHARE)) return undefined
  return { cause: "the disk of the venue's data has less than 2 GiB or a twentieth free" }
}

/** Seconds for which a journal may go without a copy. */
const OLDEST_BACKUP = 86_400

/** `begunAt`, `backupAt`, `now`: unix milliseconds; no backup: undefined. */
export function backupOld(
  { begunAt, backupAt }: { readonly begunAt: number; readonly backupAt: number | undefined },
  now: number,
): AlertFact | undefined {
  if (now < (backupAt ?? begunAt) + OLDEST_BACKUP * 1000) return undefined
  const cause = backupAt === undefined ? 'there is no backup of the venue' : 'the newest backup is more than a day old'
  return { cause: `${cause}: with the data folder the venue would be lost` }
}

export function keysFailing(error: string | undefined): AlertFact | undefined {
  return error === undefined
    ? undefined
    : { cause: `what holds the venue's keys does not answer as it has to: ${error}` }
}

/** From how many days before its end on a certificate should be renewed: those who renew by themselves do so a month before. */
const LAST_DAYS = 14
const DAY_MS = 86_400_000

/** `cert`: the chain that is shown, PEM; undefined: none is. `now`: unix milliseconds. */
export function certificateEnding(cert: string | Buffer | undefined, now: number): AlertFact | undefined {
  if (cert === undefined) return undefined
  const end = new X509Certificate(cert).validToDate
  if (end.getTime() - now >= LAST_DAYS * DAY_MS) return undefined
  const ends = end.getTime() < now ? 'has ended' : 'ends'
  return {
    cause: `the certificate ${ends} on ${end.toISOString().slice(0, 10)}: nobody who checks it comes to the venue from then on`,
  }
}

/** A worker, and when it was heard of last, unix milliseconds. */
export interface Heard {
  readonly name: string
  readonly heardAt: number
}

/** A worker that is at work, or waits for it, is heard of three times as often. */
export const SILENT_MS = 60_000

export function workerLost(workers: readonly Heard[], now: number): AlertFact | undefined {
  const lost = workers.filter(({ heardAt }) => now - heardAt > SILENT_MS)
  if (lost.length === 0) return undefined
  const names = [...new Set(lost.map(({ name }) => name))].slice(0, 8).join(', ')
  return { cause: `workers that were there are not heard of any more: ${lost.length} (${names})` }
}

/** `waiting`: the oldest batch of which the proof waits for a worker; `since`: from when on workers could be heard of, unix milliseconds. */
export function workersMissing(
  {
    workers,
    waiting,
    since,
  }: {
    readonly workers: readonly Heard[]
    readonly waiting: LineEntry | undefined
    readonly since: number
  },
  now: number,
): AlertFact | undefined {
  const isHeard = now - since <= SILENT_MS || workers.some(({ heardAt }) => now - heardAt <= SILENT_MS)
  if (waiting === undefined || isHeard) return undefined
  const cause = `batch ${waiting.batch} waits for its proof, and no worker was heard of for a minute`
  return { cause, countdown: rewindOf(waiting) }
}

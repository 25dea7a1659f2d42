/**
 * A venue under load, in a process of its own. argv[2] is the JSON of {@link VenueOptions}. Says on its channel when it serves, and answers
 * what is asked there.
 */
import process from 'node:process'
import { loadedVenue, ordersOf } from './flow.ts'
import { type JournalMessage, messagesInJournal } from './journal-messages.ts'
import { serveStandIn } from './stand-in-service.ts'

export interface VenueOptions {
  readonly directory: string
  readonly traders: number
  /** Unix seconds of the risk table, as a decimal string. */
  readonly asOf: string
}

/** What is asked of it, and what it says. */
export type Asked =
  /** Which messages the journal has. */
  | { readonly ask: 'journal' }
  /** Writes so many orders of each trader, from that nonce on, into the journal, as if he had handed them in. */
  | { readonly ask: 'fill'; readonly first: number; readonly each: number }
  /** How much processor time it has taken, once what it was given has its jobs. */
  | { readonly ask: 'cpu' }
export type Said =
  | { readonly say: 'serves'; readonly url: string; readonly records: number }
  | { readonly say: 'journal'; readonly messages: readonly JournalMessage[] }
  | { readonly say: 'filled'; readonly records: number }
  /** Microseconds: of the thread that answers, and of all threads. */
  | { readonly say: 'cpu'; readonly main: number; readonly all: number }

const { directory, traders, asOf } = JSON.parse(process.argv[2]!) as VenueOptions
const loaded = loadedVenue(traders, BigInt(asOf))
const ended = Promise.withResolvers<void>()
process.on('SIGTERM', () => ended.resolve())
process.on('disconnect', () => ended.resolve())
{
  await using venue = await serveStandIn(directory, loaded, ended.reject)
  const { writer, journal, database, sealer } = venue
  process.on('message', async (asked: Asked) => {
    if (asked.ask === 'journal')
      say({ say: 'journal', messages: await messagesInJournal(database, sealer, journal.epoch) })
    else if (asked.ask === 'fill') say({ say: 'filled', records: await fill(asked) })
    else {
      await writer.jobsWritten()
      say({ say: 'cpu', main: sum(process.threadCpuUsage()), all: sum(process.cpuUsage()) })
    }
  })
  say({ say: 'serves', url: venue.url, records: writer.state.records })
  await ended.promise

  /** Signatures stand in records and are not looked at again, so that these need none. */
  async function fill({ first, each }: { readonly first: number; readonly each: number }): Promise<number> {
    const signature = { R8x: 0n, R8y: 0n, S: 0n }
    const accounts = [...loaded.state.accounts.entries()]
    const all = accounts.map(([account]) => ordersOf(loaded, account, BigInt(first), each))
    for (let i = 0; i < each; i++) {
      const clock = BigInt(Date.now())
      await writer.put([
        ...(clock > writer.state.clock ? [{ kind: 'tick' as const, clock }] : []),
        ...all.map((orders) => {
          const bundle = { messages: [orders[i]!], signature }
          return { kind: 'message' as const, bundle, verdict: 'ACCEPTED' as const }
        }),
      ])
    }
    // A venue takes no more than it can prove.
    await writer.jobsWritten()
    // In memory a tick may be ahead of what a kill leaves.
    return writer.written.records
  }
}
// The channel alone would keep it alive.
if (process.connected) process.disconnect()

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}

function say(said: Said): void {
  process.send?.(said)
}

import { join } from 'node:path'
import { parseLogKey } from '../../../log/index.ts'
import type { Report } from '../../demo/progress.ts'
import { Child } from './child.ts'
import { type LoadedVenue, loadedVenue } from './flow.ts'
import { burst, type Sent, signAhead, steady } from './intake.ts'
import { type Quantiles, quantiles } from './quantiles.ts'
import { serviceFolder } from './service-folder.ts'
import type { Asked, Said, VenueOptions } from './venue-child.ts'
import { requireAccepted, requireJournal, requireReceipts } from './verify.ts'

/** What a venue of the standard profile takes in, on loopback, its driver beside it. */
export interface IntakeResult {
  readonly traders: number
  /** All as fast as they are taken, so many messages in a request. */
  readonly burst: {
    readonly messages: number
    readonly together: number
    readonly milliseconds: number
    /** Until its last batch had its job, too. */
    readonly jobsMilliseconds: number
    readonly cpu: Cpu
  }
  /** So many messages a second: as many in a request as in the burst, and one. */
  readonly steady: { readonly together: Steady; readonly single: Steady }
}

/** From when each request was due to its receipts, in milliseconds. */
export interface Steady {
  readonly perSecond: number
  readonly latency: Quantiles
  readonly cpu: Cpu
}

/** Microseconds of processor time a message that the venue's process took: the thread that answers, and all threads. */
export interface Cpu {
  readonly main: number
  readonly all: number
}

/** A restart after the process was killed: from its start to its first answer. */
export interface RestartResult {
  readonly messages: number
  readonly records: number
  readonly milliseconds: number
}

export interface IntakeOptions {
  readonly traders: number
  /** Messages of each trader in the burst, and in a request. */
  readonly each: number
  readonly together: number
  readonly perSecond: number
  readonly seconds: number
  readonly report?: Report
}

/** Throws unless every message is accepted, has a good receipt and is in the journal once. */
export async function measureIntake(options: IntakeOptions): Promise<IntakeResult> {
  const { traders, each, together, perSecond, seconds, report } = options
  await using folder = await serviceFolder()
  const [venue, given] = venueIn(folder.path, traders)
  const steadyEach = together * Math.ceil((perSecond * seconds) / traders / together)
  report?.(0, 'signing')
  // What has warmed up is measured.
  const warming = signAhead(venue, 1n, together)
  const bursting = signAhead(venue, 1_001n, each)
  const goingTogether = signAhead(venue, 1_000_001n, steadyEach)
  const goingSingle = signAhead(venue, 2_000_001n, steadyEach)
  await using child = new Child<Asked, Said>('venue-child.ts', given)
  const { url } = await child.hear('serves')
  report?.(0.1, 'burst')
  const warmed = await burst(url, warming, together)
  const [burstSent, burstCpu, jobsWall] = await taking(child, () => burst(url, bursting, together))
  const all = [warmed, burstSent]
  const goOn = async (orders: typeof goingSingle, together: number, from: number): Promise<Steady> => {
    report?.(from, `${perSecond} a second, ${together} in a request`)
    const [sent, cpu] = await taking(child, () =>
      steady(url, orders, { perSecond, together, report: (fraction) => report?.(from + fraction / 4) }),
    )
    all.push(sent)
    return { perSecond, latency: quantiles(sent.latencies), cpu }
  }
  const steadyTogether = await goOn(goingTogether, together, 0.4)
  const steadySingle = await goOn(goingSingle, 1, 0.65)
  report?.(0.9, 'verifying')
  const verdicts = all.flatMap((sent) => sent.verdicts)
  requireAccepted(verdicts)
  const { key } = (await (await fetch(`${url}/v1/log/key`)).json()) as { key: string }
  requireReceipts(verdicts, parseLogKey(key))
  requireJournal(verdicts, (await child.ask({ ask: 'journal' }, 'journal')).messages)
  return {
    traders,
    burst: {
      ...{ messages: burstSent.verdicts.length, together, cpu: burstCpu },
      ...{ milliseconds: Math.round(burstSent.wall), jobsMilliseconds: Math.round(jobsWall) },
    },
    steady: { together: steadyTogether, single: steadySingle },
  }
}

/** Messages of each trader that are written before it is told how far that is. */
const TOGETHER = 50

/** What is sent, what it takes of the venue's process, and until what was sent has its jobs. */
async function taking(child: Child<Asked, Said>, send: () => Promise<Sent>): Promise<[Sent, Cpu, wall: number]> {
  const before = await child.ask({ ask: 'cpu' }, 'cpu')
  const started = performance.now()
  const sent = await send()
  const after = await child.ask({ ask: 'cpu' }, 'cpu')
  const wall = performance.now() - started
  const each = (part: keyof Cpu) => Math.round((after[part] - before[part]) / sent.verdicts.length)
  return [sent, { main: each('main'), all: each('all') }, wall]
}

/** Throws unless what was there before the kill is there after it, to the record. */
export async function measureRestart(options: {
  messages: number
  traders: number
  report?: Report
}): Promise<RestartResult> {
  const { messages, traders, report } = options
  await using folder = await serviceFolder()
  const [, given] = venueIn(folder.path, traders)
  let records = 0
  {
    await using child = new Child<Asked, Said>('venue-child.ts', given)
    await child.hear('serves')
    const all = Math.ceil(messages / traders)
    for (let first = 1; first <= all; first += TOGETHER) {
      report?.((0.8 * first) / all, `${messages} messages into the journal`)
      const each = Math.min(TOGETHER, all - first + 1)
      ;({ records } = await child.ask({ ask: 'fill', first, each }, 'filled'))
    }
    await child.kill()
  }
  report?.(0.8, 'starting again')
  const started = performance.now()
  await using child = new Child<Asked, Said>('venue-child.ts', given)
  const { url, records: found } = await child.hear('serves')
  await (await fetch(`${url}/v1/status`)).json()
  const milliseconds = Math.round(performance.now() - started)
  if (found < records) throw new Error(`${records} records were written, and ${found} are there after the kill`)
  const { messages: kept } = await child.ask({ ask: 'journal' }, 'journal')
  if (kept.length < messages) throw new Error(`${messages} messages were written, and ${kept.length} are there`)
  return { messages: kept.length, records: found, milliseconds }
}

function venueIn(folder: string, traders: number): [LoadedVenue, VenueOptions] {
  const asOf = BigInt(Math.floor(Date.now() / 1000))
  return [loadedVenue(traders, asOf), { directory: join(folder, 'venue'), traders, asOf: `${asOf}` }]
}

import { parseLogKey } from '../../../log/index.ts'
import { FileKeys } from '../../../service/keys/file-keys.ts'
import { borrowDatabase } from '../../../service/postgres/borrow.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'
import { readSettlement } from '../../../settlement/index.ts'
import type { Report } from '../../demo/progress.ts'
import { type Usage, usageOf } from '../process-usage.ts'
import { type Answered, BEAT_MESSAGES, BEAT_TRADERS, Beats } from './beats.ts'
import { Followed, type Told } from './followed.ts'
import { messagesInJournal } from './journal-messages.ts'
import { type LiveVenue, openLiveVenue } from './live-venue.ts'
import { MetricsReader } from './metrics-reader.ts'
import { type Quantiles, quantiles } from './quantiles.ts'
import { requireAccepted, requireJournal, requireReceipts } from './verify.ts'
import { meansWaiting } from './waiting.ts'

/** What a venue of the small profile takes for minutes, with one worker that proves, on a development chain; all on this machine. */
export interface SustainedResult {
  readonly traders: number
  /** Messages that come at once: a full batch. */
  readonly together: number
  /** Batches that the worker proved in a second while more were waiting always. */
  readonly provedPerSecond: number
  /** Of these, as many as orders were sent for. */
  readonly share: number
  /** What was sent, and for how long; the batches it came to. */
  readonly messages: number
  readonly batches: number
  readonly seconds: number
  /** Messages that had a receipt and were not proved yet, in each third of that time on average; not settled yet. */
  readonly unproved: readonly number[]
  readonly unsettled: readonly number[]
  /** From the last receipt until all was settled; milliseconds. */
  readonly drainMs: number
  /** From when a message was due. */
  readonly receipt: Quantiles
  readonly proved: Quantiles
  readonly settled: Quantiles
  /** What share of that time the worker had no job. */
  readonly idle: number
  /** The venue's process, with neither worker nor database, when that time began and ended. */
  readonly venue: { readonly begin: Usage; readonly end: Usage }
}

export interface SustainedOptions {
  /** Batches that are sent at once, for how fast the worker is. */
  readonly atOnce: number
  /** For how long orders come, and at which share of what the worker proves. */
  readonly seconds: number
  readonly share: number
  readonly report?: Report
}

/** What is asked of the service: what its worker proves, for minutes. */
export const SUSTAINED: SustainedOptions = { atOnce: 40, seconds: 180, share: 0.9 }

/** Parts of the time whose backlogs are compared. */
const PARTS = 3

/**
 * Throws unless every message is accepted, has a good receipt, is in the journal once, and is settled, all in batches that were made once;
 * and unless the contract's last batch is the venue's, and both have the same lots.
 */
export async function measureSustained(options: SustainedOptions): Promise<SustainedResult> {
  const { atOnce, seconds, share, report } = options
  await using live = await openLiveVenue({
    traders: BEAT_TRADERS,
    report: (fraction, detail) => report?.(0.15 * fraction, detail),
  })
  const { venue, serve, traders, domain } = live
  const sessions = await Promise.all(traders.map((trader) => venue.login({ ...trader, domain })))
  const accounts = await Promise.all(sessions.map((session) => session.read()))
  await using followed = new Followed(
    sessions,
    accounts.map(({ event }) => event),
  )
  using beats = new Beats(
    live,
    accounts.map(({ nextNonce }) => nextNonce),
  )
  report?.(0.15, `${atOnce} batches at once`)
  const warm: Answered[] = []
  for (let i = 0; i < atOnce; i++) warm.push(...(await beats.send(beats.sign())))
  await followed.settled(recordsOf(warm))
  const provedPerSecond = rateOf([...followed.batches.values()])
  const before = followed.batches.size

  const perSecond = share * provedPerSecond
  const metrics = await MetricsReader.of(serve)
  const signed = Array.from({ length: Math.ceil(seconds * perSecond) }, () => beats.sign())
  const [begin, busyBefore] = [usageOf(serve.pid), await metrics.read('zkclear_proof_seconds_sum')]
  const from = performance.now()
  report?.(0.25, `${(BEAT_MESSAGES * perSecond).toFixed(1)} messages a second`)
  const sent = await beats.steady(signed, perSecond, (fraction) => report?.(0.25 + 0.65 * fraction))
  const to = performance.now()
  const [end, busyAfter] = [usageOf(serve.pid), await metrics.read('zkclear_proof_seconds_sum')]
  report?.(0.9, 'until all is settled')
  const told = await followed.settled(recordsOf(sent))
  const drainMs = Math.max(...told.map(({ settled }) => settled)) - to
  report?.(0.95, 'verifying')
  await verify(live, [...warm, ...sent], metrics)
  const times = sent.map(({ due, answered }, i) => ({ due, answered, ...told[i]! }))
  const waiting = (until: (one: (typeof times)[number]) => number) =>
    meansWaiting(
      times.map((one) => [one.answered, until(one)]),
      [from, to],
      PARTS,
    )
  return {
    ...{ traders: traders.length, together: BEAT_MESSAGES, provedPerSecond, share },
    ...{ messages: sent.length, batches: followed.batches.size - before, seconds: (to - from) / 1000 },
    ...{ unproved: waiting(({ proved }) => proved), unsettled: waiting(({ settled }) => settled), drainMs },
    receipt: quantiles(times.map(({ due, answered }) => answered - due)),
    proved: quantiles(times.map(({ due, proved }) => proved - due)),
    settled: quantiles(times.map(({ due, settled }) => settled - due)),
    idle: 1 - (busyAfter - busyBefore) / ((to - from) / 1000),
    venue: { begin, end },
  }
}

function recordsOf(answered: readonly Answered[]): number[] {
  requireAccepted(answered)
  return answered.map(({ record }) => record!)
}

/** Batches a second, of the later half: the first ones find a worker that has just begun. */
function rateOf(batches: readonly Told[]): number {
  const proved = batches.map((batch) => batch.proved).sort((a, b) => a - b)
  const later = proved.slice(Math.floor(proved.length / 2))
  return (1000 * (later.length - 1)) / (later.at(-1)! - later[0]!)
}

/** All is settled. */
async function verify(
  { chain, venue, serve }: LiveVenue,
  answered: readonly Answered[],
  metrics: MetricsReader,
): Promise<void> {
  const { key } = (await (await fetch(`${serve.url}/v1/log/key`)).json()) as { key: string }
  requireReceipts(answered, parseLogKey(key))
  const { epoch, batches } = await venue.status()
  await using borrowed = await borrowDatabase({ directory: serve.data, signal: new AbortController().signal })
  const sealer = await Sealer.open(borrowed.database, new FileKeys(serve.keys))
  requireJournal(answered, await messagesInJournal(borrowed.database, sealer, epoch))
  const { batchCount, stateRoot } = await readSettlement(chain.settlement)
  if (batchCount !== BigInt(batches.sealed) || stateRoot !== batches.settledRoot) {
    throw new Error(`the contract has ${batchCount} batches, and the venue made ${batches.sealed}`)
  }
  if ((await metrics.read('zkclear_solvent')) !== 1) throw new Error('contract and journal have other lots')
}

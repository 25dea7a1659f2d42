import { bytes, number } from '../markdown.ts'
import { quantilesTable } from './quantiles-table.ts'
import type { SustainedResult } from './sustained.ts'

/** What a venue takes for minutes, as the benchmarks have it. */
export function renderSustained(result: SustainedResult): string {
  const { traders, together, provedPerSecond, share, messages, batches, seconds, idle, venue } = result
  const { begin, end } = venue
  const cores = (end.cpuMs - begin.cpuMs) / (1000 * seconds)
  return `### The service for minutes

\`zkclear serve\` of the small profile with its embedded database and one worker that proves, a development chain, and ${traders} traders, all on this machine. The traders are pairs that take turns; the two of a pair hand in orders that meet, each of them in one request, ${together} messages together, which are a full batch. They come at ${percent(share)} of the ${provedPerSecond.toFixed(2)} batches a second that the worker proved while more were waiting. Every message was accepted and settled, in a batch that was made once; every receipt was checked, the journal had each message once, and the contract had the venue's last batch and its lots before these numbers were taken.

- **${rateOf(result)} messages a second for ${number(Math.round(seconds))} s**, ${number(messages)} in ${number(batches)} batches. ${waitingOf(result)}
- **The worker** had no job for ${percent(idle)} of that time.
- **The venue's process**, without worker and database, took ${percent(cores)} of a core, and its memory was ${bytes(begin.residentBytes)} when that time began and ${bytes(end.residentBytes)} when it ended.

${quantilesTable([
  ['order to receipt', result.receipt],
  ['order to proof', result.proved],
  ['order to settlement', result.settled],
])}`
}

/** The same in short, for the document on scaling. */
export function renderSustainedShort(result: SustainedResult): string {
  const { together, provedPerSecond, share, seconds, idle, receipt, settled } = result
  return `A venue of the small profile with one worker on the same machine took ${rateOf(result)} messages a second for ${number(Math.round(seconds))} s, in full batches of ${together}, which is ${percent(share)} of what its worker proved while more were waiting (${provedPerSecond.toFixed(2)} batches a second). ${waitingOf(result)} The worker was idle for ${percent(idle)} of that time; a receipt took ${number(receipt.p50)} ms (p50) and ${number(receipt.p99)} ms (p99), and settlement on a development chain ${inSeconds(settled.p50)} and ${inSeconds(settled.p99)} ([measured](benchmarks.md#the-service-for-minutes)).`
}

/** More than this many batches that wait besides twice as many as in the beginning is no chance. */
const CHANCE = 2

/** How the backlog went, and whether it grew. */
function waitingOf({ together, unproved, unsettled, drainMs }: SustainedResult): string {
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(', ')
  const [first, last] = [unsettled[0]!, unsettled.at(-1)!]
  const grew = last > 2 * first + CHANCE * together
  const verdict = grew ? 'the backlog **grew**: this rate is not sustained' : 'the backlog did not grow'
  return `In the thirds of that time ${list(unproved)} messages waited for their proof on average, and ${list(unsettled)} for their settlement: ${verdict}. All was settled ${inSeconds(drainMs)} after the last of them.`
}

function rateOf({ messages, seconds }: SustainedResult): string {
  return (messages / seconds).toFixed(1)
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** How much of their time threads that compute without a pause had a processor. */
export interface Probe {
  readonly cpuMs: number
  /** Of all threads together. */
  readonly wallMs: number
}

/** What is measured at one go, and may be measured at another time than the rest. */
export const PARTS = [
  'backends',
  'scaling',
  'circuits (small)',
  'circuits (standard)',
  'circuits (large)',
  'throughput',
  'browser',
  'startup',
  'service',
  'sustained',
] as const
export type Part = (typeof PARTS)[number]

/** The least share of the processors that a probe got while a part was measured. */
export type Shares = Readonly<Partial<Record<Part, number>>>

/** A machine on which computing threads get less than this has other things to do, and what is measured there is its load. */
const QUIET = 0.9

const PROBE_MS = 600
const SPIN = `
const { workerData: duration, parentPort } = require('node:worker_threads')
const [cpu, start] = [process.threadCpuUsage(), performance.now()]
while (performance.now() - start < duration);
const { user, system } = process.threadCpuUsage(cpu)
parentPort.postMessage({ cpuMs: (user + system) / 1000, wallMs: performance.now() - start })
`

/** Computes on every processor for a moment. */
export async function probe(threads = availableParallelism()): Promise<Probe> {
  const spins = Array.from({ length: threads }, async () => {
    const [message] = await once(new Worker(SPIN, { eval: true, workerData: PROBE_MS }), 'message')
    return message as Probe
  })
  const all = await Promise.all(spins)
  const sum = (pick: (one: Probe) => number) => all.reduce((total, one) => total + pick(one), 0)
  return { cpuMs: sum(({ cpuMs }) => cpuMs), wallMs: sum(({ wallMs }) => wallMs) }
}

/** The least share that a probe got, in hundredths; from 0 to 1. */
export function leastShare(probes: readonly Probe[]): number {
  const shares = probes.map(({ cpuMs, wallMs }) => Math.min(1, cpuMs / wallMs))
  return Math.floor(100 * Math.min(1, ...shares)) / 100
}

/** Measuring was refused, or given up, because the machine is busy. */
export class BusyMachine extends Error {}

/** Watches how busy the machine is before, between and after what is measured. With `force` it only takes notes. */
export class QuietWatch {
  readonly #force: boolean
  #probes: Probe[] = []

  constructor(options: { readonly force: boolean }) {
    this.#force = options.force
  }

  /** Throws {@link BusyMachine}. */
  async look(): Promise<void> {
    this.#probes.push(await probe())
    const share = leastShare(this.#probes)
    if (share >= QUIET || this.#force) return
    throw new BusyMachine(
      `this machine is busy: what computes on all its processors gets ${percent(share)} of them, and measuring needs ${percent(QUIET)}. ` +
        'This part was not written. Stop what runs beside, or give --force, and the document will say so.',
    )
  }

  /** Measures a part, and notes the least share of a probe since it began. */
  async part<T>(shares: Partial<Record<Part, number>>, name: Part, measure: () => Promise<T>): Promise<T> {
    this.#probes = []
    await this.look()
    const result = await measure()
    await this.look()
    shares[name] = leastShare(this.#probes)
    return result
  }
}

/** What the document says of how busy the machine was, part by part. */
export function quietText(shares: Shares, measured: readonly Part[]): string {
  const busy = measured.filter((part) => shares[part] !== undefined && shares[part] < QUIET)
  const unknown = measured.filter((part) => shares[part] === undefined)
  const sentences = [
    busy.length > 0 &&
      `**The machine was busy**, and these times say as much of what else it did: ${busy.map((part) => `${part} (what computed on all processors got ${percent(shares[part]!)} of them)`).join(', ')}.`,
    unknown.length > 0 &&
      `**Nobody looked how busy the machine was** when these were measured: ${unknown.join(', ')}. Of their numbers only processor times and memory say something.`,
  ].filter((sentence) => sentence !== false)
  if (sentences.length === 0) {
    return `Before, between and after, what computed on all processors got at least ${percent(Math.min(...measured.map((part) => shares[part]!)))} of them.`
  }
  return sentences.join('\n')
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

import type { ProofSystem } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProvingBackend, SideBySide } from './backend.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import { integerOption } from './options.ts'

/** How many proofs are made at once, and by how many threads each. */
export interface ProofPlan {
  readonly atOnce: number
  /** Threads of a proof that is made beside `together - 1` others; undefined where the backend does not let one choose. */
  threads(together: number): number | undefined
}

export interface Capacity {
  /** Of messages. */
  readonly backend: string
  /** Undefined for a backend that makes one proof after the other. */
  readonly sideBySide: SideBySide | undefined
  /** Most bytes of the witness of one job, and of one proof by so many threads beside key and witness. */
  readonly witnessBytes: number
  proofBytes(threads: number): number
  /** Memory that is free, in bytes. */
  readonly available: number
}

/** The capacity for proofs of any of some loaded circuits. */
export function capacityOf<S extends ProofSystem>({
  backend: { name, sideBySide },
  circuits,
  availableMemory,
}: {
  backend: Omit<ProvingBackend<S>, 'loadKey'>
  circuits: ReadonlyMap<string, LoadedCircuit<S>>
  availableMemory: () => number
}): Capacity {
  const loaded = [...circuits.values()]
  const most = (bytes: (circuit: LoadedCircuit<S>) => number) => Math.max(0, ...loaded.map(bytes))
  return {
    backend: name,
    sideBySide,
    witnessBytes: most(({ own, key }) => Math.max('run' in own ? own.bytes : 0, sideBySide?.witnessBytes(key) ?? 0)),
    proofBytes: (threads) => most(({ key }) => sideBySide?.proofBytes(key, threads) ?? 0),
    available: availableMemory(),
  }
}

export interface Wishes {
  readonly atOnce?: number | undefined
  readonly threads?: number | undefined
  readonly lookahead: number
}

/** The most threads of one proof. */
const MOST_THREADS = 256
/** The part of the free memory that is taken without being asked: others on the machine want the rest. */
const SHARE = 1 / 2

/**
 * Chooses how many proofs are made at once, and their threads. As many proofs as there are cores, with one thread each, leave
 * the fewest cores idle: a proof alone cannot keep several cores at work all the time, since its parts end at different times and its
 * last steps are one thread's, and while one proof is verified, by one thread, another goes on. Two limits come first. The
 * backend's: then the cores are shared out among as many proofs as it makes at once. And memory's: witnesses and working
 * memory of all that is under way fit into half of what is free. So n proofs have cores / n threads each, rounded up, and
 * there are no more proofs than so many threads leave cores for. Fewer jobs than that, at the end, share the cores likewise.
 * docs/benchmarks.md has the measurements.
 *
 * Throws INPUT_INVALID for wishes that cannot be met, among them more proofs than all of the free memory holds.
 */
export function planProofs(capacity: Capacity, { atOnce, threads, lookahead }: Wishes): ProofPlan {
  const { backend, sideBySide } = capacity
  if (sideBySide === undefined) {
    if (integerOption(atOnce, 1, 1, 'atOnce') > 1) refuse('atOnce', `must be 1: ${backend} makes one proof at a time`)
    if (threads !== undefined) refuse('threads', `cannot be chosen: ${backend} has threads of its own`)
    return { atOnce: 1, threads: () => undefined }
  }
  const { cores, most, reason } = sideBySide
  if (threads !== undefined && integerOption(threads, 1, 1, 'threads') > MOST_THREADS) {
    refuse('threads', `must be an integer from 1 to ${MOST_THREADS}`)
  }
  const threadsOf = (together: number) => threads ?? Math.ceil(cores / together)
  const bytesOf = (together: number) =>
    together * (capacity.proofBytes(threadsOf(together)) + capacity.witnessBytes) + lookahead * capacity.witnessBytes
  const fitting = (bytes: number, limit: number) => {
    let together = limit
    while (together > 1 && bytesOf(together) > bytes) together--
    return together
  }
  if (atOnce !== undefined) {
    const fits = fitting(capacity.available, most)
    if (integerOption(atOnce, 1, 1, 'atOnce') > fits) {
      const why =
        fits < most
          ? `${fits + 1} may take ${megabytes(bytesOf(fits + 1))}, and ${megabytes(capacity.available)} are free`
          : reason
      refuse('atOnce', `must be an integer from 1 to ${fits}: ${why}`)
    }
    return { atOnce, threads: threadsOf }
  }
  const fits = fitting(SHARE * capacity.available, most)
  return { atOnce: Math.min(fits, Math.ceil(cores / threadsOf(Math.min(fits, cores)))), threads: threadsOf }
}

function refuse(path: string, message: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}

import { inTime, ticker } from './clock.ts'
import { Forger, type ForgerOptions, type Forgery, type Search, type SearchEnd } from './forge.ts'

export interface ForgeAllOptions extends Omit<ForgerOptions, 'tick'> {
  /** Wires to forge, those that are tried first in front. */
  readonly targets: readonly number[]
  /** Wires that are forged if what was found for targets answers for them, without a search of their own. */
  readonly beside?: readonly number[] | undefined
  /** Whether a wire that is not proven is worth a forgery beside a target. */
  isOpen(wire: number): boolean
  /** Work for all searches together; see `ForgeLimits`. */
  readonly work: number
  /** A value of `performance.now()` at which every search ends. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
  onProgress?(fraction: number): void
}

/** What was found, and how it was looked for. */
export interface Forgeries {
  /** By wire: those of targets, and of the ancestors of targets for which none was found. */
  readonly found: ReadonlyMap<number, Forgery>
  /** How the search for each target ended. */
  readonly ends: ReadonlyMap<number, SearchEnd>
  /** Of a target without a forgery: the ancestors that are forged. */
  readonly ancestors: ReadonlyMap<number, readonly number[]>
}

/** Ancestors of one target that are tried. */
const MOST_ANCESTORS = 12
/** Shares of a target's work: for itself; for its ancestors, together; the rest carries their differences on. */
const FOR_ITSELF = 0.6
const FOR_ANCESTORS = 0.2

/**
 * Forges one target after the other, with equal shares of the work; what one leaves over goes to the later ones. Where none is
 * found, the signals from which the target follows are forged, and from there it is tried again.
 */
export async function forgeAll(options: ForgeAllOptions): Promise<Forgeries> {
  const { targets, work, deadline, signal, onProgress, isOpen } = options
  const found = new Map<number, Forgery>()
  const ends = new Map<number, SearchEnd>()
  const ancestors = new Map<number, readonly number[]>()
  const forgeries = { found, ends, ancestors }
  if (targets.length === 0) return forgeries
  const forger = await inTime(() => new Forger({ ...options, tick: ticker(deadline) }))
  const before = forger?.work ?? 0
  for (const [at, target] of targets.entries()) {
    onProgress?.(at / targets.length)
    if (forger === undefined || performance.now() > deadline) {
      ends.set(target, 'time')
      continue
    }
    const share = Math.max(0, work - (forger.work - before)) / (targets.length - at)
    const { forgery, end, free } = await forgeOne(forger, target, { share, signal, isOpen })
    ends.set(target, end)
    if (forgery !== undefined) found.set(target, forgery)
    else if (free.length > 0) {
      for (const one of free) found.set(one.target, one)
      ancestors.set(
        target,
        free.map((one) => one.target),
      )
    }
  }
  for (const wire of options.beside ?? []) {
    const forgery = forger?.known(wire)
    if (forgery !== undefined) found.set(wire, forgery)
  }
  return forgeries
}

/** A target, and if it is not forged, what it follows from. */
async function forgeOne(
  forger: Forger,
  target: number,
  { share, signal, isOpen }: { share: number; signal: AbortSignal | undefined; isOpen(wire: number): boolean },
): Promise<Search & { readonly free: readonly Forgery[] }> {
  const direct = await forger.forge(target, { work: FOR_ITSELF * share, signal })
  if (direct.forgery !== undefined || direct.end === 'time') return { ...direct, free: [] }
  const tried = forger.ancestors(target, MOST_ANCESTORS).filter(isOpen)
  const free: Forgery[] = []
  for (const wire of tried) {
    const { forgery, end } = await forger.forge(wire, { work: (FOR_ANCESTORS * share) / tried.length, signal })
    if (forgery !== undefined) free.push(forgery)
    if (end === 'time') return { end, free }
  }
  let work = (1 - FOR_ITSELF - FOR_ANCESTORS) * share
  for (const ancestor of free) {
    // The first ones are the likeliest.
    work /= 2
    const carried = await forger.carry(target, ancestor, { work, signal })
    if (carried.forgery !== undefined || carried.end === 'time') return { ...carried, free }
  }
  return { end: 'work', free }
}

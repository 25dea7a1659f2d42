import { memoryUsage } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import type { System } from '../circom/system.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { ticker, withinLimits } from './clock.ts'
import { PRIME_ORDER } from './curve/orders.ts'
import { Facts } from './facts.ts'
import { type LemmaInstance, LemmaQueue } from './lemma-queue.ts'
import { annulledHints } from './rules/annulled-hint.ts'
import { eliminate } from './rules/elimination.ts'
import { solveLimbDivisions } from './rules/limb-division.ts'
import { unreadHint } from './rules/unread-hint.ts'
import { Visitor } from './visitor.ts'

/** Where propagation stops before it is done. What it knows by then is true all the same. */
export interface Limits {
  /** A value of `performance.now()`. */
  readonly deadline?: number | undefined
  /** Resident memory of the process, in bytes. */
  readonly maxBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface PropagateOptions extends Limits {
  readonly lemmas?: readonly LemmaInstance[]
  /** Pairs of wires that are taken to be keys: points of prime order of the curve Baby Jubjub. */
  readonly keys?: readonly (readonly [x: number, y: number])[] | undefined
  /** Pairs of wires that are taken to be points of that curve, of whatever order. */
  readonly points?: readonly (readonly [x: number, y: number])[] | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface Propagation {
  readonly facts: Facts
  /** Hints that may take any value where what they are multiplied by is 0, and that nothing else reads. */
  readonly harmless: ReadonlySet<number>
  /** Why it stopped early; undefined if nothing more follows. */
  readonly stopped?: 'time' | 'memory' | undefined
}

/** Rows, and milliseconds, after which other work of the process has its turn and the limits are looked at. */
const ROUND = 4096
const PAUSE = 50
/** How often rows are looked at again without news of their own, once nothing else is left to do. */
const MOST_SWEEPS = 16

/**
 * Uniqueness propagation: from the inputs, applies the rules of rules/ to one row after another until none yields anything
 * new. Facts only grow, and each rule is sound for itself, so the order does not matter for what is true.
 *
 * `facts` of the system may be given that take no note of some of what they are told; default: such as take note of all.
 *
 * Source: the method of Ecne (0xPARC, 2022) and Picus (Pailoor et al., PLDI 2023), with intervals and implications of bits.
 */
export async function propagate(
  system: System,
  inputs: Iterable<number>,
  { keys = [], points = [], ...options }: PropagateOptions = {},
  facts: Facts = new Facts(system),
): Promise<Propagation> {
  const { representative, constants } = system
  facts.know(0, 'constant')
  for (const [wire, value] of constants) {
    facts.know(wire, 'constant')
    facts.confine(wire, { low: value, high: value })
  }
  for (const wire of inputs) facts.know(representative[wire]!, 'input')
  for (const [x, y] of keys) {
    facts.points.learn('edwards', representative[x]!, representative[y]!, { orders: PRIME_ORDER })
  }

  for (const [x, y] of points) facts.points.learn('edwards', representative[x]!, representative[y]!)

  const stopped = await goOn(facts, options)
  return { facts, harmless: harmlessHints(facts), stopped }
}

/** An output is read by whoever uses the circuit. Representatives of outputs are outputs: they have the lowest wires. */
function harmlessHints(facts: Facts): Set<number> {
  const { rows, r1cs } = facts.system
  const harmless = annulledHints(facts)
  for (const [index, row] of rows.entries()) {
    if (facts.unknownCountOf(index) !== 1) continue
    const hint = unreadHint(facts, row)
    if (hint !== undefined && hint > r1cs.nOutputs) harmless.add(hint)
  }
  return harmless
}

/** Visits rows until nothing more follows from the facts, or says why it stopped before. */
export async function goOn(
  facts: Facts,
  { lemmas = [], onProgress, ...limits }: Omit<PropagateOptions, 'keys' | 'points'>,
): Promise<Propagation['stopped']> {
  const tick = ticker(limits.deadline ?? Number.POSITIVE_INFINITY, limits.maxBytes)
  const visitor = new Visitor(facts)
  const queue = new LemmaQueue(facts, lemmas)
  let applied = -1
  let paused = performance.now()
  let sweeps = 0
  let swept = -1
  for (let visited = 0; ; ) {
    const stopped = limitReached(limits)
    if (stopped !== undefined) return stopped
    for (let visit = facts.takeRow(); visit !== undefined; visit = facts.takeRow()) {
      visitor.visit(visit)
      visited++
      if (visited % ROUND > 0 && performance.now() - paused < PAUSE) continue
      onProgress?.({ stage: 'propagate', fraction: facts.knownCount / facts.wireCount })
      await setImmediate()
      paused = performance.now()
      const stopped = limitReached(limits)
      if (stopped !== undefined) return stopped
    }
    if (queue.apply()) continue
    if (facts.changes !== applied) {
      applied = facts.changes
      queue.wakeAll()
      if (queue.apply()) continue
    }
    if (sweeps < MOST_SWEEPS && facts.changes !== swept) {
      swept = facts.changes
      sweeps++
      facts.wakeAll()
      continue
    }
    const found = await withinLimits(() => eliminate(facts, tick) || solveLimbDivisions(facts, tick))
    if (found.lack !== undefined) return found.lack
    if (!found.result) return undefined
  }
}

function limitReached({ deadline, maxBytes, signal }: Limits): 'time' | 'memory' | undefined {
  if (signal?.aborted) throw new ZkclearError('ABORTED', 'the audit was aborted')
  if (deadline !== undefined && performance.now() > deadline) return 'time'
  return maxBytes !== undefined && memoryUsage.rss() > maxBytes ? 'memory' : undefined
}

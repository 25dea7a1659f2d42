import type { R1cs } from '../circom/r1cs.ts'
import { describeConstraint, type Symbols } from '../circom/symbols.ts'
import { buildSystem, type System, wiresOf } from '../circom/system.ts'
import { ticker, withinLimits } from './clock.ts'
import type { Facts, Interval, Rule } from './facts.ts'
import { findLemmas } from './lemmas.ts'
import { mentionedWires } from './mentioned-wires.ts'
import { type PropagateOptions, type Propagation, propagate } from './propagate.ts'
import { type Pair, pointsAskedFor, supposePoints, type UncheckedPoints } from './unchecked-points.ts'

/**
 * What is known of a signal:
 * - PROVEN: two satisfying witnesses with equal inputs agree in it;
 * - FORGED: two satisfying witnesses with equal inputs that differ in it are at hand;
 * - HARMLESS: the hint of a zero test, free where the tested number is 0, and read by nothing else;
 * - UNUSED: no constraint mentions it, so that it may have any value, and nothing depends on it;
 * - UNKNOWN: none of these could be shown.
 */
export type Verdict = 'PROVEN' | 'FORGED' | 'HARMLESS' | 'UNUSED' | 'UNKNOWN'

/** A constraint at which nothing more could be said. Holds names only. */
export interface StuckPoint {
  readonly constraint: number
  readonly components: readonly string[]
  /** The signals in it that are not determined as far as is known. */
  readonly unknown: readonly string[]
}

export interface ProveOptions extends PropagateOptions {
  readonly r1cs: R1cs
  readonly symbols: Symbols
  /** The wires that are given. */
  readonly inputs: readonly number[]
  readonly deadline: number
}

/** What could be proved by the deadline. */
export interface Proof {
  /** PROVEN, HARMLESS, UNUSED or UNKNOWN. */
  verdictOf(wire: number): Verdict
  ruleOf(wire: number): Rule | undefined
  /** Where the proof of an UNKNOWN signal got stuck. */
  stuckAt(wire: number): readonly StuckPoint[]
  /** Templates of the gadgets for which an argument on paper was used. */
  readonly lemmas: readonly string[]
  readonly contradictions: readonly number[]
  /** What is known of all witnesses; undefined if time or memory was used up before the system was read. */
  readonly facts: Facts | undefined
  /** What is known of the values of a wire. */
  rangeOf(wire: number): Interval | undefined
  /** Pairs that gadgets take for points of the curve, though nothing says that they are. */
  readonly pointsAskedFor: readonly Pair[]
  /** What would follow if they were; takes as long as the proof. */
  supposePoints(): Promise<UncheckedPoints>
  readonly stopped: Propagation['stopped']
}

/** Proves of as many wires as it can that the inputs determine them. Throws ABORTED if `signal` fires. */
export async function prove({ r1cs, symbols, inputs, ...options }: ProveOptions): Promise<Proof> {
  const tick = ticker(options.deadline, options.maxBytes)
  const read = await withinLimits(() => {
    const system = buildSystem(r1cs, tick)
    return { system, lemmas: findLemmas(r1cs, symbols, system, tick) }
  })
  if (read.lack !== undefined) return { ...NOTHING, stopped: read.lack }
  const { system, lemmas } = read.result
  const mentioned = mentionedWires(r1cs)
  const { facts, harmless, stopped } = await propagate(system, inputs, { ...options, lemmas })
  return {
    verdictOf(wire) {
      const known = system.representative[wire]!
      if (facts.isKnown(known)) return 'PROVEN'
      if (harmless.has(known)) return 'HARMLESS'
      return mentioned[wire] ? 'UNKNOWN' : 'UNUSED'
    },
    ruleOf: (wire) => facts.ruleOf(system.representative[wire]!),
    stuckAt: (wire) => stuckPoints(r1cs, symbols, system, facts, wire),
    lemmas: lemmas.map(({ template }) => template),
    contradictions: system.contradictions,
    facts,
    rangeOf: (wire) => facts.interval(system.representative[wire]!),
    pointsAskedFor: pointsAskedFor(facts),
    supposePoints: () => supposePoints(system, { ...options, lemmas, inputs, facts }),
    stopped,
  }
}

/** If time or memory was used up before the system was read. */
const NOTHING: Omit<Proof, 'stopped'> = {
  verdictOf: () => 'UNKNOWN',
  ruleOf: () => undefined,
  stuckAt: () => [],
  lemmas: [],
  contradictions: [],
  facts: undefined,
  rangeOf: () => undefined,
  pointsAskedFor: [],
  supposePoints: async () => ({ points: [], neededFor: () => [] }),
}

const MOST_STUCK_POINTS = 3
/** Unknown signals that are followed from a target on the way to where it got stuck. */
const MOST_FOLLOWED = 2000

/** The constraints with the fewest unknown signals among those that bear on the wire. */
function stuckPoints(r1cs: R1cs, symbols: Symbols, system: System, facts: Facts, wire: number): StuckPoint[] {
  const start = system.representative[wire]!
  const seen = new Set([start])
  const rows = new Map<number, readonly number[]>()
  for (const at of seen) {
    for (const index of system.rowsOf(at)) {
      if (rows.has(index)) continue
      const unknown = wiresOf(system.rows[index]!).filter((one) => !facts.isKnown(one))
      rows.set(index, unknown)
      if (seen.size < MOST_FOLLOWED) for (const one of unknown) seen.add(one)
    }
  }
  const fewest = [...rows].sort(([, a], [, b]) => a.length - b.length).slice(0, MOST_STUCK_POINTS)
  return fewest.map(([index, unknown]) => {
    const { constraint, components } = describeConstraint(r1cs, symbols, system.rows[index]!.index)
    return { constraint, components, unknown: unknown.map((one) => nameOf(symbols, one)) }
  })
}

export function nameOf(symbols: Symbols, wire: number): string {
  return symbols.names(wire)[0] ?? `wire ${wire}`
}

import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { inTime } from './clock.ts'
import { type DependencyGraph, dependencyGraph } from './dependency-graph.ts'
import type { Rule } from './facts.ts'
import type { Forgery } from './forge.ts'
import { type ForgeAllOptions, type Forgeries, forgeAll } from './forge-all.ts'
import { inputWires } from './input-wires.ts'
import { notesOn, notesOnPoints } from './notes-on-files.ts'
import { nameOf, type Proof, prove, type StuckPoint, type Verdict } from './prove.ts'
import { findRanges, type Ranges } from './range/find-ranges.ts'
import type { RangeFinding } from './range/range-finding.ts'
import { unusedPublicInputs } from './unused-inputs.ts'

export interface AuditedSignal {
  readonly name: string
  readonly wire: number
  readonly verdict: Verdict
  readonly isOutput: boolean
  /** Why a signal is determined. */
  readonly rule?: Rule | undefined
  /** Where the proof of an UNKNOWN or FORGED signal got stuck. */
  readonly stuckAt?: readonly StuckPoint[] | undefined
  /** Two witnesses, as values by wire. They hold values of private signals. */
  readonly forgery?: Forgery | undefined
  /**
   * Why nothing was found against an UNKNOWN signal: all the work was done that `effort` allows, its time was over first, or
   * it was not tried, because there are too many.
   */
  readonly search?: 'work' | 'time' | 'none' | undefined
  /** Names of signals from which an UNKNOWN one follows and that are FORGED: they are among the report's `ancestors`. */
  readonly freeAncestors?: readonly string[] | undefined
  /** The report's `uncheckedPoints` on which the signal hangs: if they are on the curve, it is PROVEN. */
  readonly uncheckedPoints?: readonly PointNames[] | undefined
}

/** Names of two signals that a gadget takes for the coordinates of a point of Baby Jubjub. */
export type PointNames = readonly [x: string, y: string]

export interface AuditReport {
  /** Signals that are not inputs, by verdict. Only targets and their ancestors are ever FORGED. */
  readonly counts: Readonly<Record<Verdict, number>>
  /** How many signals each rule determined. */
  readonly rules: Readonly<Partial<Record<Rule, number>>>
  /** The outputs, or what was asked for; of `all` only those that are not PROVEN. */
  readonly targets: readonly AuditedSignal[]
  /** FORGED signals that were not asked for and from which UNKNOWN targets follow. */
  readonly ancestors: readonly AuditedSignal[]
  /** Gadgets for which an argument on paper was used, with how often. */
  readonly lemmas: Readonly<Record<string, number>>
  /** Constraints that nothing satisfies: then there is no witness at all, and PROVEN says nothing. */
  readonly contradictions: readonly number[]
  /** Gadgets that claim what is false of numbers beyond the width that they assume; of the whole circuit, whatever the targets. */
  readonly ranges: readonly RangeFinding[]
  /** Points that gadgets take to be on the curve, though no constraint says so, and on which signals hang that are not PROVEN. */
  readonly uncheckedPoints: readonly PointNames[]
  /** Public inputs that no constraint mentions: any value of theirs verifies with the same proof. */
  readonly unusedPublicInputs: readonly string[]
  /** The signals and constraints around targets that are not PROVEN; empty if all are, or HARMLESS. */
  readonly graph: DependencyGraph
  /** What a reader of the verdicts must know of the files that they are about. */
  readonly notes: readonly string[]
  /** Why the proof stopped early; undefined if it did not. */
  readonly stopped?: 'time' | 'memory' | undefined
  /** Whether the proof or a search ended because its time was over: with more of it, the same audit may come to more. */
  readonly ranOutOfTime: boolean
  readonly milliseconds: { readonly prove: number; readonly forge: number }
}

export interface AuditOptions {
  readonly r1cs: R1cs
  readonly symbols: Symbols
  /** `outputs`, `all` signals, or the names of some. Default: outputs, or all if there are none. */
  readonly targets?: 'outputs' | 'all' | readonly string[] | undefined
  /** The wires that counts, rules, ancestors and `all` are about; default: every one. See `auditShipped`. */
  readonly kept?: readonly number[] | undefined
  /** Names of pairs of signals that are taken to be keys: points of prime order of the curve Baby Jubjub. */
  readonly keys?: readonly (readonly [x: string, y: string])[] | undefined
  /** An honest witness, and the circuit's own generator, for the forger: see `ForgerOptions`. */
  readonly witness?: readonly bigint[] | undefined
  readonly calculate?: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  /** Time for the whole, in milliseconds; default 300,000. */
  readonly timeout?: number | undefined
  /** Resident memory at which proving stops, in bytes; default 4 GiB. */
  readonly maxBytes?: number | undefined
  /** Times the usual work of all searches for forgeries together, which is the same on every machine. Default 1. */
  readonly effort?: number | undefined
  readonly seed?: bigint | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

const DEFAULT_TIMEOUT = 300_000
const DEFAULT_MAX_BYTES = 4 * 2 ** 30
/** Signals that the forger tries at most, those with the fewest unknown neighbours first. */
const MOST_FORGED = 64
/** Constraints that it looks at in all, for an effort of 1, and more of them for each constraint that there is. */
const WORK = 10_000_000
const WORK_PER_CONSTRAINT = 50

/**
 * Asks for every signal of a constraint system that is not an input whether the inputs determine it. Throws INPUT_INVALID
 * for a target that does not exist, ABORTED if `signal` fires.
 *
 * @example
 * const { counts, targets } = await audit(await openAuditSubject('circuit.circom'))
 * for (const { name, verdict } of targets) console.log(name, verdict)
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { r1cs, symbols, timeout = DEFAULT_TIMEOUT, maxBytes = DEFAULT_MAX_BYTES } = options
  const started = performance.now()
  const deadline = started + timeout
  const { from: firstInput, to } = inputWires(r1cs)
  const isInput = (wire: number) => wire >= firstInput && wire < to
  const signals = signalsOf(options, isInput)
  // Says what is wrong with the question before anything is computed.
  const wanted = targetWires(options, signals)
  const keys = options.keys?.map(([x, y]) => [wireNamed(symbols, x), wireNamed(symbols, y)] as const)
  const inputs = Array.from({ length: to - firstInput }, (_, i) => firstInput + i)
  const proof = await prove({ ...options, keys, inputs, deadline, maxBytes })
  const { verdictOf, ruleOf, stuckAt } = proof
  const proved = performance.now()

  const counts = { PROVEN: 0, HARMLESS: 0, FORGED: 0, UNUSED: 0, UNKNOWN: 0 }
  const rules: Partial<Record<Rule, number>> = {}
  for (const wire of signals) {
    counts[verdictOf(wire)]++
    const rule = ruleOf(wire)
    if (rule !== undefined) rules[rule] = (rules[rule] ?? 0) + 1
  }

  let explained = 0
  let isLate = false
  const isEvery = options.targets === 'all' || (options.targets === undefined && r1cs.nOutputs === 0)
  const listed = isEvery ? wanted.filter((wire) => verdictOf(wire) !== 'PROVEN') : wanted
  const targets = listed.map((wire): AuditedSignal => {
    const name = nameOf(symbols, wire)
    const found = verdictOf(wire)
    const signal = { name, wire, verdict: found, isOutput: wire <= r1cs.nOutputs }
    if (found !== 'UNKNOWN') return { ...signal, rule: ruleOf(wire) }
    isLate ||= performance.now() > deadline
    if (isLate || explained++ >= MOST_EXPLAINED) return signal
    return { ...signal, stuckAt: stuckAt(wire) }
  })
  const proven = Uint8Array.from({ length: r1cs.nWires }, (_, wire) => (verdictOf(wire) === 'PROVEN' ? 1 : 0))
  const ranges = await rangesOf(options, proof, deadline)
  const isUnknown = (wire: number) => !isInput(wire) && verdictOf(wire) === 'UNKNOWN'
  const { pointsAskedFor: points, rangeOf } = proof
  const forgeries = await forgeTargets(options, targets, { proven, isOpen: isUnknown, points, rangeOf, deadline })
  const found = keptOf(forgeries, new Set(signals))
  const { points: unchecked, neededFor } = await proof.supposePoints()
  const namesOf = (pairs: typeof unchecked) =>
    pairs.map(([x, y]): PointNames => [nameOf(symbols, x), nameOf(symbols, y)])
  const tried = targets
    .map((target) => withForgery(target, found, symbols))
    .map((target) => {
      const needed = neededFor(target.wire)
      return needed.length > 0 ? { ...target, uncheckedPoints: namesOf(needed) } : target
    })
  const ancestors = [...found.found]
    .filter(([wire]) => !targets.some((target) => target.wire === wire))
    .map(([wire, forgery]): AuditedSignal => {
      return { name: nameOf(symbols, wire), wire, verdict: 'FORGED', isOutput: wire <= r1cs.nOutputs, forgery }
    })
  const forged = found.found.size
  const verdicts = new Map([...tried, ...ancestors].map(({ wire, verdict }) => [wire, verdict]))
  const finalOf = (wire: number) => verdicts.get(wire) ?? verdictOf(wire)
  const isOpen = (wire: number) => !isInput(wire) && !SETTLED.includes(finalOf(wire))
  const graph = dependencyGraph(r1cs, {
    starts: tried.map(({ wire }) => wire).filter(isOpen),
    isOpen,
    describe: (wire) => ({ name: nameOf(symbols, wire), verdict: isInput(wire) ? 'INPUT' : finalOf(wire) }),
  })
  return {
    counts: { ...counts, FORGED: forged, UNKNOWN: counts.UNKNOWN - forged },
    rules,
    targets: tried,
    ancestors,
    lemmas: countBy(proof.lemmas),
    contradictions: proof.contradictions,
    ranges: ranges.findings,
    uncheckedPoints: namesOf(unchecked),
    unusedPublicInputs: unusedPublicInputs(r1cs).map((wire) => nameOf(symbols, wire)),
    graph,
    notes: [
      ...notesOn(r1cs, symbols, counts.UNKNOWN),
      ...notesOnPoints(namesOf(unchecked), signals.filter((wire) => neededFor(wire).length > 0).length),
      ...ranges.notes,
    ],
    stopped: proof.stopped,
    ranOutOfTime: proof.stopped === 'time' || ranges.ranOutOfTime || tried.some(({ search }) => search === 'time'),
    milliseconds: { prove: proved - started, forge: performance.now() - proved },
  }
}

/** Of the time that is left, at most this part goes to gadgets beyond their ranges. */
const RANGE_SHARE = 0.3

async function rangesOf(
  options: AuditOptions,
  { facts, contradictions, stopped }: Proof,
  deadline: number,
): Promise<Pick<Ranges, 'findings' | 'ranOutOfTime'> & { readonly notes: readonly string[] }> {
  if (facts === undefined || contradictions.length > 0 || stopped !== undefined) {
    return { findings: [], ranOutOfTime: false, notes: [] }
  }
  const { symbols, onProgress } = options
  const now = performance.now()
  const found = await inTime(() =>
    findRanges({
      ...options,
      facts,
      nameOf: (wire) => nameOf(symbols, wire),
      deadline: now + RANGE_SHARE * (deadline - now),
      onProgress: (fraction) => onProgress?.({ stage: 'ranges', fraction }),
    }),
  )
  if (found === undefined) {
    return { findings: [], ranOutOfTime: true, notes: ['there was no time to look for numbers beyond their ranges'] }
  }
  if (found.untried === 0) return { ...found, notes: [] }
  const why = found.hasOrigin
    ? 'were not tried, for lack of time or because there are too many'
    : 'could not be tried without an honest witness'
  const note = `comparisons and range checks whose numbers no constraint is known to bound: ${found.untried} ${why}`
  return { ...found, notes: [note] }
}

const SETTLED: readonly Verdict[] = ['PROVEN', 'HARMLESS']

/** The signals that are not inputs. */
function signalsOf({ r1cs, kept }: AuditOptions, isInput: (wire: number) => boolean): number[] {
  const wires = kept ?? Array.from({ length: r1cs.nWires - 1 }, (_, i) => i + 1)
  return wires.filter((wire) => wire > 0 && !isInput(wire))
}

function targetWires({ r1cs, symbols, targets }: AuditOptions, signals: readonly number[]): number[] {
  const outputs = Array.from({ length: r1cs.nOutputs }, (_, i) => i + 1)
  if (targets === 'outputs' || (targets === undefined && outputs.length > 0)) return outputs
  if (targets !== undefined && targets !== 'all') return [...new Set(targets.map((name) => wireNamed(symbols, name)))]
  return [...signals]
}

/** Tries to forge the UNKNOWN targets, those with the fewest unknown neighbours first. */
function forgeTargets(
  { r1cs, witness, calculate, seed, effort = 1, signal, onProgress }: AuditOptions,
  targets: readonly AuditedSignal[],
  rest: Pick<ForgeAllOptions, 'proven' | 'isOpen' | 'points' | 'rangeOf' | 'deadline'>,
): Promise<Forgeries> {
  const unknownCount = ({ stuckAt }: AuditedSignal) => Math.min(...(stuckAt ?? []).map(({ unknown }) => unknown.length))
  const open = targets.filter(({ verdict }) => verdict === 'UNKNOWN')
  const wires = open.toSorted((a, b) => unknownCount(a) - unknownCount(b)).map(({ wire }) => wire)
  return forgeAll({
    ...{ r1cs, witness, calculate, seed, signal, ...rest },
    targets: wires.slice(0, MOST_FORGED),
    beside: wires.slice(MOST_FORGED),
    work: effort * (WORK + WORK_PER_CONSTRAINT * r1cs.nConstraints),
    onProgress: (fraction) => onProgress?.({ stage: 'forge', fraction }),
  })
}

/** Without ancestors that are none of the signals. */
function keptOf({ found, ends, ancestors }: Forgeries, signals: ReadonlySet<number>): Forgeries {
  return {
    found: new Map([...found].filter(([wire]) => signals.has(wire))),
    ends,
    ancestors: new Map([...ancestors].map(([target, free]) => [target, free.filter((wire) => signals.has(wire))])),
  }
}

function withForgery(target: AuditedSignal, { found, ends, ancestors }: Forgeries, symbols: Symbols): AuditedSignal {
  if (target.verdict !== 'UNKNOWN') return target
  const forgery = found.get(target.wire)
  if (forgery !== undefined) return { ...target, verdict: 'FORGED', forgery }
  const end = ends.get(target.wire)
  const freeAncestors = ancestors.get(target.wire)?.map((wire) => nameOf(symbols, wire))
  return { ...target, search: end === undefined ? 'none' : end === 'time' ? 'time' : 'work', freeAncestors }
}

/** UNKNOWN signals of which it is said where their proofs got stuck: the first ones; the rest hang on them. */
const MOST_EXPLAINED = 256

function wireNamed(symbols: Symbols, name: string): number {
  const wire = symbols.wireOf(name) ?? symbols.wireOf(`main.${name}`)
  if (wire !== undefined) return wire
  throw new ZkclearError('INPUT_INVALID', `there is no signal ${name}; the .sym file names all`, { path: 'signal' })
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

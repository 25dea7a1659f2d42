import { memoryUsage } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import type { Row, System } from '../circom/system.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { inTime, ticker } from './clock.ts'
import { Facts } from './facts.ts'
import { solveDecoder } from './rules/decoder.ts'
import { solveDivision } from './rules/division.ts'
import { eliminate } from './rules/elimination.ts'
import { implyBitsOfZero } from './rules/equal-numbers.ts'
import { affinePart, confineLinear, confineProduct, solveSingleUnknown } from './rules/linear.ts'
import { excludeSummands, tabulate } from './rules/logic.ts'
import { solveOneHot } from './rules/one-hot.ts'
import { solveRadix } from './rules/radix.ts'
import { confineToRoots, learnFactors } from './rules/roots.ts'
import { unreadHint } from './rules/unread-hint.ts'
import { applyZeroTest, findZeroTest, type ZeroTest } from './rules/zero-test.ts'

/** A gadget whose soundness was argued on paper; it adds facts when its conditions are met. */
export interface LemmaInstance {
  /** Adds what holds; false if its conditions are not met yet. */
  apply(facts: Facts): boolean
}

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

/**
 * Uniqueness propagation: from the inputs, applies the rules of rules/ to one row after another until none yields anything
 * new. Facts only grow, and each rule is sound for itself, so the order does not matter for what is true.
 *
 * Source: the method of Ecne (0xPARC, 2022) and Picus (Pailoor et al., PLDI 2023), with intervals and implications of bits.
 */
export async function propagate(
  system: System,
  inputs: Iterable<number>,
  { lemmas = [], keys = [], onProgress, ...limits }: PropagateOptions = {},
): Promise<Propagation> {
  const { representative, constants } = system
  const facts = new Facts(system)
  facts.know(0, 'constant')
  for (const [wire, value] of constants) {
    facts.know(wire, 'constant')
    facts.confine(wire, { low: value, high: value })
  }
  for (const wire of inputs) facts.know(representative[wire]!, 'input')
  for (const [x, y] of keys) facts.learnKey(representative[x]!, representative[y]!)

  const zeroTests = new Map<Row, ZeroTest | undefined>()
  const harmless = () => {
    const hints = system.rows.map((row) => unreadHint(facts, row))
    // An output is read by whoever uses the circuit. Representatives of outputs are outputs: they have the lowest wires.
    return new Set(hints.filter((wire) => wire !== undefined).filter((wire) => wire > system.r1cs.nOutputs))
  }
  const stopped = await spread(facts, { lemmas, onProgress, ...limits }, (row) => {
    if (!zeroTests.has(row)) zeroTests.set(row, findZeroTest(facts, row))
    visit(facts, row, zeroTests.get(row))
  })
  return { facts, harmless: harmless(), stopped }
}

/** Visits rows until nothing more follows, or says why it stopped before. */
async function spread(
  facts: Facts,
  { lemmas = [], onProgress, ...limits }: PropagateOptions,
  visitRow: (row: Row) => void,
): Promise<Propagation['stopped']> {
  const tick = ticker(limits.deadline ?? Number.POSITIVE_INFINITY)
  let open = [...lemmas]
  let paused = performance.now()
  for (let visited = 0; ; ) {
    const stopped = limitReached(limits)
    if (stopped !== undefined) return stopped
    for (let index = facts.takeRow(); index !== undefined; index = facts.takeRow()) {
      visitRow(facts.system.rows[index]!)
      visited++
      if (visited % ROUND > 0 && performance.now() - paused < PAUSE) continue
      onProgress?.({ stage: 'propagate', fraction: facts.knownCount / facts.wireCount })
      await setImmediate()
      paused = performance.now()
      const stopped = limitReached(limits)
      if (stopped !== undefined) return stopped
    }
    const left = open.filter((lemma) => !lemma.apply(facts))
    const progressed = left.length < open.length
    open = left
    if (progressed) continue
    const found = await inTime(() => eliminate(facts, tick))
    if (found === undefined) return 'time'
    if (!found) return undefined
  }
}

function limitReached({ deadline, maxBytes, signal }: Limits): 'time' | 'memory' | undefined {
  if (signal?.aborted) throw new ZkclearError('ABORTED', 'the audit was aborted')
  if (deadline !== undefined && performance.now() > deadline) return 'time'
  return maxBytes !== undefined && memoryUsage.rss() > maxBytes ? 'memory' : undefined
}

function visit(facts: Facts, row: Row, zeroTest: ZeroTest | undefined): void {
  if (row.kind === 'linear') {
    excludeSummands(facts, row.form)
    confineLinear(facts, row.form)
  } else {
    confineToRoots(facts, row)
    learnFactors(facts, row)
    confineProduct(facts, row)
    if (zeroTest !== undefined) {
      applyZeroTest(facts, zeroTest)
      implyBitsOfZero(facts, zeroTest)
    }
  }
  tabulate(facts, row)
  solveSingleUnknown(facts, row)
  const form = affinePart(facts, row)
  if (form !== undefined) {
    solveRadix(facts, form)
    solveOneHot(facts, row)
    solveDecoder(facts, form)
  }
  solveDivision(facts, row)
}

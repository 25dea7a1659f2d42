import type { NamedSystem } from '../circuits/named-system.ts'
import type { Attribution, VariantRow } from '../tracing/attribution.ts'
import { componentTemplate, type Instruction } from '../tracing/instructions.ts'
import { type RangeCheck, rangeChecksOf } from '../tracing/range-checks.ts'
import type { TracedCircuit } from '../tracing/traced-circuit.ts'

/**
 * What is done to an instruction:
 * - drop: a `===` is taken out;
 * - unconstrain: a `<==` to a signal becomes `<--`;
 * - unwire: an input of a component becomes free; for an assertion that is to leave it out;
 * - widen: a range check allows one bit more;
 * - alter: the expression is another one.
 */
export type Operator = 'drop' | 'unconstrain' | 'unwire' | 'widen' | 'alter'
export const OPERATORS: readonly Operator[] = ['drop', 'unconstrain', 'unwire', 'widen', 'alter']

/** What a mutant does to the constraints of one circuit. */
export interface Place {
  /** Constraints that it takes away, or a prover can then satisfy whatever stands elsewhere. */
  readonly rows: Set<number>
  /** The signals that the instruction assigns there, in order. */
  readonly targets: number[]
  /** Constraints that it replaces, and by what. */
  readonly variants: readonly VariantRow[]
  /** Range checks that it widens, by the constraint that sums the bits. */
  readonly checks: Map<number, RangeCheck>
}

/** One change of our own sources. */
export interface Mutant {
  readonly operator: Operator
  readonly instruction: Instruction
  /** Which signal is set free or what the expression becomes; empty for drop. */
  readonly detail: string
  readonly places: Map<string, Place>
}

/** All mutants of our own templates in the circuits, in the order of files and lines. */
export function mutantsOf(circuits: readonly TracedCircuit[]): Mutant[] {
  const mutants = new Map<string, Mutant>()
  const placeOf = (
    traced: TracedCircuit,
    instruction: Instruction,
    operator: Operator,
    detail: string,
    variants: readonly VariantRow[] = [],
  ) => {
    const key = [instruction.file, instruction.start, operator, detail].join(' | ')
    const mutant = mutants.get(key) ?? { operator, instruction, detail, places: new Map<string, Place>() }
    mutants.set(key, mutant)
    const place = mutant.places.get(traced.name) ?? newPlace(variants)
    mutant.places.set(traced.name, place)
    return place
  }
  for (const traced of circuits) {
    const { system, attribution, marks } = traced
    const checks = rangeChecksOf(system, attribution)
    const detached = detachedRows(system, attribution)
    for (const [row, origin] of attribution.origins.entries()) {
      if (origin === undefined || !isOurs(origin.instruction)) continue
      const { instruction, target, instance } = origin
      if (target === undefined) {
        placeOf(traced, instruction, 'drop', '').rows.add(row)
        continue
      }
      const path = relative(system.symbols.names(target)[0]!, instance)
      const place = placeOf(
        traced,
        instruction,
        componentTemplate(instruction, path) !== undefined ? 'unwire' : 'unconstrain',
        plain(path),
      )
      place.rows.add(row)
      place.targets.push(target)
      for (const inside of detached.get(row) ?? []) place.rows.add(inside)
      const check = checks.get(target)
      if (check !== undefined) placeOf(traced, instruction, 'widen', plain(path)).checks.set(check.row, check)
    }
    for (const [number, variants] of attribution.variants) {
      const mark = marks[number]!
      if (mark.kind === 'variant' && isOurs(mark.instruction)) {
        placeOf(traced, mark.instruction, 'alter', `${mark.variant.change} in ${mark.variant.text}`, variants)
      }
    }
  }
  const order = ({ instruction: { file, start } }: Mutant) => [file, String(start).padStart(8, '0')].join(' ')
  return [...mutants.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

function newPlace(variants: readonly VariantRow[]): Place {
  return { rows: new Set(), targets: [], variants, checks: new Map() }
}

/** Mains of tests lie in a folder of their own, and are not mutated. */
function isOurs({ file }: Instruction): boolean {
  return file.includes('/')
}

function relative(name: string, instance: string): string {
  return name.slice(instance.length + 1)
}

/** `Num2Bits_35_768.in` is `Num2Bits.in`, and `words[3]` is `words`. */
function plain(path: string): string {
  return path.replace(/_\d+_\d+(?=[.[]|$)/g, '').replace(/\[\d+\]/g, '')
}

/** Templates that only check, so that without their input they check nothing. */
const CHECKS = /^(?:AssertBits|AssertBinary|IsNegative|Num2Bits)$/

/**
 * By the constraint that wires the input of a check whose outputs nobody reads: all constraints inside the check. If its input
 * is free, a prover can satisfy those whatever the input should have been.
 */
function detachedRows(
  { r1cs, symbols }: NamedSystem,
  { origins }: Attribution,
): ReadonlyMap<number, readonly number[]> {
  const wiring = new Map<string, number>()
  for (const [row, origin] of origins.entries()) {
    if (origin?.target === undefined) continue
    const name = symbols.names(origin.target)[0]!
    const child = name.slice(0, name.lastIndexOf('.'))
    if (!name.endsWith('.in') || child === origin.instance) continue
    const template = componentTemplate(origin.instruction, child.slice(origin.instance.length + 1))
    if (template !== undefined && CHECKS.test(template)) wiring.set(child, row)
  }
  const ancestors = (wire: number) => {
    const found: string[] = []
    const name = symbols.names(wire)[0] ?? ''
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      const path = name.slice(0, dot)
      if (wiring.has(path)) found.push(path)
    }
    return found
  }
  const rows = new Map<number, number[]>([...wiring.values()].map((row) => [row, []]))
  const read = new Set<string>()
  for (let row = 0; row < r1cs.nConstraints; row++) {
    const wires = [...new Set(r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3]))].filter(Boolean)
    const paths = wires.map(ancestors)
    for (const path of new Set(paths.flat())) {
      if (paths.every((each) => each.includes(path))) rows.get(wiring.get(path)!)!.push(row)
      else if (wiring.get(path) !== row) read.add(path)
    }
  }
  for (const path of read) rows.delete(wiring.get(path)!)
  return rows
}

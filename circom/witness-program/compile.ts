import { affine } from '../affine.ts'
import type { R1cs } from '../r1cs.ts'
import type { Symbols } from '../symbols.ts'
import { type Derived, derive } from './derive.ts'
import { Encoder } from './encode.ts'
import type { Instruction } from './instructions.ts'
import type { WitnessProgram } from './program.ts'
import { schedule } from './schedule.ts'
import { Slots } from './slots.ts'

/** What came of it: a program, or the signals that no rule gives. */
export type Compiled =
  | {
      readonly program: WitnessProgram
      /** The program is right for circuits of which the audit shows that the inputs determine every signal. */
      readonly presumesAudit: boolean
    }
  | { readonly missing: readonly string[]; readonly missingCount: number }

/** Signals without a rule that are named. */
const MOST_NAMED = 3

/**
 * Compiles the constraints of a circuit as it is `written` (-O0) to a program that computes the witness of the circuit as it
 * is `shipped`, at any level of simplification. Every written constraint holds where a run succeeds.
 */
export function compileProgram(written: R1cs, shipped: R1cs, symbols: Symbols): Compiled {
  const inputs = Array.from(
    { length: written.nPublicInputs + written.nPrivateInputs },
    (_, index) => 1 + written.nOutputs + index,
  )
  const derived = derive(written, inputs)
  const wireOfLabel = new Map(Array.from(written.labelOf, (label, wire) => [label, wire]))
  const wires = Array.from(shipped.labelOf, (label) => wireOfLabel.get(label)!)
  const missing = missingSignals(symbols, derived, wires.slice(1))
  if (missing.length > 0) return { missing: missing.slice(0, MOST_NAMED), missingCount: missing.length }

  const slots = new Slots(derived.valueCount, shipped.nWires)
  const copies: Instruction[] = []
  const wanted = new Set<number>(inputs)
  for (let wire = 1; wire < shipped.nWires; wire++) {
    const value = derived.valueOf(wires[wire]!)
    if (typeof value === 'number') wanted.add(value)
    if (typeof value !== 'number' || !slots.claim(value, wire)) copies.push(copyOf(value!, slots.alias(wire)))
  }
  const levels = schedule(derived.steps, derived.valueCount, wanted)
  slots.allocate(inputs, [...levels.flat(), ...copies])
  const encoder = new Encoder((value) => slots.of(value))
  for (const level of levels) addLevel(encoder, level)
  addLevel(encoder, copies)
  return {
    program: {
      signals: inputSignals(symbols, inputs),
      inputs: Uint32Array.from(inputs, (input) => slots.of(input)),
      wireCount: shipped.nWires,
      slotCount: slots.count,
      constants: encoder.constants,
      code: encoder.code,
    },
    presumesAudit: derived.presumesAudit,
  }
}

/** A step that puts a value, or a constant, at the place of another wire too. */
function copyOf(value: number | bigint, to: number): Instruction {
  const form = typeof value === 'number' ? affine(0n, [[value, 1n]]) : affine(value, [])
  return { kind: 'sum', to, form }
}

/** Adds steps that need nothing of each other, if they are quotients, or that stand in order. */
function addLevel(encoder: Encoder, steps: readonly Instruction[]): void {
  const quotients = steps.filter((step) => step.kind === 'quotient')
  if (quotients.length > 0) encoder.quotients(quotients)
  for (const step of steps) if (step.kind !== 'quotient') encoder.add(step)
}

/** Signals that stand in a constraint or in the witness, and that no rule gives. */
function missingSignals(symbols: Symbols, derived: Derived, shipped: readonly number[]): string[] {
  const missing = new Set([...derived.missing, ...shipped.filter((wire) => derived.valueOf(wire) === undefined)])
  return [...missing].map((wire) => symbols.names(wire)[0] ?? `wire ${wire}`)
}

/** The main component's inputs with their sizes, in wire order. */
function inputSignals(symbols: Symbols, inputs: readonly number[]): { name: string; size: number }[] {
  const sizes = new Map<string, number>()
  for (const input of inputs) {
    // The .sym file names the main component's signals before those of components that equal them.
    const [name = ''] = symbols.names(input)
    const signal = name.replace(/^main\./, '').replace(/(\[\d+\])+$/, '')
    sizes.set(signal, (sizes.get(signal) ?? 0) + 1)
  }
  return [...sizes].map(([name, size]) => ({ name, size }))
}

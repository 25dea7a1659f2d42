import { readFile } from 'node:fs/promises'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { CompilableCircuit } from '../../circom/main-component.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { describeConstraint, type Symbols } from '../../circom/symbols.ts'
import { calculateWitness } from '../../circom/witness-calculator.ts'
import { wires } from '../../circom/witness-wires.ts'
import { flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitInput, InputShape } from '../../circuits/types.ts'
import { compileArtifacts } from '../../keys/build.ts'
import type { CompiledFiles, SystemFiles } from './compile-cached.ts'
import { type NamedSystem, readNamedSystem } from './named-system.ts'

/** A circuit that a harness can run: what compiling needs, and the shapes of its inputs. */
export type TestCircuit = CompilableCircuit & {
  inputShapes(profile: 'small'): Readonly<Record<string, InputShape>>
}

/** Is told of every assignment that a test lays before the constraints: the mutation run scores with what tests refuse. */
export type Observer = (circuit: string, r1cs: R1cs, value: (wire: number) => bigint, broken: readonly number[]) => void

const observers: Observer[] = []
const circuitOf = new WeakMap<R1cs, string>()

export function observeAssignments(observer: Observer): void {
  observers.push(observer)
}

/** Tells the observers which constraints an assignment breaks. */
export function tellObservers(
  r1cs: R1cs,
  value: (wire: number) => bigint,
  broken: readonly number[],
  circuit = circuitOf.get(r1cs)!,
): void {
  for (const observer of observers) observer(circuit, r1cs, value, broken)
}

/** A compiled circuit: what it is made of, and its own witness generator. */
export interface Harness extends NamedSystem {
  /** The circuit's own witness; undefined if its generator stops at a check. */
  witness(input: CircuitInput): bigint[] | undefined
  /** Broken constraints as text: every signal and component that occurs in each. */
  broken(witness: readonly bigint[]): string[]
  /** The witness exists and satisfies the system. Returns it. */
  expectPass(input: CircuitInput): bigint[]
}

/** A compiled circuit that the observers know by its name. */
export async function observedSystem({ name }: TestCircuit, files: SystemFiles): Promise<NamedSystem> {
  const system = await readNamedSystem(files)
  circuitOf.set(system.r1cs, name)
  return system
}

export async function harnessOf(definition: TestCircuit, files: CompiledFiles): Promise<Harness> {
  const [{ r1cs, symbols }, program] = await Promise.all([
    observedSystem(definition, files),
    readFile(files.wasm).then((bytes) => WebAssembly.compile(bytes)),
  ])
  const witness = (input: CircuitInput) => {
    const result = calculateWitness(program, flattenInput(definition, 'small', input))
    if ('witness' in result) return wires(new Uint8Array(result.witness))
    if (result.failure.kind !== 'assert') throw new Error(`no witness: ${JSON.stringify(result.failure)}`)
    return undefined
  }
  const broken = (values: readonly bigint[]) => describeBroken(r1cs, symbols, values)
  return {
    r1cs,
    symbols,
    witness,
    broken,
    expectPass(input) {
      const result = calculateWitness(program, flattenInput(definition, 'small', input))
      if (!('witness' in result)) throw new Error(`no witness: ${JSON.stringify(result.failure)}`)
      const values = wires(new Uint8Array(result.witness))
      const wrong = broken(values)
      if (wrong.length > 0) throw new Error(`the circuit's own witness breaks ${wrong.join('\n')}`)
      return values
    },
  }
}

/** The circuit as it is shipped: small profile, fully simplified. Built if it is not current. */
export async function shippedHarness(definition: TestCircuit): Promise<Harness> {
  const [compiled] = await compileArtifacts({ circuits: [definition], profile: 'small' })
  return harnessOf(definition, compiled!.files)
}

/** Broken constraints, each as the names of the signals in it. */
export function describeBroken(r1cs: R1cs, symbols: Symbols, witness: readonly bigint[], limit = 64): string[] {
  const broken = findBrokenConstraints(r1cs, witness, { limit })
  tellObservers(r1cs, (wire) => witness[wire]!, broken)
  return describeRows({ r1cs, symbols }, broken)
}

/** Constraints, each as the names of the signals in it. */
export function describeRows({ r1cs, symbols }: NamedSystem, rows: readonly number[]): string[] {
  return rows.map((row) => shorten(describeConstraint(r1cs, symbols, row).signals))
}

/** Long runs of one array, such as the bits of a number, as one name. */
function shorten(signals: readonly string[]): string {
  if (signals.length <= 12) return signals.join(' ')
  return [...new Set(signals.map((name) => name.replace(/\[\d+\]$/, '[*]')))].join(' ')
}

/** What the constraints of a rule are about: names of signals, or patterns over the names of all signals of a constraint. */
export type Rule = string | RegExp | readonly (string | RegExp)[]

/**
 * Asserts that some constraint is broken and that each broken one is about the rule: a signal named, or a pattern matched.
 * Everything that the rule lists must be needed.
 */
export function assertBreaks(broken: readonly string[], rule: Rule): void {
  const parts = typeof rule === 'string' || rule instanceof RegExp ? [rule] : rule
  const fits = (signals: string, part: string | RegExp) =>
    typeof part === 'string' ? signals.split(' ').includes(part) : part.test(signals)
  if (broken.length === 0) throw new Error('a dishonest witness satisfies every constraint')
  const foreign = broken.filter((signals) => !parts.some((part) => fits(signals, part)))
  if (foreign.length > 0) throw new Error(`broken constraints that are not the rule's:\n${foreign.join('\n')}`)
  const idle = parts.filter((part) => !broken.some((signals) => fits(signals, part)))
  if (idle.length > 0)
    throw new Error(`no broken constraint is about ${idle.join(', ')}; broken:\n${broken.join('\n')}`)
}

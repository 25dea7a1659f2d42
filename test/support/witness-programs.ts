import { readFile } from 'node:fs/promises'
import { readR1cs } from '../../circom/r1cs.ts'
import { readSymbols } from '../../circom/symbols.ts'
import { calculateWitness } from '../../circom/witness-calculator.ts'
import { type Compiled, compileProgram } from '../../circom/witness-program/compile.ts'
import type { WitnessProgram } from '../../circom/witness-program/program.ts'
import { wires } from '../../circom/witness-wires.ts'
import { type FlatInput, flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { compileCached, compileSystem } from '../../lab/circuits/compile-cached.ts'
import type { TestCircuit } from '../../lab/circuits/harness.ts'

/** A circuit's witness program beside circom's own calculator. */
export interface ProgramCase {
  readonly program: WitnessProgram
  readonly presumesAudit: boolean
  flat(input: CircuitInput): FlatInput
  /** Circom's witness; undefined where it refuses the input. */
  circom(input: CircuitInput): bigint[] | undefined
}

/** What compiling a program of a test circuit, small profile, comes to. */
export async function compileCase(definition: TestCircuit, sourceRoots: readonly string[]): Promise<Compiled> {
  const written = await compileSystem(definition, { optimization: 'O0', sourceRoots })
  const shipped = await compileSystem(definition, { optimization: 'O2', sourceRoots })
  return compileProgram(await readR1cs(written.r1cs), await readR1cs(shipped.r1cs), await readSymbols(written.sym))
}

export async function programCase(definition: TestCircuit, sourceRoots: readonly string[]): Promise<ProgramCase> {
  // With the generator first: then the system is compiled once.
  const { wasm } = await compileCached(definition, { optimization: 'O2', sourceRoots })
  const compiled = await compileCase(definition, sourceRoots)
  if ('missing' in compiled) throw new Error(`${definition.name} has no program: ${compiled.missing.join(', ')}`)
  const circom = await WebAssembly.compile(await readFile(wasm))
  const flat = (input: CircuitInput) => flattenInput(definition, 'small', input)
  return { ...compiled, flat, circom: (input) => circomWitness(circom, flat(input)) }
}

/** Circom's witness; undefined where a constraint or an assertion does not hold. */
export function circomWitness(circom: WebAssembly.Module, input: FlatInput): bigint[] | undefined {
  const result = calculateWitness(circom, input)
  if ('witness' in result) return wires(new Uint8Array(result.witness))
  if (result.failure.kind !== 'assert') throw new Error(`circom's calculator fails: ${result.failure.kind}`)
  return undefined
}

/** The inputs in the program's order. */
export function inputsOf({ signals }: WitnessProgram, flat: FlatInput): bigint[] {
  const values = wires(new Uint8Array(flat.values))
  const own = new Map<string, bigint[]>()
  let at = 0
  for (const { name, size } of flat.signals) {
    own.set(name, values.slice(at, at + size))
    at += size
  }
  return signals.flatMap(({ name }) => own.get(name)!)
}

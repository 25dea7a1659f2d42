import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compileCircuit } from '../circom/compile.ts'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { readR1cs } from '../circom/r1cs.ts'
import { readSymbols } from '../circom/symbols.ts'
import { calculateWitness } from '../circom/witness-calculator.ts'
import { wires } from '../circom/witness-wires.ts'
import type { CircuitInput } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { BoundarySubject } from './boundary.ts'
import { checkFile, isCompileFailure, withCircomFile } from './circom-file.ts'
import { flattenAsGiven } from './input-shape.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'
import { type UncheckedCalculator, uncheckedCalculator } from './unchecked-witness.ts'

export interface SubjectOptions {
  /** Template to instantiate, if a .circom file has no main component, and its arguments. */
  readonly template?: string | undefined
  readonly templateArguments?: readonly number[] | undefined
  /** Folders of bare includes of a .circom file, as circom's -l. */
  readonly libraries?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens a circuit for `testBoundaries`: a .circom file, which is compiled twice, with its checks and without; or a .r1cs file
 * with .wasm and .sym beside it, or a folder that holds circuit.r1cs, circuit.wasm and circuit.sym. Of compiled files only
 * the circuit's own generator can be asked, which refuses some inputs before the constraints see them.
 * Throws FILE_UNREADABLE, INPUT_INVALID (also for a file that does not compile), ARTIFACT_CORRUPT or ABORTED.
 */
export async function openBoundarySubject(target: string, options: SubjectOptions = {}): Promise<BoundarySubject> {
  if (!target.endsWith('.circom')) return openCompiled(await compiledFiles(target))
  return withCircomFile(target, options, (file) => compileSubject({ ...file, signal: options.signal }))
}

/** Opens a circuit that is given by its definition, at a profile. */
export function openDefinedSubject(
  definition: CompilableCircuit,
  profile: ProfileName,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<BoundarySubject> {
  return inTemporaryDirectory((directory) => compileSubject({ definition, profile, directory, signal }))
}

interface CompileSubject {
  readonly definition: CompilableCircuit
  readonly profile?: ProfileName
  readonly sourceRoots?: readonly string[]
  readonly directory: string
  readonly signal: AbortSignal | undefined
}

async function compileSubject({ profile = 'small', directory, ...circuit }: CompileSubject): Promise<BoundarySubject> {
  const options = { ...circuit, profile, inspect: false }
  const { files } = await compileCircuit({ ...options, directory: join(directory, 'out'), optimization: 'O1' })
  const subject = await openCompiled(files)
  let calculator: UncheckedCalculator
  try {
    calculator = await uncheckedCalculator({ ...options, directory })
  } catch (error) {
    // Taking the checks out of text can leave text that does not compile: an else without its if.
    if (isCompileFailure(error)) return subject
    throw error
  }
  return { ...subject, uncheckedWitness: (input) => orUndefined(() => calculator.witness(subject.r1cs, input)) }
}

/** The witness; undefined where the generator has none. */
function orUndefined(calculate: () => bigint[]): bigint[] | undefined {
  try {
    return calculate()
  } catch (error) {
    if (error instanceof ZkclearError && error.code === 'WITNESS_FAILED') return undefined
    throw error
  }
}

interface CompiledFiles {
  readonly r1cs: string
  readonly wasm: string
  readonly sym: string
}

/** Opens compiled files; the constraints are asked only through the circuit's own generator. */
export async function openCompiled(files: CompiledFiles): Promise<BoundarySubject> {
  for (const file of [files.r1cs, files.wasm, files.sym])
    await checkFile(file, 'give a .circom file, or a .r1cs file with its .wasm and .sym beside it')
  const [r1cs, symbols, program] = await Promise.all([
    readR1cs(files.r1cs),
    readSymbols(files.sym),
    readFile(files.wasm).then(compileProgram),
  ])
  return {
    r1cs,
    symbols,
    witness(input: CircuitInput) {
      const result = calculateWitness(program, flattenAsGiven(input))
      if ('witness' in result) return wires(new Uint8Array(result.witness))
      if (result.failure.kind !== 'signals') return undefined
      const message = `the model and the circuit disagree about ${result.failure.name}: name every input signal, in its shape`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'model.inputs' })
    },
  }
}

function compileProgram(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytes).catch((cause) => {
    throw new ZkclearError('ARTIFACT_CORRUPT', 'the .wasm file is no witness generator; compile the circuit again', {
      cause,
    })
  })
}

async function compiledFiles(target: string): Promise<CompiledFiles> {
  const base = target.endsWith('.r1cs') ? target.slice(0, -'.r1cs'.length) : join(target, 'circuit')
  // circom writes name.r1cs and name.sym, but the generator into a folder of its own.
  const generators = [`${base}.wasm`, join(`${base}_js`, `${basename(base)}.wasm`)]
  const exists = await Promise.all(generators.map((file) => stat(file).then(Boolean, () => false)))
  return { r1cs: `${base}.r1cs`, sym: `${base}.sym`, wasm: generators[Math.max(exists.indexOf(true), 0)]! }
}

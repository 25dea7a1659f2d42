import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compileCircuit } from '../circom/compile.ts'
import { type CompilableCircuit, circuitSources } from '../circom/main-component.ts'
import { type R1cs, readR1cs } from '../circom/r1cs.ts'
import type { SystemFiles } from '../circom/simplification.ts'
import { parseSymbols, readSymbols, type Symbols } from '../circom/symbols.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { SubjectOptions } from './boundary-subject.ts'
import { withCircomFile } from './circom-file.ts'
import { inputCalculator } from './input-calculator.ts'
import { type SourceLocation, sourceLocations } from './source-locations.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

/** A circuit to audit: its constraints, the names in it, and its own witness generator if there is one. */
export interface AuditSubject {
  readonly r1cs: R1cs
  readonly symbols: Symbols
  readonly calculate?: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  /** Where a signal such as `main.root` is declared, if its sources are at hand. */
  readonly locate?: ((signal: string) => SourceLocation | undefined) | undefined
}

export interface AuditSubjectOptions extends SubjectOptions {
  /** The .sym file of a .r1cs file. Default: the one beside it, if any. */
  readonly sym?: string | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Opens a .circom file, which is compiled without simplification, or a .r1cs file as it is. Throws FILE_UNREADABLE,
 * INPUT_INVALID (also for a file that does not compile, or with custom gates), ARTIFACT_CORRUPT or ABORTED.
 */
export async function openAuditSubject(path: string, options: AuditSubjectOptions = {}): Promise<AuditSubject> {
  if (path.endsWith('.circom')) {
    const { signal, onProgress } = options
    return withCircomFile(path, options, async ({ locate, ...file }) => {
      const { subject } = await compileSubject({ ...file, profile: 'small', signal, onProgress })
      return { ...subject, locate }
    })
  }
  if (!path.endsWith('.r1cs')) {
    throw new ZkclearError('INPUT_INVALID', 'is neither a circuit of zkclear nor a .circom or .r1cs file', { path })
  }
  const { sym } = await filesOfR1cs(path, options.sym)
  const symbols = sym === undefined ? parseSymbols('') : await readSymbols(sym)
  const r1cs = await readR1cs(path)
  if (symbols.lastWire >= r1cs.nWires) {
    const message = `names wire ${symbols.lastWire} of ${r1cs.nWires}; it belongs to another .r1cs file`
    throw new ZkclearError('INPUT_INVALID', message, { path: sym! })
  }
  return { r1cs, symbols }
}

/** A .r1cs file with the names that are given, or those beside it, if any. */
export async function filesOfR1cs(r1cs: string, sym?: string): Promise<SystemFiles> {
  const beside = `${r1cs.slice(0, -'.r1cs'.length)}.sym`
  const hasSymbols = sym !== undefined || (await stat(beside).catch(() => undefined)) !== undefined
  return { r1cs, sym: hasSymbols ? (sym ?? beside) : undefined }
}

/** Compiles a circuit that is given by its definition, without simplification. */
export function openDefinedAuditSubject(
  definition: CompilableCircuit,
  profile: ProfileName,
  options: Pick<AuditSubjectOptions, 'signal' | 'onProgress'> = {},
): Promise<AuditSubject> {
  return inTemporaryDirectory(async (directory) => {
    const { subject } = await compileSubject({ definition, profile, directory, ...options })
    return { ...subject, locate: sourceLocations(circuitSources(definition).files, definition.template) }
  })
}

/** Compiles without simplification, into `out/` of the directory. */
export async function compileSubject(options: {
  definition: CompilableCircuit
  profile: ProfileName
  sourceRoots?: readonly string[]
  directory: string
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}): Promise<{ readonly subject: AuditSubject; readonly files: SystemFiles }> {
  const { files } = await compileCircuit({
    ...options,
    directory: join(options.directory, 'out'),
    optimization: 'O0',
    inspect: false,
  })
  const [r1cs, symbols, program] = await Promise.all([
    readR1cs(files.r1cs),
    readSymbols(files.sym),
    readFile(files.wasm).then((bytes) => WebAssembly.compile(bytes)),
  ])
  return { subject: { r1cs, symbols, calculate: inputCalculator(r1cs, symbols, program) }, files }
}

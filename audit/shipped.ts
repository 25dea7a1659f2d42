import { join } from 'node:path'
import { compileCircuit } from '../circom/compile.ts'
import { findBrokenConstraints } from '../circom/constraint-check.ts'
import { type CompilableCircuit, circuitSources } from '../circom/main-component.ts'
import { type R1cs, readR1cs } from '../circom/r1cs.ts'
import { compareSystems, type Simplification, type SystemFiles } from '../circom/simplification.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { type AuditedSignal, type AuditOptions, type AuditReport, audit } from './audit.ts'
import { type AuditSubject, type AuditSubjectOptions, compileSubject, filesOfR1cs } from './audit-subject.ts'
import { withCircomFile } from './circom-file.ts'
import { sourceLocations } from './source-locations.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'
import { unusedPublicInputs } from './unused-inputs.ts'

/** The source of what ships, without simplification (-O0): more can be proved of it. */
export interface ShippedSubject extends AuditSubject {
  /** What ships. */
  readonly shipped: R1cs
  /** Only if the two are equivalent, what is proved of the source holds of what ships. */
  readonly simplification: Simplification
}

export interface ShippedSubjectOptions extends AuditSubjectOptions {
  /** The level at which circom makes what ships, or its .r1cs file; `sym` has the names of the latter. */
  readonly shipped: 'O1' | 'O2' | (string & {})
}

/**
 * Compiles a .circom file without simplification, and compares it with what ships. Throws as `openAuditSubject` does, and
 * INPUT_INVALID if what ships has signals that the source has not.
 */
export async function openShippedSubject(source: string, options: ShippedSubjectOptions): Promise<ShippedSubject> {
  if (!source.endsWith('.circom')) {
    throw new ZkclearError('INPUT_INVALID', 'is no .circom file: what ships is audited by its source', { path: source })
  }
  return withCircomFile(source, options, async ({ locate, ...file }) => ({
    ...(await compileAndCompare({ ...file, profile: 'small', ...options })),
    locate,
  }))
}

/** The same for a circuit that is given by its definition. */
export function openDefinedShippedSubject(
  definition: CompilableCircuit,
  profile: ProfileName,
  options: Omit<ShippedSubjectOptions, 'template' | 'templateArguments' | 'libraries'>,
): Promise<ShippedSubject> {
  return inTemporaryDirectory(async (directory) => ({
    ...(await compileAndCompare({ definition, profile, directory, ...options })),
    locate: sourceLocations(circuitSources(definition).files, definition.template),
  }))
}

interface CompileOptions extends Pick<ShippedSubjectOptions, 'shipped' | 'sym' | 'signal' | 'onProgress'> {
  readonly definition: CompilableCircuit
  readonly profile: ProfileName
  readonly sourceRoots?: readonly string[]
  readonly directory: string
}

async function compileAndCompare(options: CompileOptions): Promise<ShippedSubject> {
  const { signal } = options
  const { subject, files: full } = await compileSubject(options)
  const simplified = await shippedFiles(options)
  const shipped = await readR1cs(simplified.r1cs)
  return { ...subject, shipped, simplification: await compareSystems({ full, simplified }, { signal }) }
}

async function shippedFiles({ shipped, sym, ...options }: CompileOptions): Promise<SystemFiles> {
  const optimization = (['O1', 'O2'] as const).find((level) => level === shipped)
  if (optimization === undefined) return filesOfR1cs(shipped, sym)
  const { definition, profile, sourceRoots, directory, signal, onProgress } = options
  const { files } = await compileCircuit({
    ...{ definition, profile, optimization, inspect: false, generator: false, signal, onProgress },
    ...(sourceRoots && { sourceRoots: [...sourceRoots] }),
    directory: join(directory, optimization),
  })
  return files
}

/**
 * Audits what ships by its source: verdicts of the source on those signals that simplification kept, and witnesses of what
 * ships. Inputs are those of the source, and so are constraints that the report names. Throws as `audit` does, and
 * INPUT_INVALID for a target that simplification took away, or if the two are not equivalent.
 *
 * Why this is sound: each witness of what ships goes on to one of the source with the same values of what was kept. So if two
 * of them with equal inputs differed in a signal, two of the source would.
 *
 * @example
 * const subject = await openShippedSubject('circuit.circom', { shipped: 'build/circuit.r1cs' })
 * if (subject.simplification.equivalent) console.log((await auditShipped(subject)).counts)
 */
export async function auditShipped(
  { shipped, simplification, ...source }: ShippedSubject,
  options: Omit<AuditOptions, keyof AuditSubject | 'witness' | 'kept'> = {},
): Promise<AuditReport> {
  if (!simplification.equivalent) {
    throw new ZkclearError('INPUT_INVALID', 'what ships is not equivalent to its source: nothing follows from it')
  }
  const { symbols } = source
  const behind = wiresBehind(shipped, source.r1cs)
  const wireOf = new Map(behind.map((one, wire) => [one, wire] as const))
  for (const name of typeof options.targets === 'object' ? options.targets : []) {
    const wire = symbols.wireOf(name) ?? symbols.wireOf(`main.${name}`)
    if (wire === undefined || wireOf.has(wire)) continue
    throw new ZkclearError('INPUT_INVALID', `simplification took ${name} away; audit the source alone`, {
      path: 'signal',
    })
  }
  const report = await audit({ ...options, ...source, kept: behind })
  const witnessOf = (values: readonly bigint[]) => {
    const witness = behind.map((wire) => values[wire]!)
    if (findBrokenConstraints(shipped, witness, { limit: 1 }).length === 0) return witness
    throw new Error('a witness of the source breaks a constraint of an equivalent system')
  }
  const carried = (signal: AuditedSignal): AuditedSignal => {
    const { forgery } = signal
    const wire = wireOf.get(signal.wire)!
    if (forgery === undefined) return { ...signal, wire }
    const { first, second } = forgery
    return { ...signal, wire, forgery: { first: witnessOf(first), second: witnessOf(second), target: wire } }
  }
  const { full, simplified } = simplification.constraints
  return {
    ...report,
    targets: report.targets.map(carried),
    ancestors: report.ancestors.map(carried),
    ranges: report.ranges.map((range) => ({ ...range, witness: witnessOf(range.witness) })),
    unusedPublicInputs: unusedPublicInputs(shipped).map((wire) => symbols.names(behind[wire]!)[0]!),
    notes: [
      `verdicts, inputs and constraints are those of the source as it is written, ${full} constraints; ` +
        `the ${simplified} that ship have the same solutions`,
      ...report.notes,
    ],
  }
}

/** The wire of the source behind each wire of what ships: their labels are equal. */
function wiresBehind(shipped: R1cs, source: R1cs): number[] {
  const wireOfLabel = new Map(Array.from(source.labelOf, (label, wire) => [label, wire] as const))
  return Array.from(shipped.labelOf, (label) => wireOfLabel.get(label)!)
}

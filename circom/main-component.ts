import type { CircuitDefinition, TemplateArgument } from '../circuits/types.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { circomlibParent, circuitsDirectory } from './paths.ts'
import { readSourceTree, type SourceTree } from './sources.ts'

/** Version of the circom language and compiler that the circuits are written for. */
export const COMPILER_VERSION = '2.2.3'

/** How far circom simplifies: O0 not at all, O1 equal and constant signals, O2 every linear constraint. */
export type Optimization = 'O0' | 'O1' | 'O2'

/** The part of a circuit definition that compiling needs. */
export type CompilableCircuit = Pick<
  CircuitDefinition,
  'name' | 'template' | 'source' | 'templateArguments' | 'publicSignals' | 'proofSystems'
> & {
  /** `component main ... ;` as it stands in a file of others. Default: made of template, arguments and public signals. */
  readonly mainDeclaration?: string
}

/** The text of the generated main component for a circuit at a profile. */
export function mainComponent(definition: CompilableCircuit, profile: ProfileName): string {
  const inputs = definition.publicSignals.length === 0 ? '' : ` {public [${definition.publicSignals.join(', ')}]}`
  const args = definition.templateArguments(profile).map(argumentText).join(', ')
  const declaration = definition.mainDeclaration ?? `component main${inputs} = ${definition.template}(${args});`
  return `// Generated for circuit ${definition.name}, profile ${profile}.
pragma circom ${COMPILER_VERSION};

include "${definition.source}";

${declaration}
`
}

function argumentText(argument: TemplateArgument): string {
  return typeof argument === 'number' ? `${argument}` : `[${argument.join(', ')}]`
}

/** The sources of a circuit as the compiler will find them. Throws COMPILE_FAILED for an include that is nowhere. */
export function circuitSources(
  definition: Pick<CompilableCircuit, 'source'>,
  sourceRoots?: readonly string[],
): SourceTree {
  return readSourceTree(definition.source, sourceRoots ?? [circuitsDirectory()], [circomlibParent()])
}
